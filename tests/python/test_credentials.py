"""Credentials and channel bindings: what they are made from, and what they never show."""

from __future__ import annotations

import hashlib
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anysspi
import pytest
from anysspi import (
    Account,
    Accounts,
    Allow,
    Anonymous,
    ChannelBindings,
    Credential,
    Flag,
    NtHash,
    Password,
    Usage,
)
from support import PASSWORD, TARGET, USER, ends, pair

SECRET = "correct-horse-battery"
HASH = bytes.fromhex("a4f49c406510bdcab6824ee7c30fd852")


def test_secrets_are_in_no_repr() -> None:
    things: list[object] = [
        Password(USER, SECRET),
        NtHash(USER, HASH),
        Account(USER, SECRET),
        Account(USER, nt_hash=HASH),
        Accounts({USER: SECRET}),
        Accounts([Account(USER, SECRET)]),
        Credential("NTLM", Password(USER, SECRET)),
        Credential("Negotiate", Accounts({USER: SECRET})),
    ]
    for thing in things:
        assert SECRET not in f"{thing!r} {thing}"
        assert HASH.hex() not in repr(thing)
        assert repr(HASH) not in repr(thing)
    client, server = ends()
    texts = [repr(client), repr(server)]
    server.step(client.step(server.step(client.step())))
    key = client.context.session_key
    texts += [repr(one) for one in (client, server, client.context, server.context)]
    for text in texts:
        assert PASSWORD not in text
        assert key.hex() not in text
        assert repr(key) not in text


@pytest.mark.parametrize("thing", [Password(USER, SECRET), NtHash(USER, HASH), Accounts({})])
def test_secrets_are_not_pickled(thing: object) -> None:
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(thing)


@pytest.mark.parametrize("identity", [Password, lambda name, _, **more: NtHash(name, HASH, **more)])
def test_a_domain_is_part_of_the_name_or_beside_it(identity: Any) -> None:
    assert identity(USER, SECRET).user == USER
    assert identity("alice", SECRET, domain="CORP").user == USER
    assert identity("alice", SECRET).user == "alice"
    assert identity("alice@corp.example", SECRET).user == "alice@corp.example"
    assert repr(USER).strip("'") in repr(identity(USER, SECRET))


def test_an_nt_hash_is_as_good_as_the_password() -> None:
    server = {"credential": Accounts({USER: "Password"})}
    for kind in (bytes, bytearray, memoryview):
        assert pair(client={"credential": NtHash(USER, kind(HASH))}, server=server)
    assert pair(server={"credential": Accounts([Account(USER, PASSWORD)])})


def test_the_first_identity_that_the_package_knows_is_used() -> None:
    alice, bob = Password(USER, "one"), Password(r"CORP\bob", "two")
    assert Credential("NTLM", [alice, bob]).name == USER
    assert Credential("NTLM", (bob, alice)).name == r"CORP\bob"
    assert Credential("NTLM", [alice, bob], principal=r"corp\BOB").name == r"CORP\bob"
    with pytest.raises(anysspi.NoCredentials, match="carol"):
        Credential("NTLM", [alice, bob], principal="carol")


def test_a_credential_says_whose_and_for_what_it_is() -> None:
    credential = Credential("ntlm", Password(USER, SECRET))
    assert (credential.name, credential.package.name) == (USER, "NTLM")
    assert credential.expiry is None


@pytest.mark.parametrize("package", ["NTLM", "Negotiate"])
def test_a_credential_is_shared_by_handshakes_in_many_threads(package: str) -> None:
    client = {"credential": Credential(package, Password(USER, PASSWORD))}
    server = {"credential": Credential(package, Accounts({USER: PASSWORD}))}
    with ThreadPoolExecutor(8) as pool:
        contexts = list(pool.map(lambda _: pair(package, client, server), range(40)))
    assert {of_server.client for _, of_server in contexts} == {USER}
    assert len({of_server.session_key for _, of_server in contexts}) == 40


def test_credentials_for_one_side_do_not_serve_the_other() -> None:
    outbound = Credential("NTLM", Password(USER, PASSWORD))
    with pytest.raises(anysspi.NoCredentials):
        anysspi.accept("NTLM", credential=outbound).step(b"x")
    with pytest.raises(anysspi.NoCredentials, match="account store"):
        anysspi.accept("NTLM", credential=Password(USER, PASSWORD))
    identities = [Password(USER, PASSWORD), Accounts({USER: PASSWORD})]
    both = Credential("NTLM", identities, usage=Usage.INBOUND | Usage.OUTBOUND)
    assert pair(client={"credential": both}, server={"credential": both})[1].client == USER


def test_what_only_matters_while_acquiring_is_not_passed_over() -> None:
    credential = Credential("NTLM", Password(USER, PASSWORD))
    with pytest.raises(anysspi.InvalidParameter, match="acquired before"):
        anysspi.initiate("NTLM", credential=credential, allow=Allow.NTLM_V1)
    with pytest.raises(anysspi.InvalidParameter, match=r"Negotiate.*NTLM|NTLM.*Negotiate"):
        anysspi.initiate("Negotiate", credential=credential)


