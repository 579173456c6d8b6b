"""Who carries questions to KDCs: callables of every kind, and what becomes of what they give."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import anysspi
import pytest
from anysspi import Account, Accounts, Credential, CredentialCache, Password, raw
from anysspi.raw import Attribute, Buffer, BufferKind, IscReq, SecurityContext, Status, Usage
from kerberos import (
    DATABASE,
    FLAGS,
    KEYTAB,
    NAME,
    REALM,
    TARGET,
    USER,
    client,
    pair,
    raw_leg,
    server,
)
from support import PASSWORD, SEAL, raw_accept


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


# Call by call.


class Asked:
    """Carries questions to the realm, and remembers how many."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, realm: str, message: bytes) -> bytes:
        self.count += 1
        return REALM(realm, message)


def outbound_of(
    identity: anysspi.Identity, package: str = "Kerberos", **keywords: Any
) -> Credential:
    return raw.acquire_credentials_handle(None, package, Usage.OUTBOUND, identity, **keywords)[0]


@pytest.mark.parametrize("package", ["Kerberos", "Negotiate"])
def test_a_password_logs_on_call_by_call(package: str) -> None:
    listed = {"packages": ["Kerberos"]} if package == "Negotiate" else {}
    outbound = outbound_of(Password(USER, PASSWORD), package, **listed)
    inbound, _ = raw.acquire_credentials_handle(None, package, Usage.INBOUND, KEYTAB)
    kdc = Asked()
    for asked in (3, 3):
        one, other = SecurityContext(kdc=kdc), SecurityContext()
        outcome, token = raw_leg(one, outbound)
        assert outcome.status == Status.SEC_I_CONTINUE_NEEDED
        # The tickets stay with the credential: the second logon asks nobody.
        assert kdc.count == asked
        outcome, token = raw_accept(other, token, credential=inbound)
        assert outcome.status == Status.SEC_E_OK
        assert raw_leg(one, None, token)[0].status == Status.SEC_E_OK
        assert raw.query_context_attributes(other, Attribute.NAMES) == r"EXAMPLE.TEST\alice"
    # A call after success authenticates anew, and asks for what is missing then.
    assert raw_leg(one, outbound_of(Password(USER, PASSWORD)))[1]
    assert kdc.count == 6


def test_a_buffer_that_is_too_small_asks_nobody_twice() -> None:
    kdc = Asked()
    one, outbound = SecurityContext(kdc=kdc), outbound_of(Password(USER, PASSWORD))
    short = Buffer(BufferKind.TOKEN, bytearray(8))
    with pytest.raises(anysspi.BufferTooSmall):
        raw.initialize_security_context(outbound, one, TARGET, FLAGS, [], [short])
    enough = Buffer(BufferKind.TOKEN, bytearray(short.length))
    raw.initialize_security_context(outbound, one, TARGET, FLAGS, [], [enough])
    assert kdc.count == 3
    assert server().step(bytes(enough))


def test_a_carrier_that_raises_ends_the_context() -> None:
    one = SecurityContext(kdc=unreachable)
    for _ in range(2):
        with pytest.raises(anysspi.NoAuthenticatingAuthority, match="Away") as raised:
            raw_leg(one, outbound_of(Password(USER, PASSWORD)))
        assert isinstance(raised.value.__cause__, Away)
    assert not one.is_established
    with pytest.raises(anysspi.NoAuthenticatingAuthority):
        raw.query_context_attributes(one, Attribute.SIZES)
    # Negotiate goes on without Kerberos.
    both = outbound_of(Password(USER, PASSWORD), "Negotiate", packages=["Kerberos", "NTLM"])
    assert b"NTLMSSP" in raw_leg(SecurityContext(kdc=unreachable), both)[1]


def test_nobody_is_asked_call_by_call_without_a_carrier() -> None:
    for context in (SecurityContext(), SecurityContext(kdc=None)):
        with pytest.raises(anysspi.NoAuthenticatingAuthority, match="nobody to carry"):
            raw_leg(context, outbound_of(Password(USER, PASSWORD)))
    assert raw_leg(SecurityContext(), outbound_of(REALM.tickets("alice", TARGET)))[1]


