"""Kerberos in a realm in a box: every form of the loop and of credentials, and refusals."""

from __future__ import annotations

import asyncio
import gc
import pickle
import re
import weakref
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import anysspi
import pytest
from anysspi import (
    Accounts,
    Attribute,
    Context,
    Credential,
    CredentialCache,
    Flag,
    Handshake,
    Keytab,
    Password,
    Usage,
    raw,
)
from anysspi.raw import Buffer, BufferAttributes, BufferKind, IscReq, SecurityContext, Status
from anysspi.realm import Realm
from kerberos import (
    BOUND,
    DATABASE,
    DOMAIN_ADMINS,
    DOMAIN_USERS,
    KEYTAB,
    NAME,
    NEVER_BOUND,
    PAINTERS,
    REALM,
    TARGET,
    USER,
    client,
    pair,
    server,
)
from support import PASSWORD, Exchange, Keywords, raw_accept, raw_initiate

# Every form of the loop, of a client with every form of credentials.


def by_iteration(one: Handshake, other: Handshake) -> None:
    for token in one:
        answer = other.step(token)
        if not one.done:
            assert answer is not None
            one.receive(answer)


def by_steps(one: Handshake, other: Handshake) -> None:
    token = one.step()
    while token is not None:
        answer = other.step(token)
        token = one.step(answer) if answer is not None else None


def by_a_generator(one: Handshake, other: Handshake) -> None:
    def login() -> Generator[bytes, bytes | None, Context]:
        context: Context = yield from one
        return context

    running = login()
    token = next(running)
    context = None
    while context is None:
        try:
            token = running.send(other.step(token))
        except StopIteration as end:
            context = end.value
    assert context is one.context


def by_awaiting(one: Handshake, other: Handshake) -> None:
    async def go() -> None:
        async for token in one:
            answer = await other.astep(token)
            if not one.done:
                assert answer is not None
                one.receive(answer)

    asyncio.run(asyncio.wait_for(go(), 30))


LOOPS = [by_iteration, by_steps, by_a_generator, by_awaiting]
CLIENTS: dict[str, Callable[[], Keywords]] = {
    "tickets": lambda: {"credential": REALM.tickets("alice", TARGET)},
    "a ticket-granting ticket": lambda: {"credential": REALM.tickets("alice"), "kdc": REALM},
    "a keytab": lambda: {"credential": REALM.keytab("alice"), "kdc": REALM},
    "a password": lambda: {"credential": Password(USER, PASSWORD), "kdc": REALM},
    "a function for the KDC": lambda: {
        "credential": Password(USER, PASSWORD),
        "kdc": lambda realm, message: bytearray(REALM(realm, message)),
    },
}


@pytest.mark.parametrize("run", LOOPS)
@pytest.mark.parametrize("keywords", CLIENTS.values(), ids=CLIENTS)
@pytest.mark.parametrize("package", ["Kerberos", "Negotiate"])
def test_a_login(
    package: str,
    keywords: Callable[[], Keywords],
    run: Callable[[Handshake, Handshake], None],
) -> None:
    # With a password alone, Negotiate asks a KDC only where Kerberos is named.
    listed = {"packages": ["Kerberos"]} if package == "Negotiate" else {}
    one, other = client(package, **keywords(), **listed), server(package)
    run(one, other)
    assert (one.done, other.done) == (True, True)
    for context in (one.context, other.context):
        assert context.client == r"EXAMPLE.TEST\alice"
        assert (context.client_user, context.client_domain) == ("alice", NAME)
        assert context.package.name == package
        assert context.negotiated_package.name == "Kerberos"
        assert Flag.MUTUAL_AUTH | Flag.CONFIDENTIALITY in context.flags
        assert context.expiry is not None
    assert other.context.target == TARGET
    assert one.context.session_key == other.context.session_key
    assert other.context.unwrap(one.context.wrap(b"hello")) == b"hello"
    assert one.context.unwrap(other.context.wrap(b"hello")) == b"hello"


def test_one_credential_asks_the_kdc_once() -> None:
    asked: list[str] = []

    def kdc(realm: str, message: bytes) -> bytes:
        asked.append(realm)
        return REALM.answer(message)

    credential = Credential("Kerberos", Password(USER, PASSWORD))
    for _ in range(3):
        pair(credential=credential, kdc=kdc)
    # With and without pre-authentication, and for the service.
    assert asked == [NAME] * 3


# Those who carry questions to a KDC.


