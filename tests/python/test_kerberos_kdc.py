"""Who carries questions to KDCs: callables of every kind, and what becomes of what they give."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import anysspi
import pytest
from anysspi import Accounts, Credential, Password
from kerberos import KEYTAB, NAME, REALM, USER, client, pair
from support import PASSWORD


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
