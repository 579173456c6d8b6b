"""Queries: what an established context answers, and what it does not."""

from __future__ import annotations

from datetime import datetime, timezone

import anysspi
import pytest
from anysspi import Attribute, ChannelBindings, Context, Flag
from support import TARGET, USER, pair, standing

CLIENT, SERVER = standing("password")
BOTH = pytest.mark.parametrize("context", [CLIENT, SERVER], ids=["client", "server"])
FLAGS = (
    Flag.INTEGRITY
    | Flag.CONFIDENTIALITY
    | Flag.REPLAY_DETECT
    | Flag.SEQUENCE_DETECT
    | Flag.CONNECTION
)


@BOTH
def test_a_context_knows_who_is_who(context: Context) -> None:
    assert (context.client, context.client_domain, context.client_user) == (USER, "CORP", "alice")
    assert (context.server, context.target) == ("server.example.com", TARGET)
    assert context.query(Attribute.NAMES) == USER
    assert context.query(Attribute.NATIVE_NAMES) == (USER, "server.example.com")
    assert context.query(Attribute.CLIENT_SPECIFIED_TARGET) == TARGET
    assert context.query(Attribute.TARGET) == TARGET
    assert not context.is_anonymous


@BOTH
def test_a_context_knows_what_it_has(context: Context) -> None:
    assert context.flags == context.query(Attribute.FLAGS) == FLAGS
    assert isinstance(context.flags, Flag)
    assert context.session_key == context.query(Attribute.SESSION_KEY)
    assert len(context.session_key) == 16
    key = context.query(Attribute.KEY_INFO)
    assert (key.signature_algorithm_name, key.encryption_algorithm_name) == ("HMAC-MD5", "RC4")
    assert (key.key_size, key.encryption_algorithm) == (128, 0x6801)
    assert key == context.query(Attribute.KEY_INFO)
    assert "HMAC-MD5" in repr(key)


@BOTH
def test_a_context_knows_its_sizes(context: Context) -> None:
    sizes = context.sizes
    assert sizes == context.query(Attribute.SIZES)
    assert (sizes.max_token, sizes.max_signature) == (16_384, 16)
    assert (sizes.block_size, sizes.security_trailer) == (1, 16)
    assert "security_trailer=16" in repr(sizes)


@BOTH
def test_a_context_knows_its_time(context: Context) -> None:
    start = datetime(2023, 11, 14, 22, 13, 20, tzinfo=timezone.utc)
    assert context.query(Attribute.LIFESPAN) == (start, None)
    assert context.expiry is None


@BOTH
def test_a_package_that_was_not_negotiated_is_its_own(context: Context) -> None:
    assert context.package == context.query(Attribute.PACKAGE_INFO) == anysspi.package("NTLM")
    assert context.negotiated_package == context.package
    assert context.query(Attribute.NEGOTIATION_INFO) == (context.package, "complete")
    assert context.negotiation is None


def test_a_negotiation_says_how_it_went() -> None:
    # Neither has a ticket, a keytab or a realm.
    without = ["SEC_E_NO_CREDENTIALS", "SEC_E_NO_KERB_KEY"]
    for context, symbol in zip(pair("Negotiate"), without, strict=True):
        assert context.package.name == "Negotiate"
        assert context.negotiated_package.name == "NTLM"
        assert context.negotiation is not None
        assert (context.negotiation.offered, context.negotiation.chosen) == (["NTLM"], "NTLM")
        dropped = [(one.package, one.error.symbol) for one in context.negotiation.dropped]
        assert dropped == [("Kerberos", symbol)]
        assert context.negotiation.list_was_signed
        assert repr(context.negotiation) == "<Negotiation of NTLM, chosen NTLM>"


def test_the_two_ends_are_told_apart() -> None:
    assert (CLIENT.side, SERVER.side) == ("initiator", "acceptor")
    assert SERVER.workstation == "CLIENT"
    assert (CLIENT.bindings_checked, SERVER.bindings_checked) == ("no", "no")
    assert repr(CLIENT) == r'<Context NTLM, initiator, client "CORP\\alice">'


def test_only_the_client_has_the_servers_information() -> None:
    # MsvAvNbDomainName, six characters
    assert CLIENT.query(Attribute.TARGET_INFORMATION)[:4] == bytes([2, 0, 12, 0])
    with pytest.raises(anysspi.UnsupportedFunction):
        SERVER.query(Attribute.TARGET_INFORMATION)


def test_only_the_server_has_an_access_token() -> None:
    assert SERVER.query(Attribute.ACCESS_TOKEN) == (USER, False, False, None)
    with pytest.raises(anysspi.UnsupportedFunction):
        CLIENT.query(Attribute.ACCESS_TOKEN)


@pytest.mark.parametrize(
    ("data", "has", "has_not"),
    [
        (b"tls-unique:x", Attribute.UNIQUE_BINDINGS, Attribute.ENDPOINT_BINDINGS),
        (b"tls-server-end-point:x", Attribute.ENDPOINT_BINDINGS, Attribute.UNIQUE_BINDINGS),
    ],
)
def test_bindings_are_told_apart_by_their_kind(
    data: bytes, has: Attribute, has_not: Attribute
) -> None:
    bindings = ChannelBindings(data)
    client, _ = pair(client={"channel_bindings": bindings})
    assert client.query(has) == bindings.to_structure()
    with pytest.raises(anysspi.UnsupportedFunction):
        client.query(has_not)


@pytest.mark.parametrize(
    "attribute",
    [
        Attribute.STREAM_SIZES,
        Attribute.DCE_INFO,
        Attribute.AUTHORITY,
        Attribute.PASSWORD_EXPIRY,
        Attribute.UNIQUE_BINDINGS,
        Attribute.ENDPOINT_BINDINGS,
        Attribute.REMOTE_CERT_CONTEXT,
        Attribute.LOCAL_CERT_CONTEXT,
        Attribute.ISSUER_LIST_EX,
        Attribute.CONNECTION_INFO,
    ],
)
def test_what_the_package_does_not_know_is_unsupported(attribute: Attribute) -> None:
    with pytest.raises(anysspi.UnsupportedError, match=f"SECPKG_ATTR_{attribute.name}"):
        CLIENT.query(attribute)


def test_an_attribute_is_a_number() -> None:
    assert CLIENT.query(9) == CLIENT.session_key
    with pytest.raises(anysspi.UnsupportedFunction, match="4711"):
        CLIENT.query(4711)
    with pytest.raises(TypeError):
        CLIENT.query("SIZES")  # type: ignore[arg-type]
    with pytest.raises((OverflowError, ValueError)):
        CLIENT.query(-1)


def test_what_a_context_says_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        CLIENT.client = "mallory"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        CLIENT.sizes.max_token = 1  # type: ignore[misc]
