"""CredSSP: the shared cases, what is delegated, certificates, and a stream over a real socket."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import pickle
import random
import socket
import threading
from collections.abc import Callable, Generator, Iterator
from operator import itemgetter
from typing import Any

import anysspi
import pytest
from anysspi import (
    Accounts,
    Attribute,
    Certificate,
    ConnectionInfo,
    Context,
    Credential,
    CredentialCache,
    DelegationPolicy,
    EarlyUserAuthResult,
    Flag,
    Handshake,
    Password,
    SmartCard,
    TrustedRoots,
    raw,
)
from anysspi.raw import AscReq, Buffer, BufferKind, IscReq, SecurityContext, Status, Usage
from support import PASSWORD, USER, Exchange, Keywords, read_cases

TARGET = "TERMSRV/server.example.com"
CERTIFICATE = Certificate.self_signed("server.example.com")
OTHER = Certificate.self_signed("other.example.com")
SERVER = Credential("CREDSSP", [Accounts({USER: PASSWORD}), CERTIFICATE])
CARD_NAMES = ["card", "reader", "container", "provider", "user_hint", "domain_hint"]


def client(**keywords: Any) -> Handshake:
    known: Keywords = {
        "target": TARGET,
        "credential": Password(USER, PASSWORD),
        "require": Flag.DELEGATE,
    }
    return anysspi.initiate("CREDSSP", **(known | keywords))


def server(**keywords: Any) -> Handshake:
    return anysspi.accept("CREDSSP", **({"credential": SERVER} | keywords))


def pair(**keywords: Any) -> tuple[Context, Context]:
    return Exchange(client(**keywords), server()).run()


def client_of(case: dict[str, Any]) -> Handshake:
    identities: list[anysspi.Identity] = [Password(USER, case["password"])]
    if "smart_card" in case:
        identities.append(SmartCard(**case["smart_card"]))
    if "roots" in case:
        own = {"server": CERTIFICATE, "other": OTHER}[case["roots"]]
        identities.append(TrustedRoots(own.chain))
    keywords: Keywords = {"credential": identities}
    if "policy" in case:
        keywords["delegation"] = DelegationPolicy(**({"allow": []} | case["policy"]))
    for name in ("target", "packages"):
        keywords[name] = case.get(name)
    return client(require=Flag.DELEGATE if case.get("delegate") else None, **keywords)


def shown(delegated: Password | SmartCard | CredentialCache | None) -> dict[str, Any]:
    """What was delegated, as the cases write it."""
    if delegated is None:
        return {"kind": "nothing"}
    if isinstance(delegated, Password):
        return {"kind": "password", "user": delegated.user, "password": delegated.password}
    assert isinstance(delegated, SmartCard)
    names = {name: getattr(delegated, name) for name in CARD_NAMES}
    there = {name: value for name, value in names.items() if value is not None}
    return {"kind": "smart_card", "pin": delegated.pin, "key_spec": delegated.key_spec} | there


def result_of(case: dict[str, Any]) -> dict[str, Any]:
    try:
        handshake = client_of(case["client"])
    except anysspi.SspiError as error:
        return {"status": error.symbol, "side": "initiator"}
    exchange = Exchange(handshake, server())
    try:
        of_client, of_server = exchange.run()
    except anysspi.SspiError as error:
        side = {"client": "initiator", "server": "acceptor"}[exchange.side]
        return {"status": error.symbol, "side": side}
    delegated = of_server.delegated()
    for context in (of_client, of_server):
        assert (Flag.DELEGATE in context.flags) == (delegated is not None)
        assert context.client == USER
    return {"status": "SEC_E_OK", "delegated": shown(delegated)}


@pytest.mark.parametrize("case", read_cases("credssp.json"), ids=itemgetter("name"))
def test_the_shared_cases_pass(case: dict[str, Any]) -> None:
    assert result_of(case) == case["result"]


def test_what_was_delegated_is_handed_out_once_and_the_server_can_act_with_it() -> None:
    of_client, of_server = pair()
    delegated = of_server.delegated()
    assert isinstance(delegated, Password)
    onwards = anysspi.initiate("NTLM", credential=delegated)
    with_accounts = anysspi.accept("NTLM", credential=Accounts({USER: PASSWORD}))
    assert Exchange(onwards, with_accounts).run()[1].client == USER
    for call in (
        of_server.delegated,
        lambda: of_server.query(Attribute.CREDS),
        of_client.delegated,
    ):
        with pytest.raises(anysspi.NoCredentials):
            call()
    _, of_server = pair()
    assert shown(of_server.query(Attribute.CREDS))["password"] == PASSWORD
    with pytest.raises(anysspi.NoCredentials):
        of_server.delegated()


def test_a_policy_answers_for_targets() -> None:
    policy = DelegationPolicy()
    assert policy.allows("anything/at.all")
    assert policy.allows_ntlm_only("anything/at.all")
    policy = DelegationPolicy(allow=["TERMSRV/*", "WSMAN/*.corp.example"])
    assert policy.allows("termsrv/desk7.corp.example")
    assert not policy.allows("WSMAN/web.elsewhere.example")
    assert not policy.allows_ntlm_only("TERMSRV/desk7.corp.example")
    policy = DelegationPolicy(ntlm_only=("TERMSRV/lab-*",))
    assert policy.allows_ntlm_only("TERMSRV/lab-3")
    assert not policy.allows("TERMSRV/lab-3")
    for nowhere in (DelegationPolicy(allow=[]), DelegationPolicy(ntlm_only=[])):
        assert not nowhere.allows("TERMSRV/lab-3")
        assert not nowhere.allows_ntlm_only("TERMSRV/lab-3")
        assert nowhere == DelegationPolicy(allow=[], ntlm_only=[]) != policy
    assert repr(policy) == """DelegationPolicy(ntlm_only=["TERMSRV/lab-*"])"""
    with pytest.raises(TypeError):
        DelegationPolicy(allow="TERMSRV/*")
    with pytest.raises(TypeError):
        client(delegation=["TERMSRV/*"])


def test_credentials_acquired_beforehand_have_a_policy_of_their_own() -> None:
    nowhere = DelegationPolicy(allow=[])
    credential = Credential("CREDSSP", Password(USER, PASSWORD), delegation=nowhere)
    with pytest.raises(anysspi.DelegationForbidden):
        pair(credential=credential)
    with pytest.raises(anysspi.InvalidParameter, match="acquired before"):
        client(credential=Credential("CREDSSP", Password(USER, PASSWORD)), delegation=nowhere)
    by_hand, _ = raw.acquire_credentials_handle(
        None, "CREDSSP", Usage.OUTBOUND, Password(USER, PASSWORD), delegation=nowhere
    )
    with pytest.raises(anysspi.DelegationForbidden):
        pair(credential=by_hand)


def test_a_certificate_goes_through_pem() -> None:
    pem = CERTIFICATE.to_pem()
    assert pem.count(b"-----BEGIN CERTIFICATE-----") == 1
    for form in (pem, pem.decode(), bytearray(pem), memoryview(pem)):
        again = Certificate.from_pem(form)
        assert (again.chain, again.to_pem()) == (CERTIFICATE.chain, pem)
    both = Certificate.from_pem(pem + OTHER.to_pem().split(b"-----BEGIN PRIVATE")[0])
    assert both.chain == CERTIFICATE.chain + OTHER.chain
    assert repr(both) == "<Certificate, 2 in its chain>"
    # The key among roots is passed over.
    assert repr(TrustedRoots.from_pem(pem.decode())) == "<TrustedRoots, 1 of them>"
    own = [Accounts({USER: PASSWORD}), again]
    exchange = Exchange(client(), server(credential=own))
    assert exchange.run()[0].query(Attribute.REMOTE_CERT_CONTEXT) == CERTIFICATE.chain


def test_a_certificate_of_der_serves_and_one_that_does_not_fit_is_refused() -> None:
    text = CERTIFICATE.to_pem().split(b"-----BEGIN PRIVATE KEY-----\n")[1].split(b"-----")[0]
    key = base64.b64decode(text)
    certificate = Certificate(CERTIFICATE.chain, key)
    assert certificate.to_pem() == CERTIFICATE.to_pem()
    for chain, private_key in [
        ([], key),
        (OTHER.chain, key),
        ([b"garbage"], key),
        (CERTIFICATE.chain, b"garbage"),
    ]:
        with pytest.raises(anysspi.CertUnknown):
            server(credential=[Accounts({}), Certificate(chain, private_key)])
    with pytest.raises(anysspi.CertUnknown):
        Certificate(CERTIFICATE.chain, b"garbage").to_pem()
    with pytest.raises(TypeError):
        Certificate(CERTIFICATE.chain[0], key)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        TrustedRoots(["text"])  # type: ignore[list-item]


@pytest.mark.parametrize("read", [Certificate.from_pem, TrustedRoots.from_pem])
def test_pem_that_is_none_is_refused(read: Callable[[Any], object]) -> None:
    pem = CERTIFICATE.to_pem()
    damaged = b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"
    for wrong in ("", b"garbage", "\ud7ff", damaged, pem.replace(b"END CERT", b"XXX CERT")):
        with pytest.raises(anysspi.CertUnknown):
            read(wrong)
    with pytest.raises(anysspi.CertUnknown):
        Certificate.from_pem(pem.split(b"-----BEGIN PRIVATE KEY-----")[0])
    for wrong_type in (None, 7, ["pem"]):
        with pytest.raises(TypeError):
            read(wrong_type)


def test_secrets_are_not_printed_and_not_pickled() -> None:
    card = SmartCard("4711-pin", reader="reader")
    key = CERTIFICATE.to_pem().split(b"PRIVATE KEY-----\n")[1].decode()[:40]
    for thing in (card, CERTIFICATE, TrustedRoots(CERTIFICATE.chain), pair()[1].delegated()):
        assert not any(secret in repr(thing) for secret in ("4711", key, PASSWORD))
        with pytest.raises(TypeError, match="pickle"):
            pickle.dumps(thing)
    assert "reader" in repr(card)


def test_a_context_says_what_its_connection_is() -> None:
    of_client, of_server = pair()
    assert of_client.query(Attribute.REMOTE_CERT_CONTEXT) == CERTIFICATE.chain
    assert of_server.query(Attribute.LOCAL_CERT_CONTEXT) == CERTIFICATE.chain
    for context in (of_client, of_server):
        info = context.query(Attribute.CONNECTION_INFO)
        assert isinstance(info, ConnectionInfo)
        assert (info.version, info.version_name) == (0x0304, "TLS 1.3")
        assert info.cipher_suite_name.startswith("TLS13_")
        assert info.cipher_suite >> 8 == 0x13
        assert info.key_exchange
        assert not info.is_resumed
        assert info.cipher_suite_name in repr(info)
        assert info == context.query(Attribute.CONNECTION_INFO)
        sizes = context.query(Attribute.STREAM_SIZES)
        assert (sizes.header, sizes.buffers) == (5, 4)
        assert sizes.maximum_message == 16_384
        bindings = context.query(Attribute.ENDPOINT_BINDINGS)
        known = anysspi.ChannelBindings.tls_server_end_point(CERTIFICATE.chain[0])
        assert bindings == known.to_structure()
        unique = context.query(Attribute.UNIQUE_BINDINGS)
        assert isinstance(unique, bytes)
        assert b"tls-exporter:" in unique
        assert unique == of_client.query(Attribute.UNIQUE_BINDINGS)
        assert context.package.name == "CREDSSP"
        assert context.negotiated_package.name == "NTLM"
    again = Credential("CREDSSP", Password(USER, PASSWORD))
    resumed = [pair(credential=again)[0].query(Attribute.CONNECTION_INFO) for _ in range(2)]
    assert [info.is_resumed for info in resumed] == [False, True]


def test_a_stream_takes_messages_of_any_length_cut_anywhere() -> None:
    of_client, of_server = pair()
    cut = random.Random(7)
    for one, other in ((of_client, of_server), (of_server, of_client)):
        for length in (0, 1, 16_384, 16_385, 70_000):
            message = cut.randbytes(length)
            wrapped = one.wrap(memoryview(message))
            assert (wrapped == b"") == (message == b"")
            opened = bytearray()
            while wrapped:
                at = cut.randint(1, 9_000)
                more, quality = other.unwrap_with_quality(bytearray(wrapped[:at]))
                opened += more
                assert quality == 0
                wrapped = wrapped[at:]
                opened += other.unwrap(wrapped[:1])
                wrapped = wrapped[1:]
            assert opened == message
        assert other.unwrap(b"") == b""
    for of_nothing in (lambda: of_client.sign(b"x"), lambda: of_client.verify(b"x", b"y")):
        with pytest.raises(anysspi.UnsupportedFunction):
            of_nothing()
    with pytest.raises(anysspi.UnsupportedFunction):
        of_client.wrap(b"x", number=1)
    with pytest.raises(anysspi.UnsupportedFunction):
        of_server.unwrap(b"x", number=1)


def test_a_stream_that_is_shut_down_ends_behind_its_last_bytes() -> None:
    of_client, of_server = pair()
    last = of_client.wrap(b"the last") + of_client.shut_down()
    assert of_server.unwrap(last) == b"the last"
    for _ in range(2):
        with pytest.raises(anysspi.ContextExpired):
            of_server.unwrap(b"")
        with pytest.raises(anysspi.ContextExpired):
            of_server.unwrap_with_quality(b"")
    # The other direction goes on.
    assert of_client.unwrap(of_server.wrap(b"and yet")) == b"and yet"
    with pytest.raises(anysspi.UnsupportedFunction):
        Exchange(
            anysspi.initiate("NTLM", credential=Password(USER, PASSWORD)),
            anysspi.accept("NTLM", credential=Accounts({USER: PASSWORD})),
        ).run()[0].shut_down()


def test_a_record_that_was_changed_is_refused() -> None:
    of_client, of_server = pair()
    wrapped = bytearray(of_client.wrap(b"hello"))
    wrapped[-1] ^= 1
    for _ in range(2):
        with pytest.raises(anysspi.MessageAltered):
            of_server.unwrap(wrapped)


def test_bytes_behind_the_handshake_are_extra() -> None:
    one, other = client(), server()
    token = one.step()
    while not one.done:
        token = one.step(other.step(token))
    assert token
    assert other.step(token + one.context.wrap(b"at once")) is None
    assert other.context.unwrap(other.extra) == b"at once"


def test_an_early_answer_is_four_bytes() -> None:
    for answer, sent in (
        (EarlyUserAuthResult.SUCCESS, bytes(4)),
        (EarlyUserAuthResult.ACCESS_DENIED, bytes([5, 0, 0, 0])),
    ):
        assert answer.to_bytes() == sent
        assert EarlyUserAuthResult.from_bytes(sent) == answer
        assert int(answer) == sent[0]
    EarlyUserAuthResult.SUCCESS.check()
    with pytest.raises(anysspi.LogonDenied):
        EarlyUserAuthResult.ACCESS_DENIED.check()
    for wrong in (b"", bytes(3), bytes(5), b"\1\0\0\0", b"\0\0\0\5"):
        with pytest.raises(anysspi.InvalidToken):
            EarlyUserAuthResult.from_bytes(wrong)


# Over a socket: whatever a read gives is what `receive` gets.

PATIENCE = 30


class Cut:
    """A connection whose reads come in pieces of any size."""

    def __init__(self, connection: socket.socket, seed: int) -> None:
        self.connection, self.random = connection, random.Random(seed)

    def receive(self) -> bytes:
        data = self.connection.recv(self.random.choice([1, 2, 3, 5, 7, 100, 4_000]))
        if not data:
            raise EOFError
        return data


@contextlib.contextmanager
def connections() -> Iterator[tuple[socket.socket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        one = socket.create_connection(listening.getsockname())
        other, _ = listening.accept()
    with one, other:
        for connection in (one, other):
            connection.settimeout(PATIENCE)
            # What is sent goes out, and is not collected.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield one, other


def loop_by_iteration(handshake: Handshake, cut: Cut) -> Context:
    if handshake.side == "acceptor":
        handshake.receive(cut.receive())
    for token in handshake:
        cut.connection.sendall(token)
        if not handshake.done:
            handshake.receive(cut.receive())
    return handshake.context


def loop_by_steps(handshake: Handshake, cut: Cut) -> Context:
    token = handshake.step(cut.receive() if handshake.side == "acceptor" else None)
    while token is not None:
        cut.connection.sendall(token)
        token = None if handshake.done else handshake.step(cut.receive())
    return handshake.context


def loop_of_a_generator(handshake: Handshake, cut: Cut) -> Context:
    def login() -> Generator[bytes, bytes | None, Context]:
        if handshake.side == "acceptor":
            handshake.receive(cut.receive())
        context: Context = yield from handshake
        return context

    running = login()
    try:
        token = next(running)
        while True:
            cut.connection.sendall(token)
            token = running.send(None if handshake.done else cut.receive())
    except StopIteration as end:
        context: Context = end.value
        return context


Loop = Callable[[Handshake, Cut], Context]
LOOPS: list[Loop] = [loop_by_iteration, loop_by_steps, loop_of_a_generator]


def read_until(context: Context, cut: Cut, length: int, so_far: bytes) -> bytes:
    while len(so_far) < length:
        so_far += context.unwrap(cut.receive())
    return so_far


QUESTION = bytes(range(256)) * 100


def serve(connection: socket.socket, loop: Loop, heard: list[Any]) -> None:
    """Lets the client in, echoes what it says, and reads to the end of the stream."""
    cut = Cut(connection, 2)
    try:
        handshake = server()
        context = loop(handshake, cut)
        heard.append(context.delegated())
        connection.sendall(context.wrap(EarlyUserAuthResult.SUCCESS.to_bytes()))
        question = context.unwrap(handshake.extra)
        question = read_until(context, cut, len(QUESTION), question)
        connection.sendall(context.wrap(question))
        with contextlib.suppress(anysspi.ContextExpired):
            read_until(context, cut, len(QUESTION), b"")
        connection.sendall(context.shut_down())
    except Exception as error:
        heard.append(error)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_login_over_a_socket_with_reads_cut_anywhere(loop: Loop) -> None:
    heard: list[Any] = []
    with connections() as (one, other):
        thread = threading.Thread(target=serve, args=(other, loop, heard))
        thread.start()
        cut = Cut(one, 1)
        handshake = client()
        context = loop(handshake, cut)
        one.sendall(context.wrap(QUESTION))
        length = 4 + len(QUESTION)
        answer = read_until(context, cut, length, context.unwrap(handshake.extra))
        EarlyUserAuthResult.from_bytes(answer[:4]).check()
        assert answer[4:] == QUESTION
        one.sendall(context.shut_down())
        with pytest.raises(anysspi.ContextExpired):
            read_until(context, cut, 1, b"")
        thread.join(PATIENCE)
    (delegated,) = heard
    assert shown(delegated) == {"kind": "password", "user": USER, "password": PASSWORD}


async def loop_by_async_for(
    handshake: Handshake, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Context:
    if handshake.side == "acceptor":
        handshake.receive(await reader.read(7))
    async for token in handshake:
        writer.write(token)
        await writer.drain()
        if not handshake.done:
            handshake.receive(await reader.read(7))
    return handshake.context


async def loop_by_async_steps(
    handshake: Handshake, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Context:
    first = await reader.read(7) if handshake.side == "acceptor" else None
    token = await handshake.astep(first)
    while token is not None:
        writer.write(token)
        await writer.drain()
        token = None if handshake.done else await handshake.astep(await reader.read(7))
    return handshake.context


@pytest.mark.parametrize("loop", [loop_by_async_for, loop_by_async_steps])
def test_an_asynchronous_login_with_reads_cut_anywhere(loop: Callable[..., Any]) -> None:
    heard: list[Any] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            handshake = server()
            context = await loop(handshake, reader, writer)
            heard.append(shown(context.delegated())["password"])
            message = context.unwrap(handshake.extra)
            while len(message) < 5:
                message += context.unwrap(await reader.read(7))
            writer.write(context.wrap(message[::-1]) + context.shut_down())
            await writer.drain()
        except Exception as error:
            heard.append(error)
        finally:
            writer.close()

    async def go() -> bytes:
        listening = await asyncio.start_server(answer, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
        handshake = client()
        context = await loop(handshake, reader, writer)
        writer.write(context.wrap(b"hello"))
        said: bytes = context.unwrap(handshake.extra)
        with contextlib.suppress(anysspi.ContextExpired):
            while True:
                said += context.unwrap(await reader.read(7))
        writer.close()
        listening.close()
        return said

    assert asyncio.run(asyncio.wait_for(go(), PATIENCE)) == b"olleh"
    assert heard == [PASSWORD]


# Call by call.

CLIENT_FLAGS = (
    IscReq.STREAM
    | IscReq.ALLOCATE_MEMORY
    | IscReq.DELEGATE
    | IscReq.MUTUAL_AUTH
    | IscReq.SEQUENCE_DETECT
    | IscReq.CONNECTION
    | IscReq.MANUAL_CRED_VALIDATION
    | IscReq.EXTENDED_ERROR
)
SERVER_FLAGS = AscReq.STREAM | AscReq.ALLOCATE_MEMORY
CLIENT = Credential("CREDSSP", Password(USER, PASSWORD))


def raw_initiate(context: SecurityContext, given: list[Buffer]) -> tuple[Status | int, bytes]:
    output = Buffer(BufferKind.TOKEN)
    outcome = raw.initialize_security_context(
        CLIENT, context, TARGET, CLIENT_FLAGS, given, [output]
    )
    return outcome.status, bytes(output)


def raw_accept(context: SecurityContext, given: list[Buffer]) -> tuple[Status | int, bytes]:
    output = Buffer(BufferKind.TOKEN)
    outcome = raw.accept_security_context(SERVER, context, SERVER_FLAGS, given, [output])
    return outcome.status, bytes(output)


def given(token: bytes) -> list[Buffer]:
    return [Buffer(BufferKind.TOKEN, token), Buffer(BufferKind.EMPTY)]


def raw_pair() -> tuple[SecurityContext, SecurityContext]:
    one, other = SecurityContext(), SecurityContext()
    _, token = raw_initiate(one, [])
    while True:
        status, answer = raw_accept(other, given(token))
        if status == Status.SEC_E_OK:
            return one, other
        _, token = raw_initiate(one, given(answer))


def test_call_by_call_too_few_bytes_are_missing_and_too_many_extra() -> None:
    one, other = SecurityContext(), SecurityContext()
    _, token = raw_initiate(one, [])
    short = given(token[:-1])
    with pytest.raises(anysspi.IncompleteMessage):
        raw_accept(other, short)
    assert (short[1].kind, short[1].length) == (BufferKind.MISSING, 1)
    while not one.is_established:
        _, answer = raw_accept(other, given(token))
        _, token = raw_initiate(one, given(answer))
    behind = b"\x17\x03\x03\x00\x0cwhat follows"
    more = given(token + behind)
    assert raw_accept(other, more) == (Status.SEC_E_OK, b"")
    assert (more[1].kind, more[1].length) == (BufferKind.EXTRA, len(behind))


def test_call_by_call_a_stream_is_encrypted_in_place_and_shut_down() -> None:
    one, other = raw_pair()
    sizes = raw.query_context_attributes(one, Attribute.STREAM_SIZES)
    space = bytearray(sizes.header + 5 + sizes.trailer)
    view = memoryview(space)
    view[sizes.header : sizes.header + 5] = b"hello"
    message = [
        Buffer(BufferKind.STREAM_HEADER, view[: sizes.header]),
        Buffer(BufferKind.DATA, view[sizes.header : sizes.header + 5]),
        Buffer(BufferKind.STREAM_TRAILER, view[sizes.header + 5 :]),
        Buffer(BufferKind.EMPTY),
    ]
    raw.encrypt_message(one, 0, message)
    wire = b"".join(bytes(message[at]) for at in (3, 0, 1, 2))
    assert b"hello" not in wire

    def opened(data: bytes) -> list[Buffer]:
        buffers = [Buffer(BufferKind.DATA, bytearray(data))]
        buffers += [Buffer(BufferKind.EMPTY) for _ in range(3)]
        raw.decrypt_message(other, buffers)
        return buffers

    with pytest.raises(anysspi.IncompleteMessage):
        opened(wire[:-1])
    buffers = opened(wire + b"\x17\x03")
    assert bytes(buffers[1]) == b"hello"
    assert [bytes(one) for one in buffers if one.kind == BufferKind.EXTRA] == [b"\x17\x03"]
    delegated = raw.query_context_attributes(other, Attribute.CREDS)
    assert shown(delegated)["password"] == PASSWORD
    last = raw.shut_down_stream(one)
    with pytest.raises(anysspi.ContextExpired):
        opened(last)
    with pytest.raises(anysspi.InvalidHandle):
        raw.shut_down_stream(SecurityContext())