def test_what_a_kdc_says_is_heard_call_by_call() -> None:
    with pytest.raises(anysspi.LogonDenied) as raised:
        raw_leg(SecurityContext(kdc=REALM), outbound_of(Password(USER, "wrong")))
    assert raised.value.kerberos_code == 24
    with pytest.raises(anysspi.InvalidParameter, match="must give bytes, not NoneType"):
        raw_leg(
            SecurityContext(kdc=lambda *_: None),  # type: ignore[arg-type]
            outbound_of(Password(USER, PASSWORD)),
        )
    for answer in (b"", b"garbage", b"\x7e\x00"):
        with pytest.raises(anysspi.SspiError):
            raw_leg(
                SecurityContext(kdc=lambda *_, answer=answer: answer),
                outbound_of(Password(USER, PASSWORD)),
            )
    with pytest.raises(TypeError, match="kdc must be a callable, not str"):
        SecurityContext(kdc="kdc.example.test")  # type: ignore[arg-type]


def test_an_interruption_ends_a_call_as_it_is() -> None:
    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        raw_leg(SecurityContext(kdc=interrupted), outbound_of(Password(USER, PASSWORD)))


def test_a_carrier_may_not_touch_its_own_context() -> None:
    refused: list[str] = []

    def kdc(realm: str, message: bytes) -> bytes:
        for call in (lambda: raw_leg(one, None), lambda: raw.delete_security_context(one)):
            with pytest.raises(anysspi.OutOfSequence, match="another call") as raised:
                call()
            refused.append(raised.value.symbol)
        # Another one it may.
        assert raw_leg(SecurityContext(), outbound_of(REALM.tickets("alice", TARGET)))[1]
        return REALM(realm, message)

    one = SecurityContext(kdc=kdc)
    assert raw_leg(one, outbound_of(Password(USER, PASSWORD)))[1]
    assert len(refused) == 6


class Holder:
    """Holds itself, by way of a context that it carries for."""

    def __init__(self) -> None:
        self.context = SecurityContext(kdc=self.ask)

    def ask(self, realm: str, message: bytes) -> bytes:
        return REALM(realm, message)


def test_a_carrier_lives_as_long_as_its_context() -> None:
    holder = Holder()
    assert raw_leg(holder.context, outbound_of(Password(USER, PASSWORD)))[1]
    watched = weakref.ref(holder)
    del holder
    gc.collect()
    assert watched() is None
    context = SecurityContext(kdc=lambda *given: REALM(*given))
    gc.collect()
    assert raw_leg(context, outbound_of(Password(USER, PASSWORD)))[1]


def test_a_context_keeps_its_carrier_and_the_look_ups_of_its_credentials() -> None:
    def inbound() -> Credential:
        accounts = Accounts(lambda *_: Account(USER, PASSWORD))
        return raw.acquire_credentials_handle(None, "NTLM", Usage.INBOUND, accounts)[0]

    one, other = SecurityContext(), SecurityContext(kdc=REALM)
    outbound = outbound_of(Password(USER, PASSWORD), "NTLM")
    # Once, and once more after success, with other credentials, which nobody else holds.
    for _ in range(2):
        _, token = raw_accept(other, raw_leg(one, outbound, flags=SEAL)[1], credential=inbound())
        gc.collect()
        _, token = raw_leg(one, None, token, flags=SEAL)
        assert raw_accept(other, token, credential=None)[0].status == Status.SEC_E_OK


def test_tickets_are_delegated_call_by_call() -> None:
    inbound, _ = raw.acquire_credentials_handle(None, "Kerberos", Usage.INBOUND, KEYTAB)
    one, other = SecurityContext(kdc=REALM), SecurityContext()
    _, token = raw_leg(one, outbound_of(REALM.tickets("alice")), flags=FLAGS | IscReq.DELEGATE)
    raw_accept(other, token, credential=inbound)
    delegated = raw.query_context_attributes(other, Attribute.CREDS)
    assert isinstance(delegated, CredentialCache)
    assert CredentialCache.from_krb_cred(delegated.to_krb_cred()).client == USER
    onwards = SecurityContext(kdc=REALM)
    _, token = raw_leg(onwards, outbound_of(delegated), target=DATABASE)
    assert server(credential=REALM.keytab(DATABASE)).step(token)
    with pytest.raises(anysspi.NoCredentials):
        raw.query_context_attributes(other, Attribute.CREDS)