class Away(Exception):
    pass


def unreachable(_realm: str, _message: bytes) -> bytes:
    raise Away("the network is down")


def test_what_the_carrier_raises_is_the_cause() -> None:
    handshake = client(credential=Password(USER, PASSWORD), kdc=unreachable)
    with pytest.raises(anysspi.NoAuthenticatingAuthority, match="Away") as raised:
        handshake.step()
    assert isinstance(raised.value.__cause__, Away)
    assert str(raised.value.__cause__) == "the network is down"


def test_negotiate_goes_on_with_ntlm_where_the_carrier_raises() -> None:
    both = ["Kerberos", "NTLM"]
    accounts = Accounts({USER: PASSWORD})
    _, context = pair(
        "Negotiate",
        {"credential": [KEYTAB, accounts]},
        credential=Password(USER, PASSWORD),
        packages=both,
        kdc=unreachable,
    )
    assert context.negotiated_package.name == "NTLM"
    assert context.peer is None


@pytest.mark.parametrize("answer", [None, "text", 7, [1, 2]])
def test_an_answer_that_is_no_bytes_is_refused(answer: Any) -> None:
    password = Password(USER, PASSWORD)
    text = f"must give bytes, not {type(answer).__name__}"
    for package in ("Kerberos", "Negotiate"):
        packages = ["Kerberos", "NTLM"] if package == "Negotiate" else None
        handshake = client(package, credential=password, kdc=lambda *_: answer, packages=packages)
        # A mistake is no reason to go on with NTLM.
        with pytest.raises(anysspi.InvalidParameter, match=text) as raised:
            handshake.step()
        assert isinstance(raised.value.__cause__, TypeError)


def test_a_carrier_that_is_a_coroutine_function_is_refused_with_a_hint() -> None:
    async def kdc(realm: str, message: bytes) -> bytes:
        return REALM.answer(message)

    handshake = client(credential=Password(USER, PASSWORD), kdc=kdc)
    with pytest.raises(anysspi.InvalidParameter, match="must be a plain function"):
        handshake.step()
    # A coroutine that nobody awaited would warn here.
    gc.collect()


@pytest.mark.parametrize("package", ["Kerberos", "Negotiate"])
@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_an_interruption_comes_out_as_it_is(package: str, kind: type[BaseException]) -> None:
    interruption = kind()

    def kdc(*_: object) -> bytes:
        raise interruption

    packages = ["Kerberos", "NTLM"] if package == "Negotiate" else None
    handshake = client(package, credential=Password(USER, PASSWORD), kdc=kdc, packages=packages)
    with pytest.raises(kind) as raised:
        handshake.step()
    assert raised.value is interruption


class Carrier:
    """Holds itself, by way of a handshake that it carries for."""

    def __init__(self) -> None:
        self.handshake = client(credential=Password(USER, PASSWORD), kdc=self.ask)

    def ask(self, realm: str, message: bytes) -> bytes:
        return REALM(realm, message)


def test_a_carrier_lives_as_long_as_its_handshake() -> None:
    carrier = Carrier()
    assert carrier.handshake.step()
    watched = weakref.ref(carrier)
    del carrier
    gc.collect()
    assert watched() is None
    handshake = client(credential=Password(USER, PASSWORD), kdc=lambda *given: REALM(*given))
    gc.collect()
    assert handshake.step()


@pytest.mark.parametrize("answer", [b"", b"garbage", b"\x7e\x00", b"\x30" * 5000])
def test_an_answer_of_garbage_is_refused(answer: bytes) -> None:
    with pytest.raises(anysspi.SspiError):
        client(credential=Password(USER, PASSWORD), kdc=lambda *_: answer).step()


def test_a_carrier_is_a_callable() -> None:
    with pytest.raises(TypeError, match="kdc must be a callable"):
        client(kdc="kdc.example.test")
    other = Password("alice@OTHER.TEST", PASSWORD)
    with pytest.raises(anysspi.NoAuthenticatingAuthority) as raised:
        client(credential=other, kdc=REALM).step()
    assert "OTHER.TEST" in str(raised.value.__cause__)


def test_nobody_is_asked_without_a_carrier() -> None:
    with pytest.raises(anysspi.NoAuthenticatingAuthority):
        client(credential=Password(USER, PASSWORD)).step()


