"""Kerberos in a realm in a box: every form of the loop and of credentials, and refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
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
    # The KDC signed the ticket and the PAC for itself too, and claims nothing more.
    assert peer.has_ticket_signature
    assert peer.has_full_signature
    assert (peer.asked_for_pac, peer.claims, peer.device, peer.device_claims) == (None,) * 4
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
    assert not peer.has_ticket_signature
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