def test_without_a_credential_the_error_says_what_is_needed() -> None:
    with pytest.raises(anysspi.NoCredentials, match="password or an NT hash"):
        anysspi.initiate("NTLM")
    with pytest.raises(anysspi.NoCredentials, match="account store"):
        anysspi.accept("NTLM")
    with pytest.raises(anysspi.NoCredentials, match="ANONYMOUS"):
        anysspi.initiate("NTLM", credential=Anonymous())


def test_an_anonymous_client_needs_every_consent() -> None:
    protection = Flag.INTEGRITY | Flag.CONFIDENTIALITY | Flag.REPLAY_DETECT | Flag.SEQUENCE_DETECT
    consent = {"allow": Allow.ANONYMOUS, "relax": protection}
    client = {"credential": Anonymous()} | consent
    with pytest.raises(anysspi.LogonDenied):
        pair(client=client)
    of_client, of_server = pair(client=client, server={"request": Flag.NULL_SESSION} | consent)
    assert (of_client.is_anonymous, of_server.is_anonymous) == (True, True)
    assert (of_server.client, of_server.client_user) == ("", "")


PASSWORD_ALONE = Password(USER, PASSWORD)
WRONG_TYPES: dict[str, tuple[Callable[[Any], object], object]] = {
    "package": (lambda wrong: anysspi.initiate(wrong), 3),
    "target": (lambda wrong: ends(client={"target": wrong}), 3),
    "credential": (lambda wrong: ends(client={"credential": wrong}), "alice"),
    "require": (lambda wrong: ends(client={"require": wrong}), "INTEGRITY"),
    "request": (lambda wrong: ends(client={"request": wrong}), 1.5),
    "channel_bindings": (lambda wrong: ends(client={"channel_bindings": wrong}), b"x"),
    "binding_policy": (lambda wrong: ends(client={"binding_policy": wrong}), 1),
    "allow": (lambda wrong: ends(client={"allow": wrong}), "NTLM_V1"),
    "packages": (lambda wrong: ends("Negotiate", client={"packages": wrong}), "NTLM"),
    "without_packages": (lambda wrong: ends(client={"without_packages": wrong}), "NTLM"),
    "accepted_targets": (lambda wrong: ends(server={"accepted_targets": wrong}), "HTTP/x"),
    "user": (lambda wrong: Password(wrong, "secret"), b"alice"),
    "password": (lambda wrong: Password("alice", wrong), b"secret"),
    "domain": (lambda wrong: Password("alice", "secret", domain=wrong), 1),
    "nt_hash": (lambda wrong: NtHash("alice", wrong), HASH.hex()),
    "usage": (lambda wrong: Credential("NTLM", PASSWORD_ALONE, usage=wrong), "OUTBOUND"),
    "application_data": (lambda wrong: ChannelBindings(wrong), "tls-unique:"),
    "acceptor_address": (lambda wrong: ChannelBindings(b"", acceptor_address=wrong), (2, "x")),
    "certificate": (lambda wrong: ChannelBindings.tls_server_end_point(wrong), "-----BEGIN"),
}


@pytest.mark.parametrize("argument", WRONG_TYPES)
def test_an_argument_of_a_wrong_type_is_named(argument: str) -> None:
    call, wrong = WRONG_TYPES[argument]
    with pytest.raises(TypeError) as raised:
        call(wrong)
    # Python 3.10 has no notes, in which the name of most arguments stands.
    if sys.version_info >= (3, 11):
        assert argument in told(raised.value)
    assert "Vec" not in told(raised.value), "a word of Rust"


def told(error: BaseException) -> str:
    """What a traceback shows, with the notes of Python 3.11."""
    return "\n".join([str(error), *getattr(error, "__notes__", [])])


WRONG_VALUES: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "a target that is too long": (
        lambda: next(ends(client={"target": "x" * 1025})[0]),
        anysspi.InvalidParameter,
        "target",
    ),
    "a user that is too long": (
        lambda: ends(client={"credential": Password("x" * 1025, "pw")}),
        anysspi.InvalidParameter,
        "user",
    ),
    "a hash that is too short": (lambda: NtHash("a", HASH[1:]), ValueError, "nt_hash.*16.*15"),
    "a flag that nobody knows": (lambda: ends(client={"require": 1 << 30}), ValueError, "Flag"),
    "a policy that nobody knows": (
        lambda: ends(client={"binding_policy": "sometimes"}),
        ValueError,
        '"never", "when_supported", "always", not "sometimes"',
    ),
    "a package to negotiate that nobody knows": (
        lambda: ends("Negotiate", client={"packages": ["Kerberos5"]}),
        anysspi.SecpkgNotFound,
        "Kerberos5",
    ),
    "no package to negotiate": (
        lambda: ends("Negotiate", client={"packages": []}),
        anysspi.SspiError,
        "packages",
    ),
}


