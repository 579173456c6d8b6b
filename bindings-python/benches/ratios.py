"""Ratios against pyspnego, and against Rust, measured in the same run: `cargo xtask bench python`.

As in core/benches/ratios, ours and the peer's take turns in short rounds, and of each the best
round counts. `ratios.py [NAME] [--json] [--rust VALUE]`: VALUE is how fast Rust seals and opens
1 MiB, in MB/s.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import tempfile
import time
from collections.abc import Callable

import anysspi
import spnego
import spnego._credssp
from anysspi.flags import Flag, Usage

Turn = Callable[[], object]
Row = tuple[str, str, str, float, Callable[[], tuple[Turn, Turn]]]

ROUNDS = 15
ROUND = 0.06
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


def seconds_per_call(turn: Turn, calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        turn()
    return (time.perf_counter() - start) / calls


def calls_per_round(turn: Turn) -> int:
    calls = 1
    while True:
        seconds = seconds_per_call(turn, calls) * calls
        if seconds > ROUND / 4:
            return max(1, int(ROUND * calls / seconds))
        calls *= 2


def measure(ours: Turn, peer: Turn) -> tuple[float, float]:
    our_calls, peer_calls = calls_per_round(ours), calls_per_round(peer)
    our_best = peer_best = float("inf")
    for _ in range(ROUNDS):
        our_best = min(our_best, seconds_per_call(ours, our_calls))
        peer_best = min(peer_best, seconds_per_call(peer, peer_calls))
    return our_best, peer_best


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


def show(as_json: bool, name: str, unit: str, peer: str, ours: float, theirs: float) -> None:
    ratio = ours / theirs
    if as_json:
        row = {"name": name, "ours": round(ours, 1), "unit": unit, "peer": peer}
        print(json.dumps(row | {"peer_value": round(theirs, 1), "ratio": round(ratio, 2)}))
    else:
        print(f"{name:27} {ours:>12.1f} {theirs:>12.1f}  {unit:8} {ratio:>6.2f}  {peer}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name", nargs="?", default="python")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rust", type=float)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "accounts")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"{USER.replace(chr(92), ':')}:{PASSWORD}\n")
        os.environ["NTLM_USER_FILE"] = path
        for name, unit, peer, units, make in ROWS:
            if not name.startswith(arguments.name):
                continue
            ours, theirs = (units / seconds for seconds in measure(*make()))
            show(arguments.json, name, unit, peer, ours, theirs)
            if name.endswith(".1m") and arguments.rust:
                show(arguments.json, name, unit, "ntlm.protect.1m", ours, arguments.rust)


if __name__ == "__main__":
    main()
