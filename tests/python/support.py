"""What the tests share: two ends in one process, and the cases of tests/cases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anysspi
import pytest
from anysspi import (
    Account,
    Accounts,
    Allow,
    Anonymous,
    Credential,
    CredentialCache,
    Flag,
    Handshake,
    Keytab,
    NtHash,
    Password,
    _native,
    raw,
)
from anysspi.raw import AscReq, Buffer, BufferKind, IscReq, SecurityContext, Usage

USER = r"CORP\alice"
PASSWORD = "Passw0rd!"
TARGET = "HTTP/server.example.com"

# SECQOP_WRAP_NO_ENCRYPT
NO_ENCRYPT = 0x80000001

# Only in builds for tests, so that the stubs do not know it.
testing: Any = vars(_native)["testing"]

Keywords = dict[str, Any]
Contexts = tuple[anysspi.Context, anysspi.Context]
# Gets the tokens before it and a token, and gives what arrives in its place.
Change = Callable[[list[bytes], bytes], bytes]


class Exchange:
    """Tokens between two ends, with somebody on the way who may change them."""

    def __init__(
        self, client: Handshake, server: Handshake, change: Change = lambda _, token: token
    ) -> None:
        self.ends = (client, server)
        self.change = change
        self.tokens: list[bytes] = []

    @property
    def side(self) -> str:
        """The end whose turn it is: after an exception, the one that raised it."""
        return ("client", "server")[len(self.tokens) % 2]

    def run(self) -> Contexts:
        token: bytes | None = None
        while True:
            token = self.ends[len(self.tokens) % 2].step(token)
            if token is None:
                break
            token = self.change(self.tokens, token)
            self.tokens.append(token)
            if self.ends[len(self.tokens) % 2].done:
                break
        client, server = self.ends
        return client.context, server.context


def ends(
    package: str = "NTLM", client: Keywords | None = None, server: Keywords | None = None
) -> tuple[Handshake, Handshake]:
    """A client and a server that know each other, unless the keywords say otherwise."""
    of_client: Keywords = {"target": TARGET, "credential": Password(USER, PASSWORD)}
    of_server: Keywords = {"credential": Accounts({USER: PASSWORD})}
    return (
        anysspi.initiate(package, **(of_client | (client or {}))),
        anysspi.accept(package, **(of_server | (server or {}))),
    )


def pair(
    package: str = "NTLM", client: Keywords | None = None, server: Keywords | None = None
) -> Contexts:
    """The contexts of both ends after a handshake."""
    return Exchange(*ends(package, client, server)).run()


def pending_server(
    lookup: Callable[[str, str, str], Any], package: str = "NTLM"
) -> tuple[Handshake, bytes]:
    """A server that calls the look-up when it gets the token."""
    client, server = ends(package, server={"credential": Accounts(lookup)})
    token = server.step(client.step())
    proof = client.step(token)
    assert proof is not None
    return server, proof


def read_cases(name: str) -> list[dict[str, Any]]:
    text = (Path(__file__).parents[1] / "cases" / name).read_text(encoding="utf-8")
    cases: list[dict[str, Any]] = json.loads(text)["cases"]
    return cases


def names_of(flags: Flag) -> list[str]:
    return [flag.name or "" for flag in Flag if flag in flags]


# What credentials are acquired with.
CHOICE = ("allow", "packages", "without_packages")

# Of an end in the cases: what is no keyword of `initiate` and `accept`.
NOT_KEYWORDS = {
    *("entropy", "host", "now"),
    *("user", "domain", "password", "nt_hash", "cache", "keytab", "accounts"),
}


def keywords_of(end: dict[str, Any]) -> Keywords:
    keywords: Keywords = {}
    for name, value in end.items():
        if name in ("require", "request", "relax", "without"):
            keywords[name] = sum((Flag[flag] for flag in value), Flag(0))
        elif name == "allow":
            keywords[name] = sum((Allow[allowed.upper()] for allowed in value), Allow(0))
        elif name == "bindings":
            keywords["channel_bindings"] = anysspi.ChannelBindings(bytes.fromhex(value))
        elif name not in NOT_KEYWORDS:
            keywords[name] = value
    return keywords


def account_of(account: dict[str, Any]) -> Account:
    state = account.get("state")
    if "password" in account:
        return Account(account["name"], account["password"], state=state)
    return Account(account["name"], nt_hash=bytes.fromhex(account["nt_hash"]), state=state)


def identities_of(end: dict[str, Any]) -> list[anysspi.Identity]:
    """Those of a client."""
    identities: list[anysspi.Identity] = []
    if "cache" in end:
        identities.append(CredentialCache.from_bytes(bytes.fromhex(end["cache"])))
    if "password" in end:
        identities.append(Password(end["user"], end["password"], domain=end.get("domain")))
    elif "user" in end:
        nt_hash = bytes.fromhex(end["nt_hash"])
        identities.append(NtHash(end["user"], nt_hash, domain=end.get("domain")))
    return identities or [Anonymous()]


def server_identities_of(end: dict[str, Any]) -> list[anysspi.Identity]:
    identities: list[anysspi.Identity] = []
    if "keytab" in end:
        identities.append(Keytab.from_bytes(bytes.fromhex(end["keytab"])))
    if end.get("accounts") or not identities:
        identities.append(Accounts([account_of(account) for account in end.get("accounts", [])]))
    return identities


def change_of(case: dict[str, Any]) -> Change:
    def change(earlier: list[bytes], token: bytes) -> bytes:
        for what in case.get("change", []):
            if what["leg"] != len(earlier):
                continue
            if "token" in what:
                token = bytes.fromhex(what["token"])
            if "of_leg" in what:
                token = earlier[what["of_leg"]]
            token = token[: what.get("truncate")]
            if "xor" in what:
                altered = bytearray(token)
                for at, mask in enumerate(bytes.fromhex(what["xor"]), what["at"]):
                    altered[at] ^= mask
                token = bytes(altered)
        return token

    return change


def run_case(case: dict[str, Any]) -> tuple[list[str], dict[str, Any], Contexts | None]:
    """Runs a case of handshake.json: the tokens as they came in, what came of it, the contexts."""
    of_client, of_server = case["client"], case["server"]
    around_client, around_server = (
        testing.Surroundings(end.get("now", case["now"]), end["entropy"], end["host"])
        for end in (of_client, of_server)
    )
    keywords = keywords_of(of_server)
    choice = {name: keywords.pop(name) for name in CHOICE if name in keywords}
    inbound = around_server.acquire(case["package"], server_identities_of(of_server), **choice)
    server = around_server.accept(case["package"], credential=inbound, **keywords)
    try:
        client = around_client.initiate(
            case["package"], credential=identities_of(of_client), **keywords_of(of_client)
        )
    except anysspi.SspiError as error:
        return [], failure_of("client", error), None
    exchange = Exchange(client, server, change_of(case))
    contexts = None
    try:
        contexts = exchange.run()
        result = result_of(*contexts)
    except anysspi.SspiError as error:
        result = failure_of(exchange.side, error)
    if contexts is not None and "repeat" in case:
        again = around_server.accept(case["package"], credential=inbound, **keywords)
        # What came before is not taken again.
        with pytest.raises(anysspi.SspiError) as raised:
            again.step(exchange.tokens[case["repeat"]])
        result = failure_of("server", raised.value)
    return [token.hex() for token in exchange.tokens], result, contexts


def failure_of(side: str, error: anysspi.SspiError) -> dict[str, Any]:
    result = {"status": error.symbol, "side": side}
    if error.nt_status is not None:
        result["code"] = f"0x{error.nt_status:08X}"
    if error.kerberos_code is not None:
        result["code"] = f"Kerberos error {error.kerberos_code}"
    return result


def result_of(client: anysspi.Context, server: anysspi.Context) -> dict[str, Any]:
    assert client.session_key == server.session_key
    assert client.flags == server.flags
    return {
        "status": "SEC_E_OK",
        "session_key": server.session_key.hex(),
        "client": server.client,
        "flags": names_of(server.flags),
    }


def standing(name: str) -> Contexts:
    """The contexts of a case of handshake.json."""
    case = next(case for case in read_cases("handshake.json") if case["name"] == name)
    contexts = run_case(case)[2]
    assert contexts is not None
    return contexts


SEAL = IscReq.CONFIDENTIALITY
NOTHING = AscReq(0)


def raw_credentials(store: Any = None) -> tuple[Credential, Credential]:
    accounts = Accounts(store or {USER: PASSWORD})
    outbound, expiry = raw.acquire_credentials_handle(
        None, "NTLM", Usage.OUTBOUND, Password(USER, PASSWORD)
    )
    assert expiry is None
    inbound, _ = raw.acquire_credentials_handle(None, "NTLM", Usage.INBOUND, accounts)
    return outbound, inbound


OUTBOUND, INBOUND = raw_credentials()


def raw_initiate(
    context: SecurityContext,
    token: bytes = b"",
    *more: Buffer,
    credential: Credential | None = OUTBOUND,
    flags: IscReq = SEAL,
    target: str = TARGET,
) -> tuple[raw.Outcome, bytes]:
    output = Buffer(BufferKind.TOKEN)
    given = [Buffer(BufferKind.TOKEN, token), *more]
    outcome = raw.initialize_security_context(
        credential, context, target, flags | IscReq.ALLOCATE_MEMORY, given, [output]
    )
    return outcome, bytes(output)


def raw_accept(
    context: SecurityContext,
    token: bytes,
    *more: Buffer,
    credential: Credential | None = INBOUND,
    flags: AscReq = NOTHING,
) -> tuple[raw.Outcome, bytes]:
    output = Buffer(BufferKind.TOKEN)
    given = [Buffer(BufferKind.TOKEN, token), *more]
    outcome = raw.accept_security_context(
        credential, context, flags | AscReq.ALLOCATE_MEMORY, given, [output]
    )
    return outcome, bytes(output)


def raw_run(
    client: SecurityContext, server: SecurityContext, *more: Buffer, flags: AscReq = NOTHING
) -> raw.Outcome:
    _, token = raw_initiate(client)
    _, token = raw_accept(server, token, *more, flags=flags)
    _, token = raw_initiate(client, token)
    return raw_accept(server, token, *more, flags=flags)[0]


def raw_pair() -> tuple[SecurityContext, SecurityContext]:
    client, server = SecurityContext(), SecurityContext()
    raw_run(client, server)
    return client, server


def raw_seal(context: SecurityContext, message: bytes, sequence: int = 0) -> bytearray:
    """The signature and the message, both made in their place."""
    space = bytearray(16) + message
    token, data = memoryview(space)[:16], memoryview(space)[16:]
    buffers = [Buffer(BufferKind.TOKEN, token), Buffer(BufferKind.DATA, data)]
    raw.encrypt_message(context, 0, buffers, sequence)
    return space
