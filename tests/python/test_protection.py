"""Message protection: what opens, what must not, and what stays as it was."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter
from typing import Any

import anysspi
import pytest
from anysspi import Flag, raw
from anysspi.raw import AscReq, Buffer, BufferKind, IscReq, SecurityContext
from support import (
    NO_ENCRYPT,
    SEAL,
    pair,
    raw_accept,
    raw_initiate,
    raw_pair,
    raw_seal,
    read_cases,
    standing,
)

PROTECTION = Flag.INTEGRITY | Flag.CONFIDENTIALITY | Flag.REPLAY_DETECT | Flag.SEQUENCE_DETECT


def unwrapped(context: anysspi.Context, wrapped: bytes) -> bytes:
    return context.unwrap(wrapped)


def unwrapped_with_quality(context: anysspi.Context, wrapped: bytes) -> bytes:
    is_encrypted = Flag.CONFIDENTIALITY in context.flags
    message, quality = context.unwrap_with_quality(wrapped)
    assert quality == (0 if is_encrypted else NO_ENCRYPT)
    return message


UNWRAP = [unwrapped, unwrapped_with_quality]


@pytest.mark.parametrize("unwrap", UNWRAP)
@pytest.mark.parametrize("case", read_cases("protection.json"), ids=itemgetter("name"))
def test_the_shared_cases_pass(
    case: dict[str, Any], unwrap: Callable[[anysspi.Context, bytes], bytes]
) -> None:
    client, server = standing(case["handshake"])
    for step in case["messages"]:
        here, there = (client, server) if step["from"] == "client" else (server, client)
        message = bytes.fromhex(step["message"])
        wraps = step["call"] == "wrap"
        if "forged" in step:
            protected = bytes.fromhex(step["forged"])
        else:
            protected = here.wrap(message) if wraps else here.sign(message)
        assert protected.hex() == step["protected"], step["message"]
        try:
            if wraps:
                assert unwrap(there, protected) == message
            else:
                there.verify(message, protected)
            status = "SEC_E_OK"
        except anysspi.SspiError as error:
            status = error.symbol
        assert status == step["status"], step["message"]


@pytest.mark.parametrize("package", ["NTLM", "Negotiate"])
def test_messages_of_every_size_open_on_the_other_side(package: str) -> None:
    client, server = pair(package)
    for size in (*range(70), 1024, 4095, 4096, 4097, 65_536, 1_000_003):
        message = (bytes(range(251)) * (size // 251 + 1))[:size]
        for here, there in ((client, server), (server, client)):
            wrapped = here.wrap(message)
            assert isinstance(wrapped, bytes)
            assert len(wrapped) == size + 16
            assert size < 8 or wrapped[16:] != message
            assert there.unwrap(wrapped) == message, size
            assert there.unwrap_with_quality(here.wrap(message)) == (message, 0), size
            there.verify(message, here.sign(message))


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
@pytest.mark.parametrize("size", [7, 70_000])
def test_a_message_is_any_object_of_bytes(kind: Callable[[bytes], Any], size: int) -> None:
    client, server = pair()
    message = b"m" * size
    given = kind(message)
    assert server.unwrap(kind(client.wrap(given))) == message
    assert server.unwrap_with_quality(kind(client.wrap(given))) == (message, 0)
    server.verify(given, kind(client.sign(given)))
    assert given == message, "the caller's own memory stays as it is"


def test_a_part_of_a_memoryview_is_a_message() -> None:
    client, server = pair()
    received = bytearray(b"header" + client.wrap(b"message") + b"rest")
    assert server.unwrap(memoryview(received)[6:-4]) == b"message"
    with pytest.raises(BufferError, match=r"message: .*contiguous"):
        client.wrap(memoryview(b"abcdef")[::2])


@pytest.mark.parametrize("wrong", ["text", 3, None, [1, 2]])
def test_what_has_no_bytes_is_refused_by_name(wrong: Any) -> None:
    client, server = pair()
    for call, name in (
        (client.wrap, "message"),
        (client.sign, "message"),
        (server.unwrap, "wrapped"),
        (server.unwrap_with_quality, "wrapped"),
        (lambda wrong: server.verify(b"message", wrong), "signature"),
    ):
        with pytest.raises(TypeError, match=f"{name} must be bytes"):
            call(wrong)
    assert server.unwrap(client.wrap(b"still the first")) == b"still the first"


@pytest.mark.parametrize("unwrap", UNWRAP)
def test_every_altered_byte_is_noticed_and_costs_nothing(
    unwrap: Callable[[anysspi.Context, bytes | bytearray], bytes],
) -> None:
    client, server = pair()
    wrapped = client.wrap(b"a message of some length")
    for at in range(len(wrapped)):
        altered = bytearray(wrapped)
        altered[at] ^= 0x80
        number = range(12, 16)
        expected = anysspi.OutOfSequence if at in number else anysspi.MessageAltered
        with pytest.raises(expected):
            unwrap(server, altered)
    assert unwrap(server, wrapped) == b"a message of some length"


@pytest.mark.parametrize("unwrap", UNWRAP)
def test_truncated_and_empty_messages_are_altered(
    unwrap: Callable[[anysspi.Context, bytes], bytes],
) -> None:
    client, server = pair()
    wrapped = client.wrap(b"message")
    for length in range(len(wrapped)):
        with pytest.raises(anysspi.MessageAltered):
            unwrap(server, wrapped[:length])
    with pytest.raises(anysspi.MessageAltered):
        unwrap(server, wrapped + b"\0")
    assert unwrap(server, wrapped) == b"message"


def test_an_altered_message_that_is_large_is_noticed() -> None:
    client, server = pair()
    altered = bytearray(client.wrap(bytes(100_000)))
    altered[-1] ^= 1
    with pytest.raises(anysspi.ProtectionError):
        server.unwrap(altered)


def test_replayed_and_reordered_messages_are_out_of_sequence() -> None:
    client, server = pair()
    first, second = client.wrap(b"first!"), client.wrap(b"second")
    with pytest.raises(anysspi.OutOfSequence):
        server.unwrap(second)
    assert server.unwrap(first) == b"first!"
    with pytest.raises(anysspi.OutOfSequence):
        server.unwrap(first)
    assert server.unwrap(second) == b"second"


def test_a_message_of_ones_own_or_of_another_context_does_not_open() -> None:
    client, server = pair()
    own = server.wrap(b"mine")
    with pytest.raises(anysspi.MessageAltered):
        server.unwrap(own)
    foreign = pair()[0].wrap(b"foreign")
    with pytest.raises(anysspi.MessageAltered):
        server.unwrap(foreign)
    assert client.unwrap(own) == b"mine"


def test_signatures_cover_the_message_and_keep_count() -> None:
    client, server = pair()
    first, second = client.sign(b"one"), client.sign(b"two")
    with pytest.raises(anysspi.OutOfSequence):
        server.verify(b"two", second)
    with pytest.raises(anysspi.MessageAltered):
        server.verify(b"0ne", first)
    with pytest.raises(anysspi.MessageAltered):
        server.verify(b"one", first[:15])
    with pytest.raises(anysspi.MessageAltered):
        server.verify(b"one", b"")
    server.verify(b"one", first)
    server.verify(b"two", second)
    assert server.unwrap(client.wrap(b"three")) == b"three"


def test_without_confidentiality_a_wrapped_message_is_only_signed() -> None:
    plain = {"without": Flag.CONFIDENTIALITY}
    client, server = pair(client=plain, server=plain)
    wrapped = client.wrap(b"readable")
    assert wrapped[16:] == b"readable"
    assert server.unwrap(wrapped) == b"readable"
    assert server.unwrap_with_quality(client.wrap(b"readable")) == (b"readable", NO_ENCRYPT)
    altered = bytearray(client.wrap(b"readable"))
    altered[20] ^= 1
    with pytest.raises(anysspi.MessageAltered):
        server.unwrap(altered)


def test_without_integrity_there_is_no_protection() -> None:
    none = {"without": PROTECTION}
    client, _ = pair(client=none, server=none)
    for call in (client.wrap, client.sign):
        with pytest.raises(anysspi.UnsupportedFunction):
            call(b"x")


def test_only_a_connectionless_context_takes_numbers() -> None:
    client, server = pair()
    with pytest.raises(anysspi.UnsupportedFunction, match="counts its messages itself"):
        client.wrap(b"x", number=1)
    for number in (-1, 1 << 32):
        with pytest.raises((OverflowError, ValueError)):
            client.wrap(b"x", number=number)
    datagrams = {"request": Flag.DATAGRAM}
    connectionless, _ = pair(client=datagrams, server=datagrams)
    with pytest.raises(anysspi.UnsupportedFunction, match="give each its number"):
        connectionless.unwrap_with_quality(b"x")
    assert server.unwrap(client.wrap(b"still the first")) == b"still the first"


def test_two_directions_run_in_two_threads() -> None:
    client, server = pair()
    other_client, other_server = pair()

    def talk(here: anysspi.Context, there: anysspi.Context) -> None:
        for number in range(300):
            message = number.to_bytes(2, "big") * number
            assert there.unwrap(here.wrap(message)) == message

    with ThreadPoolExecutor(2) as pool:
        for done in [
            pool.submit(talk, client, server),
            pool.submit(talk, other_client, other_server),
        ]:
            done.result()


def test_one_context_at_a_time_even_from_many_threads() -> None:
    client, server = pair()
    gate = threading.Barrier(4)

    def wrap(_: int) -> bytes | None:
        gate.wait(10)
        try:
            return client.wrap(bytes(4 << 20))
        except anysspi.OutOfSequence:
            return None

    with ThreadPoolExecutor(4) as pool:
        wrapped = [one for one in pool.map(wrap, range(4)) if one is not None]
    assert wrapped
    opened = sorted(wrapped, key=lambda one: one[12:16])
    # The numbers in the clear say in which order they were made.
    assert all(server.unwrap(one) == bytes(4 << 20) for one in opened)


@pytest.mark.parametrize("unwrap", UNWRAP)
def test_other_threads_go_on_during_a_large_message(
    unwrap: Callable[[anysspi.Context, bytes], bytes],
) -> None:
    client, server = pair()
    message = bytes(32 << 20)
    counted, stop = 0, threading.Event()

    def count() -> None:
        nonlocal counted
        while not stop.is_set():
            counted += 1
            time.sleep(0)

    # Nobody is made to let go of the interpreter: only a call that does so by itself lets the
    # counter on.
    before = sys.getswitchinterval()
    sys.setswitchinterval(60)
    counter = threading.Thread(target=count)
    try:
        counter.start()
        started = counted
        wrapped = client.wrap(message)
        between = counted
        unwrap(server, wrapped)
        ended = counted
    finally:
        stop.set()
        counter.join()
        sys.setswitchinterval(before)
    assert started + 10 < between < ended - 10


def test_signatures_are_made_and_checked() -> None:
    client, server = raw_pair()
    token = Buffer(BufferKind.TOKEN, bytearray(16))
    raw.make_signature(client, 0, [token, Buffer(BufferKind.DATA, b"message")])
    with pytest.raises(anysspi.MessageAltered):
        raw.verify_signature(server, [token, Buffer(BufferKind.DATA, b"nessage")])
    buffers = [Buffer(BufferKind.TOKEN, bytes(token)), Buffer(BufferKind.DATA, b"message")]
    assert raw.verify_signature(server, buffers) == NO_ENCRYPT
    with pytest.raises(anysspi.OutOfSequence):
        raw.verify_signature(server, buffers)


def test_the_quality_may_be_not_to_encrypt() -> None:
    client, server = raw_pair()
    message = Buffer(BufferKind.DATA, bytearray(b"plain"))
    buffers = [Buffer(BufferKind.TOKEN, bytearray(16)), message]
    raw.encrypt_message(client, NO_ENCRYPT, buffers)
    assert bytes(buffers[1]) == b"plain"
    assert raw.verify_signature(server, buffers) == NO_ENCRYPT
    with pytest.raises(anysspi.QopNotSupported):
        raw.encrypt_message(client, 7, buffers)


def test_the_sequence_counts_in_a_connectionless_context() -> None:
    client, server = SecurityContext(), SecurityContext()
    flags = SEAL | IscReq.DATAGRAM
    assert raw_initiate(client, flags=flags)[1] == b""
    _, challenge = raw_accept(server, b"", flags=AscReq.DATAGRAM)
    _, proof = raw_initiate(client, challenge, flags=flags)
    raw_accept(server, proof, flags=AscReq.DATAGRAM)
    packet = raw_seal(client, b"one of many", 7)
    for sequence, error in ((8, anysspi.ProtectionError), (7, None)):
        buffers = [Buffer(BufferKind.STREAM, bytearray(packet)), Buffer(BufferKind.DATA)]
        if error is not None:
            with pytest.raises(error):
                raw.decrypt_message(server, buffers, sequence)
            continue
        raw.decrypt_message(server, buffers, sequence)
        assert bytes(buffers[1]) == b"one of many"
