"""The raw layer: handles, buffers and statuses, call by call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anysspi
import pytest
from anysspi import Account, ChannelBindings, Password, raw
from anysspi.raw import (
    AscReq,
    AscRet,
    Attribute,
    Buffer,
    BufferKind,
    IscReq,
    IscRet,
    SecurityContext,
    Status,
    Usage,
)
from support import (
    INBOUND,
    OUTBOUND,
    PASSWORD,
    SEAL,
    TARGET,
    USER,
    raw_accept as accept,
    raw_credentials as credentials,
    raw_initiate as initiate,
    raw_pair as pair,
    raw_run as run,
    raw_seal as seal,
)


def test_statuses_and_flags_are_those_of_the_interface() -> None:
    client, server = SecurityContext(), SecurityContext()
    outcome, token = initiate(client)
    assert outcome.status is Status.SEC_I_CONTINUE_NEEDED
    assert not client.is_established
    outcome, token = accept(server, token)
    assert outcome.status is Status.SEC_I_CONTINUE_NEEDED
    outcome, token = initiate(client, token)
    assert outcome.status is Status.SEC_E_OK
    assert client.is_established
    protection = (
        IscRet.INTEGRITY
        | IscRet.CONFIDENTIALITY
        | IscRet.REPLAY_DETECT
        | IscRet.SEQUENCE_DETECT
        | IscRet.CONNECTION
    )
    assert outcome.flags == protection | IscRet.ALLOCATED_MEMORY
    assert isinstance(outcome.flags, IscRet)
    assert outcome.expiry is None
    assert repr(outcome) == "<Outcome SEC_E_OK>"
    outcome, token = accept(server, token)
    assert (outcome.status, token) == (Status.SEC_E_OK, b"")
    assert isinstance(outcome.flags, AscRet)
    assert AscRet.INTEGRITY | AscRet.NO_ADDITIONAL_TOKEN in outcome.flags


def test_packages_have_the_names_of_the_interface() -> None:
    assert raw.enumerate_security_packages() == anysspi.packages()
    assert raw.query_security_package_info("ntlm") == anysspi.package("NTLM")


def test_credentials_say_whose_they_are() -> None:
    assert raw.query_credentials_attributes(OUTBOUND) == USER
    identities = [Password("bob", "pw"), Password(USER, PASSWORD)]
    named, _ = raw.acquire_credentials_handle(USER, "Negotiate", Usage.OUTBOUND, identities)
    assert raw.query_credentials_attributes(named) == USER


def test_output_is_allocated_where_that_is_asked_for() -> None:
    output = Buffer(BufferKind.TOKEN)
    raw.initialize_security_context(
        OUTBOUND, SecurityContext(), None, SEAL | IscReq.ALLOCATE_MEMORY, [], [output]
    )
    assert isinstance(output.data, bytes)
    assert output.data == bytes(output)
    assert output.length == len(output) == len(output.data) == 40


@pytest.mark.parametrize("size", [0, 39])
def test_a_buffer_that_is_too_small_says_what_is_needed_and_loses_nothing(size: int) -> None:
    client, server = SecurityContext(), SecurityContext()
    short = Buffer(BufferKind.TOKEN, bytearray(size))
    with pytest.raises(anysspi.BufferTooSmall):
        raw.initialize_security_context(OUTBOUND, client, TARGET, SEAL, [], [short])
    assert short.length == 40
    space = bytearray(64)
    output = Buffer(BufferKind.TOKEN, space)
    outcome = raw.initialize_security_context(OUTBOUND, client, TARGET, SEAL, [], [output])
    assert outcome.status is Status.SEC_I_CONTINUE_NEEDED
    assert output.data is space
    assert (output.length, bytes(output)) == (40, bytes(space[:40]))
    _, token = accept(server, bytes(output))
    outcome, token = initiate(client, token)
    assert accept(server, token)[0].status is Status.SEC_E_OK


def test_memory_that_is_only_readable_is_no_output() -> None:
    for readable in (bytes(64), memoryview(bytes(64))):
        output = Buffer(BufferKind.TOKEN, readable)
        with pytest.raises(anysspi.SspiError) as raised:
            raw.initialize_security_context(OUTBOUND, SecurityContext(), None, SEAL, [], [output])
        assert not isinstance(raised.value, anysspi.InternalError)
        assert bytes(readable) == bytes(64)


def test_handles_that_are_null_or_of_the_other_side_are_invalid() -> None:
    context = SecurityContext()
    assert "null" in repr(context)
    data = Buffer(BufferKind.DATA, bytearray(4))
    for call in (
        lambda: raw.query_context_attributes(context, Attribute.SIZES),
        lambda: raw.query_security_context_token(context),
        lambda: raw.complete_auth_token(context, []),
        lambda: raw.make_signature(context, 0, [data]),
        lambda: raw.verify_signature(context, [data]),
        lambda: raw.encrypt_message(context, 0, [data]),
        lambda: raw.decrypt_message(context, [data]),
        lambda: initiate(context, credential=None),
        lambda: raw.delete_security_context(context),
    ):
        with pytest.raises(anysspi.InvalidHandle):
            call()
    _, token = initiate(context)
    with pytest.raises(anysspi.InvalidHandle):
        accept(context, token)
    with pytest.raises(anysspi.OutOfSequence):
        raw.query_context_attributes(context, Attribute.SIZES)


def test_a_deleted_context_is_invalid() -> None:
    client, server = pair()
    raw.delete_security_context(client)
    assert not client.is_established
    for call in (
        lambda: initiate(client),
        lambda: raw.query_context_attributes(client, Attribute.SIZES),
        lambda: raw.encrypt_message(client, 0, []),
        lambda: raw.delete_security_context(client),
    ):
        with pytest.raises(anysspi.InvalidHandle):
            call()
    assert raw.query_context_attributes(server, Attribute.NAMES) == USER


def test_a_freed_credential_is_invalid_and_its_contexts_go_on() -> None:
    outbound, _ = credentials()
    client, server = SecurityContext(), SecurityContext()
    _, token = initiate(client, credential=outbound)
    raw.free_credentials_handle(outbound)
    assert repr(outbound) == "Credential(freed)"
    for call in (
        lambda: raw.free_credentials_handle(outbound),
        lambda: raw.query_credentials_attributes(outbound),
        lambda: outbound.name,
        lambda: initiate(SecurityContext(), credential=outbound),
        lambda: anysspi.initiate("NTLM", credential=outbound),
    ):
        with pytest.raises(anysspi.InvalidHandle, match="freed"):
            call()
    _, token = accept(server, token)
    _, token = initiate(client, token, credential=None)
    assert accept(server, token)[0].status is Status.SEC_E_OK


def test_a_call_after_success_authenticates_anew() -> None:
    client, server = pair()
    before = raw.query_context_attributes(client, Attribute.SESSION_KEY)
    assert run(client, server).status is Status.SEC_E_OK
    after = raw.query_context_attributes(client, Attribute.SESSION_KEY)
    assert after == raw.query_context_attributes(server, Attribute.SESSION_KEY) != before


def test_a_failed_context_stays_failed() -> None:
    server = SecurityContext()
    errors = []
    for token in (b"nonsense", initiate(SecurityContext())[1]):
        with pytest.raises(anysspi.InvalidToken) as raised:
            accept(server, token)
        errors.append(raised.value)
    assert str(errors[0]) == str(errors[1])
    assert errors[0] is not errors[1]
    raw.delete_security_context(server)


@pytest.mark.parametrize(
    ("of_client", "flags", "policy", "stands"),
    [
        ("right", AscReq(0), None, True),
        (None, AscReq.ALLOW_MISSING_BINDINGS, None, True),
        ("wrong", AscReq(0), None, False),
        ("wrong", AscReq.ALLOW_MISSING_BINDINGS, None, False),
        (None, AscReq(0), None, False),
        (None, AscReq(0), "when_supported", True),
        ("wrong", AscReq(0), "never", True),
    ],
)
def test_channel_bindings_come_in_a_buffer_or_are_set(
    of_client: str | None, flags: AscReq, policy: Any, stands: bool
) -> None:
    def structure(text: str) -> bytes:
        return ChannelBindings(f"tls-server-end-point:{text}".encode()).to_structure()

    client, server = SecurityContext(), SecurityContext(binding_policy=policy)
    if of_client is not None:
        value = structure(of_client)
        raw.set_context_attributes(client, Attribute.ENDPOINT_BINDINGS, value)
    given = Buffer(BufferKind.CHANNEL_BINDINGS, structure("right"))
    if stands:
        assert run(client, server, given, flags=flags).status is Status.SEC_E_OK
        return
    with pytest.raises(anysspi.BadBindings):
        run(client, server, given, flags=flags)


def test_bindings_that_are_cut_are_refused() -> None:
    structure = ChannelBindings(b"tls-unique:x").to_structure()
    with pytest.raises(anysspi.InvalidParameter):
        run(
            SecurityContext(),
            SecurityContext(),
            Buffer(BufferKind.CHANNEL_BINDINGS, structure[:31]),
        )


def test_target_names_are_checked_where_some_are_given() -> None:
    run(SecurityContext(), SecurityContext(accepted_targets=[TARGET]))
    with pytest.raises(anysspi.WrongPrincipal):
        run(SecurityContext(), SecurityContext(accepted_targets=["CIFS/x"]))


def test_an_established_context_answers() -> None:
    client, server = pair()
    assert raw.query_context_attributes(client, Attribute.SIZES).security_trailer == 16
    assert raw.query_context_attributes(server, Attribute.NAMES) == USER
    assert raw.query_security_context_token(server) == (USER, False, False, None)
    with pytest.raises(anysspi.UnsupportedFunction):
        raw.query_security_context_token(client)
    with pytest.raises(anysspi.UnsupportedFunction):
        raw.query_context_attributes(client, 4711)
    with pytest.raises(anysspi.SspiError):
        raw.set_context_attributes(client, Attribute.SESSION_KEY, b"x" * 16)


def test_nothing_is_to_be_completed_in_ntlm() -> None:
    client, _ = pair()
    with pytest.raises(anysspi.SspiError) as raised:
        raw.complete_auth_token(client, [Buffer(BufferKind.TOKEN, b"x")])
    assert not isinstance(raised.value, anysspi.InternalError)


def test_a_look_up_may_not_touch_what_is_in_use() -> None:
    problems: list[BaseException] = []

    def lookup(*_: str) -> Account:
        calls: list[Callable[[], object]] = [
            lambda: token.append(0),
            lambda: raw.delete_security_context(server),
        ]
        for call in calls:
            with pytest.raises((BufferError, anysspi.OutOfSequence)) as raised:
                call()
            problems.append(raised.value)
        return Account(USER, PASSWORD)

    _, inbound = credentials(lookup)
    client, server = SecurityContext(), SecurityContext()
    _, challenge = accept(server, initiate(client)[1], credential=inbound)
    token = bytearray(initiate(client, challenge)[1])
    given = Buffer(BufferKind.TOKEN, token)
    flags = AscReq.ALLOCATE_MEMORY
    raw.accept_security_context(None, server, flags, [given], [Buffer(BufferKind.TOKEN)])
    assert [type(problem) for problem in problems] == [BufferError, anysspi.OutOfSequence]
    token.append(0)


def test_a_message_is_encrypted_and_decrypted_in_its_place() -> None:
    client, server = pair()
    token, data = bytearray(16), bytearray(b"a message")
    buffers = [Buffer(BufferKind.TOKEN, token), Buffer(BufferKind.DATA, data)]
    raw.encrypt_message(client, 0, buffers)
    assert data != b"a message"
    assert token != bytes(16)
    assert buffers[1].data is data
    assert raw.decrypt_message(server, buffers) == 0
    assert (bytes(data), bytes(buffers[1])) == (b"a message", b"a message")
    data.append(0)


def test_parts_of_one_bytearray_are_buffers() -> None:
    client, server = pair()
    packet = seal(client, b"a message")
    view = memoryview(packet)
    buffers = [Buffer(BufferKind.TOKEN, view[:16]), Buffer(BufferKind.DATA, view[16:])]
    raw.decrypt_message(server, buffers)
    assert packet[16:] == b"a message"


@pytest.mark.parametrize("size", [0, 1, 9, 100_000])
def test_the_message_in_a_stream_is_a_view_of_its_memory(size: int) -> None:
    client, server = pair()
    stream = seal(client, b"m" * size)
    buffers = [Buffer(BufferKind.STREAM, stream), Buffer(BufferKind.DATA)]
    assert raw.decrypt_message(server, buffers) == 0
    view = buffers[1].data
    assert buffers[1].length == size
    assert bytes(buffers[1]) == b"m" * size
    if size > 0:
        assert isinstance(view, memoryview)
        assert view.obj is stream
        stream[16] = ord("M")
        assert view[0] == ord("M")


def test_the_stream_may_be_a_part_of_a_memoryview() -> None:
    client, server = pair()
    packet = bytearray(b"header") + seal(client, b"a message")
    buffers = [Buffer(BufferKind.STREAM, memoryview(packet)[6:]), Buffer(BufferKind.DATA)]
    raw.decrypt_message(server, buffers)
    assert isinstance(buffers[1].data, memoryview)
    assert buffers[1].data.obj is packet
    assert bytes(buffers[1]) == b"a message"


def test_the_length_that_a_token_needs_is_told() -> None:
    client, server = pair()
    message = Buffer(BufferKind.DATA, bytearray(b"a message"))
    for short in (Buffer(BufferKind.TOKEN, bytearray(15)), Buffer(BufferKind.TOKEN, bytearray())):
        with pytest.raises(anysspi.BufferTooSmall):
            raw.encrypt_message(client, 0, [short, message])
        assert short.length == 16
    assert bytes(message) == b"a message"
    token = Buffer(BufferKind.TOKEN, bytearray(16))
    raw.encrypt_message(client, 0, [token, message])
    raw.decrypt_message(server, [token, message])
    assert bytes(message) == b"a message"


def test_what_counts_of_a_buffer_is_what_the_next_call_reads() -> None:
    client, server = SecurityContext(), SecurityContext()
    token = Buffer(BufferKind.TOKEN, bytearray(4096))
    raw.initialize_security_context(OUTBOUND, client, TARGET, SEAL, [], [token])
    answer = Buffer(BufferKind.TOKEN, bytearray(4096))
    raw.accept_security_context(INBOUND, server, AscReq(0), [token], [answer])
    proof = Buffer(BufferKind.TOKEN, bytearray(4096))
    raw.initialize_security_context(None, client, TARGET, SEAL, [answer], [proof])
    outcome = raw.accept_security_context(None, server, AscReq(0), [proof], [answer])
    assert outcome.status is Status.SEC_E_OK


def test_bytes_are_not_encrypted() -> None:
    client, server = pair()
    for data in (b"a message", memoryview(b"a message")):
        token = Buffer(BufferKind.TOKEN, bytearray(16))
        with pytest.raises(anysspi.InvalidParameter):
            raw.encrypt_message(client, 0, [token, Buffer(BufferKind.DATA, data)])
        assert bytes(data) == b"a message"
    lone = Buffer(BufferKind.STREAM, bytes(seal(client, b"still the first")))
    with pytest.raises(anysspi.InvalidParameter):
        raw.decrypt_message(server, [lone, Buffer(BufferKind.DATA)])


def test_memory_that_is_written_belongs_to_one_buffer() -> None:
    client, _ = pair()
    space = bytearray(32)
    for token, data in (
        (space, space),
        (memoryview(space)[:17], memoryview(space)[16:]),
        (memoryview(space)[:16], memoryview(space).toreadonly()[8:]),
    ):
        buffers = [Buffer(BufferKind.TOKEN, token), Buffer(BufferKind.DATA, data)]
        with pytest.raises(ValueError, match="share memory"):
            raw.make_signature(client, 0, buffers)
    assert space == bytes(32)
    apart = [Buffer(BufferKind.DATA, b"one"), Buffer(BufferKind.DATA, b"one")]
    raw.make_signature(client, 0, [Buffer(BufferKind.TOKEN, bytearray(16)), *apart])


def test_a_buffer_is_in_a_call_only_once() -> None:
    client, _ = pair()
    twice = Buffer(BufferKind.DATA, bytearray(b"message"))
    with pytest.raises(ValueError, match="buffer"):
        raw.make_signature(client, 0, [Buffer(BufferKind.TOKEN, bytearray(16)), twice, twice])


def test_a_buffer_says_what_it_is() -> None:
    attributes = raw.BufferAttributes.READONLY
    buffer = Buffer(BufferKind.DATA, b"some", attributes=attributes)
    assert (buffer.kind, buffer.attributes) == (BufferKind.DATA, attributes)
    assert (buffer.length, len(buffer), bytes(buffer), buffer.data) == (4, 4, b"some", b"some")
    assert "4 bytes" in repr(buffer)
    assert "some" not in repr(buffer)
    empty = Buffer(BufferKind.TOKEN)
    assert (empty.data, empty.length, bytes(empty)) == (None, 0, b"")
    assert (Buffer(4711).kind, Buffer(2).kind) == (4711, BufferKind.TOKEN)
    with pytest.raises(TypeError, match="data must be bytes, not str"):
        Buffer(BufferKind.DATA, "some")  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [None, "NTLM", b"x", [b"x"], [None]])
def test_what_is_no_list_of_buffers_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError):
        raw.encrypt_message(pair()[0], 0, wrong)