def test_a_wrong_password_and_an_unknown_user_are_refused_by_the_kdc() -> None:
    for user, password, code in ((USER, "wrong", 24), ("mallory@EXAMPLE.TEST", PASSWORD, 6)):
        with pytest.raises(anysspi.LogonDenied) as raised:
            client(credential=Password(user, password), kdc=REALM).step()
        assert raised.value.kerberos_code == code
        assert "Kerberos error" in str(raised.value)


def test_an_unknown_service_is_refused_by_the_kdc() -> None:
    with pytest.raises(anysspi.TargetUnknown) as raised:
        client(target="HTTP/nowhere.example.test", kdc=REALM).step()
    assert raised.value.kerberos_code == 7


# Negotiate.


def test_negotiate_prefers_kerberos_and_falls_back_to_ntlm() -> None:
    accounts = Accounts({USER: PASSWORD})
    tickets = REALM.tickets("alice", TARGET)
    password = Password(USER, PASSWORD)
    for of_client, of_server, chosen in [
        ([tickets, password], [KEYTAB, accounts], "Kerberos"),
        ([tickets, password], [accounts], "NTLM"),
        ([password], [KEYTAB, accounts], "NTLM"),
        ([REALM.tickets("alice", DATABASE), password], [KEYTAB, accounts], "NTLM"),
    ]:
        for context in pair("Negotiate", {"credential": of_server}, credential=of_client):
            assert context.negotiated_package.name == chosen
    with pytest.raises(anysspi.SspiError):
        pair("Negotiate", {"credential": [accounts]}, packages=["Kerberos"])


# Who the client is.


def test_the_peer_is_what_the_pac_says() -> None:
    of_client, of_server = pair()
    peer = of_server.peer
    assert peer is not None
    domain = REALM.domain_sid
    assert domain.startswith("S-1-5-21-")
    assert (peer.user, peer.realm, peer.account, peer.has_pac) == ("alice", NAME, "alice", True)
    assert peer.sid is not None
    assert peer.sid.startswith(f"{domain}-")
    assert peer.primary_group == f"{domain}-{DOMAIN_USERS}"
    groups = {group.sid for group in peer.groups}
    assert groups == {f"{domain}-{rid}" for rid in (DOMAIN_USERS, DOMAIN_ADMINS, PAINTERS)}
    assert all(group.is_enabled for group in peer.groups)
    assert peer.is_member_of(f"{domain}-{PAINTERS}")
    assert peer.is_member_of(peer.sid)
    assert not peer.is_member_of(f"{domain}-1501")
    assert peer == of_server.peer
    assert repr(peer) == f"<Peer alice@EXAMPLE.TEST, {peer.sid}>"
    assert repr(peer.groups[0]).startswith(f'Group("{peer.groups[0].sid}", attributes=0x')
    assert of_client.peer is None
    with pytest.raises(anysspi.InvalidParameter):
        peer.is_member_of("Domain Admins")


def test_a_policy_says_what_becomes_of_the_pac() -> None:
    for policy, has_pac in (("never", False), ("when_present", True), ("always", True)):
        peer = pair(of_server={"pac_policy": policy})[1].peer
        assert peer is not None
        assert (peer.user, peer.realm, peer.has_pac) == ("alice", NAME, has_pac)
        assert (peer.sid is None) == (not has_pac)
    # A service is no user, and has no PAC.
    of_service: Keywords = {"credential": REALM.keytab(DATABASE), "kdc": REALM}
    peer = pair(**of_service)[1].peer
    assert peer is not None
    assert (peer.user, peer.has_pac, peer.groups) == (DATABASE, False, [])
    with pytest.raises(anysspi.SspiError) as raised:
        pair(of_server={"pac_policy": "always"}, **of_service)
    assert "PAC" in str(raised.value)
    with pytest.raises(ValueError, match="pac_policy must be one of"):
        server(pac_policy="sometimes")
    with pytest.raises(TypeError):
        client(pac_policy="always")


# Delegation.


def test_a_server_acts_with_the_tickets_that_were_delegated() -> None:
    of_client, of_server = pair(credential=REALM.tickets("alice"), kdc=REALM, require=Flag.DELEGATE)
    for context in (of_client, of_server):
        assert Flag.DELEGATE in context.flags
    delegated = of_server.delegated()
    assert isinstance(delegated, CredentialCache)
    assert delegated.client == USER
    onwards = client(target=DATABASE, credential=delegated, kdc=REALM)
    third = server(credential=REALM.keytab(DATABASE))
    assert Exchange(onwards, third).run()[1].client == r"EXAMPLE.TEST\alice"
    again = CredentialCache.from_bytes(delegated.to_bytes())
    assert again.client == USER
    for call in (of_server.delegated, of_client.delegated):
        with pytest.raises(anysspi.NoCredentials):
            call()


