"""Ratios against pyspnego, and against Rust, measured in the same run: `cargo xtask bench python`.

They are measured as in core/benches/ratios, see rounds.py. VALUE is how fast Rust seals and opens
1 MiB, in MB/s.

    ratios.py [NAME] [--json] [--rust VALUE]
"""

from __future__ import annotations

import importlib.metadata
import os
import tempfile

import anysspi
import spnego
import spnego._credssp
from anysspi.flags import Flag, Usage
from rounds import Row, Turn, arguments, run, show

USER, PASSWORD = r"CORP\alice", "Passw0rd!"
PEER = f"pyspnego {importlib.metadata.version('pyspnego')}"


def our_pair(package: str) -> tuple[anysspi.Context, anysspi.Context]:
    client = anysspi.initiate(package, credential=IDENTITY)
    server = anysspi.accept(package, credential=ACCOUNTS)
    for token in client:
        answer = server.step(token)
        if answer is not None and not client.done:
            client.receive(answer)
    return client.context, server.context


IDENTITY = anysspi.Password(USER, PASSWORD)
ACCOUNTS = anysspi.Accounts({USER: PASSWORD})


def their_pair(protocol: str) -> tuple[spnego.ContextProxy, spnego.ContextProxy]:
    # Its own NTLM and SPNEGO, and not those of the system.
    options = spnego.NegotiateOptions[f"use_{protocol}"]
    client = spnego.client(USER, PASSWORD, protocol=protocol, options=options)
    server = spnego.server(protocol=protocol, options=options)
    token = client.step()
    while token is not None:
        answer = server.step(token)
        if answer is None:
            break
        token = client.step(answer)
    assert client.complete
    assert server.complete
    return client, server


def handshakes(package: str) -> tuple[Turn, Turn]:
    return lambda: our_pair(package), lambda: their_pair(package.lower())


def protection(length: int) -> tuple[Turn, Turn]:
    message = os.urandom(length)
    our_client, our_server = our_pair("NTLM")
    their_client, their_server = their_pair("ntlm")
    return (
        lambda: our_server.unwrap(our_client.wrap(message)),
        lambda: their_server.unwrap(their_client.wrap(message).data),
    )


class CredSsp:
    """CredSSP: our certificate is made before, and no session of TLS is resumed."""

    def __init__(self) -> None:
        self.client = anysspi.Credential("CREDSSP", IDENTITY, usage=Usage.OUTBOUND)
        self.server = anysspi.Credential("CREDSSP", ACCOUNTS, usage=Usage.INBOUND)
        self.count = 0

    def our_pair(self) -> tuple[anysspi.Context, anysspi.Context]:
        # Sessions are for one name.
        self.count += 1
        client = anysspi.initiate(
            "CREDSSP",
            target=f"TERMSRV/host{self.count}.example.com",
            credential=self.client,
            require=Flag.DELEGATE,
        )
        server = anysspi.accept("CREDSSP", credential=self.server)
        for token in client:
            answer = server.step(token)
            if answer is not None and not client.done:
                client.receive(answer)
        return client.context, server.context


def their_credssp() -> tuple[spnego.ContextProxy, spnego.ContextProxy]:
    options = spnego.NegotiateOptions.use_negotiate
    client = spnego.client(USER, PASSWORD, protocol="credssp", options=options)
    server = spnego.server(protocol="credssp", options=options)
    token = client.step()
    while token is not None and not server.complete:
        answer = server.step(token)
        token = client.step(answer) if answer is not None else None
    assert client.complete
    assert server.complete
    return client, server


def their_first_credssp() -> tuple[spnego.ContextProxy, spnego.ContextProxy]:
    # A process of its makes a certificate once, with a key of RSA.
    spnego._credssp._X509_CERTIFICATE = None
    return their_credssp()


def credssp_protection(length: int) -> tuple[Turn, Turn]:
    message = os.urandom(length)
    our_client, our_server = CredSsp().our_pair()
    their_client, their_server = their_credssp()
    assert our_server.unwrap(our_client.wrap(message)) == message
    assert their_server.unwrap(their_client.wrap(message).data).data == message
    return (
        lambda: our_server.unwrap(our_client.wrap(message)),
        lambda: their_server.unwrap(their_client.wrap(message).data),
    )


ROWS: list[Row] = [
    ("python.ntlm.handshake", "pair/s", PEER, 1, lambda: handshakes("NTLM")),
    ("python.negotiate.handshake", "pair/s", PEER, 1, lambda: handshakes("Negotiate")),
    ("python.ntlm.protect.1k", "MB/s", PEER, 1024 / 1e6, lambda: protection(1 << 10)),
    ("python.ntlm.protect.1m", "MB/s", PEER, (1 << 20) / 1e6, lambda: protection(1 << 20)),
    ("python.credssp.handshake", "pair/s", PEER, 1, lambda: (CredSsp().our_pair, their_credssp)),
    (
        "python.credssp.handshake",
        "pair/s",
        f"{PEER}, its certificate made anew",
        1,
        lambda: (CredSsp().our_pair, their_first_credssp),
    ),
    (
        "python.credssp.protect.64k",
        "MB/s",
        PEER,
        (1 << 16) / 1e6,
        lambda: credssp_protection(1 << 16),
    ),
]


def main() -> None:
    parser = arguments()
    parser.add_argument("--rust", type=float)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "accounts")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"{USER.replace(chr(92), ':')}:{PASSWORD}\n")
        os.environ["NTLM_USER_FILE"] = path
        for row in ROWS:
            name, unit, *_ = row
            if not name.startswith(given.name):
                continue
            ours = run(row, given.json)
            if name.endswith(".1m") and given.rust:
                show(given.json, name, unit, "ntlm.protect.1m", ours, given.rust)


if __name__ == "__main__":
    main()
