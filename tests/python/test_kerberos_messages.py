"""Messages of Kerberos, with every encryption type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anysspi
import pytest
from anysspi import Allow, Attribute, Context, Usage, raw
from anysspi.raw import Buffer, BufferKind, SecurityContext
from anysspi.realm import Realm
from kerberos import NAME, TARGET, TYPES, pair, raw_leg, server
from support import NO_ENCRYPT, PASSWORD


def realm_of(encryption_type: str) -> tuple[Realm, Allow]:
    realm = Realm(NAME)
    realm.add_user("alice", PASSWORD)
    realm.add_service(TARGET, encryption_types=[encryption_type])
    return realm, Allow.RC4 if encryption_type == "rc4-hmac" else Allow(0)


def contexts_of(encryption_type: str, **keywords: Any) -> tuple[Context, Context]:
    realm, allow = realm_of(encryption_type)
    return pair(
        of_server={"credential": realm.keytab(TARGET), "allow": allow},
        credential=realm.tickets("alice", TARGET),
        allow=allow,
        **keywords,
    )


@pytest.mark.parametrize("encryption_type", TYPES)
def test_messages_of_every_size_open_on_the_other_side(encryption_type: str) -> None:
    contexts = contexts_of(encryption_type)
    for here, there in (contexts, contexts[::-1]):
        assert here.query(Attribute.KEY_INFO).encryption_algorithm_name == encryption_type
        for size in (*range(40), 4095, 4096, 4097, 65_536, 1_000_003):
            message = (bytes(range(251)) * (size // 251 + 1))[:size]
            wrapped = here.wrap(message)
            assert isinstance(wrapped, bytes)
            assert size < 16 or message not in wrapped
            assert there.unwrap(wrapped) == message, size
            there.verify(message, here.sign(message))


@pytest.mark.parametrize("encryption_type", TYPES)
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
@pytest.mark.parametrize("size", [0, 7, 70_000])
def test_a_message_is_any_object_of_bytes(
    encryption_type: str, kind: Callable[[bytes], Any], size: int
) -> None:
    one, other = contexts_of(encryption_type)
    message = b"m" * size
    given = kind(message)
    assert other.unwrap(kind(one.wrap(given))) == message
    other.verify(given, kind(one.sign(given)))
    assert given == message, "the caller's own memory stays as it is"


def test_the_largest_frame_of_rc4_has_room() -> None:
    one, other = contexts_of("rc4-hmac")
    message = bytes(1 << 24)
    assert other.unwrap(one.wrap(message)) == message


@pytest.mark.parametrize("encryption_type", TYPES)
def test_every_altered_byte_is_noticed_and_costs_nothing(encryption_type: str) -> None:
    one, other = contexts_of(encryption_type)
    message = b"a message of some length"
    wrapped, signature = one.wrap(message), one.sign(message)
    for at in range(len(wrapped)):
        altered = bytearray(wrapped)
        altered[at] ^= 0x10
        with pytest.raises((anysspi.MessageAltered, anysspi.OutOfSequence)):
            other.unwrap(altered)
    for length in range(len(wrapped)):
        with pytest.raises((anysspi.MessageAltered, anysspi.OutOfSequence)):
            other.unwrap(wrapped[:length])
    assert other.unwrap(wrapped) == message
    for at in range(len(signature)):
        altered = bytearray(signature)
        altered[at] ^= 0x10
        with pytest.raises((anysspi.MessageAltered, anysspi.OutOfSequence)):
            other.verify(message, altered)
    other.verify(message, signature)
    with pytest.raises(anysspi.OutOfSequence):
        other.unwrap(wrapped)
    # What this side sent does not come from the other one.
    with pytest.raises(anysspi.MessageAltered):
        one.unwrap(one.wrap(message))


def test_a_token_that_was_turned_another_way_opens() -> None:
    # RFC 4121 4.2.5: a peer that turns nothing writes RRC 0, and its trailer behind the message.
    one, other = contexts_of("aes256-cts-hmac-sha1-96")
    for size in (0, 1, 100, 70_000):
        for count in (0, 1, 28, 200):
            wrapped = one.wrap(bytes(size))
            header, body = wrapped[:16], wrapped[16:]
            old = int.from_bytes(header[6:8], "big") % len(body)
            plain = body[old:] + body[:old]
            new = count % len(plain)
            turned = plain[-new:] + plain[:-new] if new else plain
            header = header[:6] + count.to_bytes(2, "big") + header[8:]
            assert other.unwrap(header + turned) == bytes(size), (size, count)


def raw_client_of(encryption_type: str) -> tuple[SecurityContext, Context]:
    """A client that says of each message how it is protected, and a server that reads them."""
    realm, allow = realm_of(encryption_type)
    tickets = realm.tickets("alice", TARGET)
    outbound, _ = raw.acquire_credentials_handle(
        None, "Kerberos", Usage.OUTBOUND, tickets, allow=allow
    )
    one, other = SecurityContext(), server(credential=realm.keytab(TARGET), allow=allow)
    answer = other.step(raw_leg(one, outbound)[1])
    assert answer is not None
    raw_leg(one, outbound, answer)
    return one, other.context


def raw_wrap(context: SecurityContext, message: bytes, quality: int) -> bytes:
    sizes = raw.query_context_attributes(context, Attribute.SIZES)
    buffers = [
        Buffer(BufferKind.TOKEN, bytearray(sizes.security_trailer)),
        Buffer(BufferKind.DATA, bytearray(message)),
        Buffer(BufferKind.PADDING, bytearray(sizes.block_size)),
    ]
    raw.encrypt_message(context, quality, buffers)
    return b"".join(bytes(buffer) for buffer in buffers)


@pytest.mark.parametrize("encryption_type", TYPES)
def test_a_message_says_whether_it_was_encrypted(encryption_type: str) -> None:
    one, other = raw_client_of(encryption_type)
    for size in (0, 1, 16, 100, 5000, 70_000):
        message = b"m" * size
        for quality in (0, NO_ENCRYPT, NO_ENCRYPT, 0):
            wrapped = raw_wrap(one, message, quality)
            assert size < 16 or (message in wrapped) == (quality == NO_ENCRYPT)
            assert other.unwrap_with_quality(wrapped) == (message, quality), size
    assert other.unwrap(raw_wrap(one, b"only signed", NO_ENCRYPT)) == b"only signed"


@pytest.mark.parametrize("quality", [0, NO_ENCRYPT])
@pytest.mark.parametrize("encryption_type", TYPES)
def test_no_quality_is_told_of_a_message_that_is_not_the_peer_s(
    encryption_type: str, quality: int
) -> None:
    one, other = raw_client_of(encryption_type)
    wrapped = raw_wrap(one, b"a message", quality)
    for at in range(len(wrapped)):
        altered = bytearray(wrapped)
        altered[at] ^= 0x10
        with pytest.raises((anysspi.MessageAltered, anysspi.OutOfSequence)):
            other.unwrap_with_quality(altered)
    for length in range(len(wrapped)):
        with pytest.raises((anysspi.MessageAltered, anysspi.OutOfSequence)):
            other.unwrap_with_quality(wrapped[:length])
    assert other.unwrap_with_quality(wrapped) == (b"a message", quality)
    with pytest.raises(anysspi.OutOfSequence):
        other.unwrap_with_quality(wrapped)


def test_rc4_is_off_unless_it_is_allowed() -> None:
    realm = Realm(NAME)
    realm.add_user("alice", PASSWORD)
    realm.add_service(TARGET, encryption_types=["rc4-hmac"])
    tickets, keytab = realm.tickets("alice", TARGET), realm.keytab(TARGET)
    with pytest.raises(anysspi.SspiError):
        pair(of_server={"credential": keytab, "allow": Allow.RC4}, credential=tickets)
    with pytest.raises(anysspi.SspiError):
        pair(of_server={"credential": keytab}, credential=tickets, allow=Allow.RC4)