def test_nothing_is_delegated_unasked() -> None:
    _, of_server = pair(credential=REALM.tickets("alice"), kdc=REALM)
    assert Flag.DELEGATE not in of_server.flags
    assert of_server.delegated() is None


# Channel bindings, and the three legs of DCE RPC.


def test_channel_bindings_are_checked() -> None:
    of_client, of_server = pair(of_server={"channel_bindings": BOUND}, channel_bindings=BOUND)
    assert of_client.bindings_checked == "sent"
    assert of_server.bindings_checked == "verified"
    always = {"channel_bindings": BOUND, "binding_policy": "always"}
    with pytest.raises(anysspi.BadBindings):
        pair(of_server={"channel_bindings": BOUND}, channel_bindings=NEVER_BOUND)
    with pytest.raises(anysspi.BadBindings):
        pair(of_server=always)
    assert pair(of_server={"channel_bindings": BOUND})[1].bindings_checked == "no"


def test_dce_style_has_three_legs() -> None:
    exchange = Exchange(client(require=Flag.DCE_STYLE), server())
    of_client, of_server = exchange.run()
    assert len(exchange.tokens) == 3
    assert Flag.DCE_STYLE in of_client.flags & of_server.flags
    for here, there in ((of_client, of_server), (of_server, of_client)):
        assert there.unwrap(here.wrap(b"a" * 16)) == b"a" * 16


# What is refused.


def test_a_request_is_taken_once() -> None:
    credential = Credential("Kerberos", KEYTAB)
    token = client().step()
    assert token is not None
    assert server(credential=credential).step(token)
    with pytest.raises(anysspi.SspiError) as raised:
        server(credential=credential).step(token)
    assert raised.value.kerberos_code == 34
    # The peer is told why.
    assert raised.value.token


def test_a_key_that_is_not_the_service_s_is_refused() -> None:
    other = Realm(NAME)
    other.add_service(TARGET)
    for keytab, code in ((REALM.keytab(DATABASE), 35), (other.keytab(TARGET), 31)):
        exchange = Exchange(client(), server(credential=keytab))
        with pytest.raises(anysspi.SspiError) as raised:
            exchange.run()
        assert exchange.side == "server"
        assert raised.value.kerberos_code == code
        # What the server says for the peer, the peer understands.
        assert raised.value.token is not None
        one = client()
        one.step()
        with pytest.raises(anysspi.SspiError) as told:
            one.step(raised.value.token)
        assert told.value.kerberos_code == code


def test_a_target_that_is_not_accepted_is_refused() -> None:
    assert pair(of_server={"accepted_targets": ["http/WEB.example.test"]})
    with pytest.raises(anysspi.WrongPrincipal):
        pair(of_server={"accepted_targets": ["HTTP/other.example.test"]})


# Files.


def test_a_cache_that_is_not_there_is_named() -> None:
    for missing in ("/nowhere/krb5cc_4711", "FILE:/nowhere/krb5cc_4711"):
        with pytest.raises(anysspi.NoCredentials, match="/nowhere/krb5cc_4711"):
            client(credential=CredentialCache(missing)).step()
    with pytest.raises(anysspi.NoCredentials, match=r"/nowhere/krb5\.keytab"):
        server(credential=Keytab("/nowhere/krb5.keytab"))


def test_files_are_read_where_they_are_named(tmp_path: Path) -> None:
    cache, keytab = tmp_path / "cache", tmp_path / "keytab"
    cache.write_bytes(REALM.tickets("alice", TARGET).to_bytes())
    keytab.write_bytes(KEYTAB.to_bytes())
    for of_client in (CredentialCache(cache), CredentialCache(f"FILE:{cache}")):
        assert of_client.client == USER
        assert of_client.to_bytes() == cache.read_bytes()
        assert Keytab(keytab).to_bytes() == keytab.read_bytes()
        assert pair(of_server={"credential": Keytab(str(keytab))}, credential=of_client)