@pytest.mark.parametrize("what", WRONG_VALUES)
def test_a_wrong_value_is_refused(what: str) -> None:
    call, kind, text = WRONG_VALUES[what]
    with pytest.raises(kind, match=text):
        call()


def test_a_token_in_base64_is_refused_with_a_hint() -> None:
    client, server = ends()
    next(client)
    for call in (server.step, server.receive, server.send, client.step):
        with pytest.raises(TypeError, match=r"token must be bytes, not str.*base64\.b64decode"):
            call("TlRMTVNTUAAB")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="token must be bytes, bytearray or memoryview, not int"):
        client.step(7)  # type: ignore[arg-type]
    with pytest.raises(BufferError, match=r"token: .*contiguous"):
        client.step(memoryview(b"abcdef")[::2])
    assert client.step(server.step(next(ends()[0])))


def bound(of_client: str | None, of_server: str | None, policy: str) -> anysspi.Context:
    def keywords(text: str | None) -> dict[str, Any]:
        return {} if text is None else {"channel_bindings": ChannelBindings(text.encode())}

    client, server = pair(
        client=keywords(of_client), server=keywords(of_server) | {"binding_policy": policy}
    )
    assert client.bindings_checked == ("no" if of_client is None else "sent")
    return server


@pytest.mark.parametrize(
    ("of_client", "of_server", "policy", "checked"),
    [
        ("right", "right", "when_supported", "verified"),
        ("right", "right", "always", "verified"),
        ("wrong", "right", "when_supported", None),
        ("wrong", "right", "always", None),
        ("wrong", "right", "never", "no"),
        (None, "right", "when_supported", "no"),
        (None, "right", "always", None),
        ("right", None, "when_supported", "no"),
        ("right", None, "always", None),
    ],
)
def test_channel_bindings_are_compared(
    of_client: str | None, of_server: str | None, policy: str, checked: str | None
) -> None:
    if checked is not None:
        assert bound(of_client, of_server, policy).bindings_checked == checked
        return
    with pytest.raises(anysspi.BadBindings, match="channel bindings"):
        bound(of_client, of_server, policy)


def test_addresses_are_part_of_the_bindings() -> None:
    plain = ChannelBindings(b"tls-unique:finished")
    placed = ChannelBindings(b"tls-unique:finished", acceptor_address=(2, b"\x7f\0\0\1"))
    assert plain == ChannelBindings(bytearray(b"tls-unique:finished")) != placed
    assert hash(plain) == hash(ChannelBindings(b"tls-unique:finished"))
    with pytest.raises(anysspi.BadBindings):
        pair(client={"channel_bindings": plain}, server={"channel_bindings": placed})
    assert plain.to_structure().endswith(plain.application_data)
    assert b"\x7f\0\0\1" in placed.to_structure()
    assert "finished" not in repr(plain)


def certificate(algorithm: bytes) -> bytes:
    """A certificate of a signature algorithm, with nothing in it."""
    identifier = b"\x06" + bytes([len(algorithm)]) + algorithm
    body = b"\x30\0" + b"\x30" + bytes([len(identifier)]) + identifier + b"\x03\x02\0\x5a"
    return b"\x30" + bytes([len(body)]) + body


RSA = bytes.fromhex("2a864886f70d0101")


@pytest.mark.parametrize(
    ("algorithm", "name"),
    [
        (RSA + b"\x04", "sha256"),  # of MD5, which RFC 5929 replaces
        (RSA + b"\x05", "sha256"),  # of SHA-1
        (RSA + b"\x0b", "sha256"),
        (RSA + b"\x0c", "sha384"),
        (RSA + b"\x0d", "sha512"),
        (bytes.fromhex("2a8648ce3d040303"), "sha384"),  # of ECDSA
    ],
)
def test_the_end_point_of_a_certificate_is_its_hash(algorithm: bytes, name: str) -> None:
    der = certificate(algorithm)
    bindings = ChannelBindings.tls_server_end_point(der)
    expected = b"tls-server-end-point:" + hashlib.new(name, der).digest()
    assert bindings.application_data == expected
    both = {"channel_bindings": bindings}
    assert pair("Negotiate", both, both)[1].bindings_checked == "verified"


def test_what_is_no_certificate_is_refused() -> None:
    der = certificate(RSA + b"\x0b")
    for cut in range(len(der)):
        with pytest.raises(anysspi.InvalidParameter, match="certificate"):
            ChannelBindings.tls_server_end_point(der[:cut])
    with pytest.raises(anysspi.InvalidParameter, match="PEM"):
        ChannelBindings.tls_server_end_point(b"-----BEGIN CERTIFICATE-----")
    with pytest.raises(anysspi.UnsupportedFunction):
        ChannelBindings.tls_server_end_point(certificate(bytes.fromhex("2b6570")))


def test_a_client_that_means_another_server_is_refused() -> None:
    def accepting(name: str) -> dict[str, Any]:
        return {"accepted_targets": ["X", name]}

    assert pair(server=accepting(TARGET.upper()))[1].target == TARGET
    with pytest.raises(anysspi.WrongPrincipal):
        pair(server=accepting("CIFS/server.example.com"))