def test_files_say_what_they_are(tmp_path: Path) -> None:
    assert repr(Keytab("/etc/krb5.keytab")) == 'Keytab("/etc/krb5.keytab")'
    assert repr(CredentialCache("FILE:/tmp/x")) == 'CredentialCache("FILE:/tmp/x")'
    tickets = REALM.tickets("alice")
    assert repr(KEYTAB) == "<Keytab in memory>"
    assert repr(tickets) == "<CredentialCache in memory>"
    for identity in (KEYTAB, tickets, Keytab(tmp_path), CredentialCache(str(tmp_path))):
        assert isinstance(identity, anysspi.Identity)
        with pytest.raises(TypeError, match="pickle"):
            pickle.dumps(identity)


def test_damaged_files_are_refused() -> None:
    tickets = REALM.tickets("alice", TARGET).to_bytes()
    for data in (b"", b"garbage", tickets[:100], bytearray(4), memoryview(tickets)[:-1]):
        with pytest.raises(anysspi.SspiError):
            _ = CredentialCache.from_bytes(data).client
        with pytest.raises(anysspi.SspiError):
            client(credential=CredentialCache.from_bytes(data)).step()
    keys = KEYTAB.to_bytes()
    for data in (b"", b"garbage", keys[:50], bytearray(1)):
        with pytest.raises(anysspi.SspiError):
            server(credential=Keytab.from_bytes(data))
    for wrong in (None, "text", 7):
        with pytest.raises(TypeError):
            Keytab.from_bytes(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            CredentialCache.from_bytes(wrong)  # type: ignore[arg-type]
    for path in (7, None):
        with pytest.raises(TypeError):
            Keytab(path)  # type: ignore[arg-type]


def test_without_credentials_it_is_the_current_user_and_the_keytab_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cache, keytab = tmp_path / "cache", tmp_path / "keytab"
    monkeypatch.setenv("KRB5CCNAME", f"FILE:{cache}")
    monkeypatch.setenv("KRB5_KTNAME", f"FILE:{keytab}")
    with pytest.raises(anysspi.NoCredentials, match=re.escape(str(cache))):
        client(credential=None).step()
    with pytest.raises(anysspi.NoCredentials, match=re.escape(str(keytab))):
        server(credential=None)
    cache.write_bytes(REALM.tickets("alice", TARGET).to_bytes())
    keytab.write_bytes(KEYTAB.to_bytes())
    _, context = pair(of_server={"credential": None}, credential=None)
    assert context.client == r"EXAMPLE.TEST\alice"


# Call by call.


def raw_pair(pac_policy: Any = None) -> tuple[SecurityContext, SecurityContext]:
    outbound, _ = raw.acquire_credentials_handle(
        None, "Kerberos", Usage.OUTBOUND, REALM.tickets("alice", TARGET)
    )
    inbound, _ = raw.acquire_credentials_handle(None, "Kerberos", Usage.INBOUND, KEYTAB)
    one, other = SecurityContext(), SecurityContext(pac_policy=pac_policy)
    flags = IscReq.MUTUAL_AUTH | IscReq.CONFIDENTIALITY
    outcome, token = raw_initiate(one, credential=outbound, flags=flags, target=TARGET)
    assert outcome.status == Status.SEC_I_CONTINUE_NEEDED
    outcome, token = raw_accept(other, token, credential=inbound)
    assert outcome.status == Status.SEC_E_OK
    outcome, token = raw_initiate(one, token, credential=outbound, flags=flags, target=TARGET)
    assert (outcome.status, token) == (Status.SEC_E_OK, b"")
    return one, other


def test_the_trailer_stands_in_the_token() -> None:
    for policy in (None, "always"):
        one, other = raw_pair(policy)
        sizes = raw.query_context_attributes(one, Attribute.SIZES)
        space = bytearray(sizes.security_trailer) + b"hello"
        view = memoryview(space)
        token, data = view[: sizes.security_trailer], view[sizes.security_trailer :]
        read = bytearray(b"signed, and read")
        sealed = [
            Buffer(BufferKind.DATA, read, attributes=BufferAttributes.READONLY_WITH_CHECKSUM),
            Buffer(BufferKind.TOKEN, token),
            Buffer(BufferKind.DATA, data),
        ]
        raw.encrypt_message(one, 0, sealed)
        assert bytes(data) != b"hello"
        assert read == b"signed, and read"
        raw.decrypt_message(other, sealed)
        assert bytes(data) == b"hello"
        raw.encrypt_message(one, 0, sealed)
        read[0] ^= 1
        with pytest.raises(anysspi.MessageAltered):
            raw.decrypt_message(other, sealed)
