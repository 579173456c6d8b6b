"""Statuses: exceptions and numbers are those of tests/cases/statuses.json."""

from __future__ import annotations

import copy
import json
import pickle
from operator import itemgetter
from pathlib import Path
from typing import Any

import anysspi
import pytest
from anysspi import SspiError, exceptions
from anysspi._error import make
from anysspi.flags import Status
from support import PASSWORD, USER, Exchange, ends, pair

SHARED = json.loads(
    (Path(__file__).parents[1] / "cases" / "statuses.json").read_text(encoding="utf-8")
)
ERRORS = [row for row in SHARED["statuses"] if row["symbol"].startswith("SEC_E_")][1:]
FAMILIES = {
    "Credential": anysspi.CredentialError,
    "Handshake": anysspi.HandshakeError,
    "Protection": anysspi.ProtectionError,
    "Usage": anysspi.UsageError,
    "Unsupported": anysspi.UnsupportedError,
    "Network": anysspi.NetworkError,
    "Internal": anysspi.InternalFamilyError,
}


@pytest.mark.parametrize("row", SHARED["statuses"], ids=itemgetter("symbol"))
def test_the_number_has_its_symbol(row: dict[str, str]) -> None:
    assert Status[row["symbol"]] == int(row["number"], 16)


@pytest.mark.parametrize("row", ERRORS, ids=itemgetter("symbol"))
def test_an_error_has_a_class_of_its_name_and_family(row: dict[str, str]) -> None:
    kind = getattr(anysspi, row["name"])
    number = int(row["number"], 16)
    assert exceptions.BY_STATUS[number] is kind
    assert issubclass(kind, FAMILIES[row["family"]])
    error = make(number, "why", None, None, None)
    assert type(error) is kind
    assert (error.status, error.symbol) == (number, row["symbol"])
    assert error.family == row["family"]
    assert str(error) == f"{row['symbol']}: why"
    assert " ".join(str(kind.__doc__).split()) == f"{row['sentence']} (`{row['symbol']}`)"


def test_there_is_nothing_beside_the_table() -> None:
    assert len(ERRORS) > 70
    assert len(Status) == len(SHARED["statuses"])
    assert set(exceptions.BY_STATUS) == {int(row["number"], 16) for row in ERRORS}
    classes = {
        kind for name in exceptions.__all__ if isinstance(kind := getattr(exceptions, name), type)
    }
    assert classes == {*exceptions.BY_STATUS.values(), *FAMILIES.values(), SspiError}
    for kind in classes:
        assert getattr(anysspi, kind.__name__) is kind
        assert kind.__module__.startswith("anysspi")


def test_a_family_has_its_name() -> None:
    for family, kind in FAMILIES.items():
        assert kind.family == family
        assert kind.__bases__ == (SspiError,)
    assert SspiError.__bases__ == (Exception,)


def test_an_alias_stands_for_the_same_number() -> None:
    for alias in SHARED["aliases"]:
        if alias["symbol"] in Status.__members__:
            assert Status[alias["symbol"]] is Status[alias["of"]]


def attributes(error: SspiError) -> dict[str, Any]:
    names = ("status", "symbol", "family", "context", "token", "nt_status", "kerberos_code")
    return {name: getattr(error, name) for name in names} | {"args": error.args}


@pytest.mark.parametrize("number", [0x8009030C, 0x80090FFF], ids=["known", "unknown"])
@pytest.mark.parametrize("protocol", [pickle.HIGHEST_PROTOCOL, 0, "copy", "deepcopy"])
def test_an_error_survives_a_copy(number: int, protocol: Any) -> None:
    error = make(number, "the user or the password is wrong", b"\x60\x28", 0xC0000072, None)
    error.__cause__ = KeyError("alice")
    if isinstance(protocol, int):
        copied = pickle.loads(pickle.dumps(error, protocol))
    else:
        copied = getattr(copy, protocol)(error)
    assert type(copied) is type(error)
    assert copied is not error
    assert attributes(copied) == attributes(error)
    assert (str(copied), repr(copied)) == (str(error), repr(error))


def test_a_number_that_nobody_knows_survives() -> None:
    error = make(0x80090FFF, "why", None, None, None)
    assert type(error) is SspiError
    assert (error.status, error.symbol) == (0x80090FFF, "0x80090FFF")
    assert str(error) == "0x80090FFF: why"
    assert SspiError.status == 0x80090304, "the class stays as it was"


def test_the_text_has_the_code_of_the_protocol() -> None:
    nt = make(0x8009030C, "no", None, 0xC0000072, None)
    assert str(nt) == "SEC_E_LOGON_DENIED: no (NTSTATUS 0xC0000072)"
    assert (nt.nt_status, nt.kerberos_code) == (0xC0000072, None)
    kerberos = make(0x80090324, "no", None, None, 37)
    assert str(kerberos) == "SEC_E_TIME_SKEW: no (Kerberos error 37)"
    assert (kerberos.nt_status, kerberos.kerberos_code) == (None, 37)


def test_an_application_raises_them_too() -> None:
    with pytest.raises(anysspi.CredentialError) as raised:
        raise anysspi.LogonDenied("not on Sundays", nt_status=0xC000006F)
    assert raised.value.context == "not on Sundays"
    assert raised.value.symbol == "SEC_E_LOGON_DENIED"
    assert str(anysspi.LogonDenied()) == "SEC_E_LOGON_DENIED"
    assert repr(anysspi.LogonDenied("no")) == "LogonDenied('no')"


def test_an_error_of_a_handshake_has_everything() -> None:
    locked = anysspi.Account(USER, PASSWORD, state="locked")
    with pytest.raises(anysspi.LogonDenied) as raised:
        pair(server={"credential": anysspi.Accounts([locked])})
    error = raised.value
    assert (error.status, error.symbol) == (0x8009030C, "SEC_E_LOGON_DENIED")
    assert (error.family, error.nt_status) == ("Credential", 0xC0000234)
    assert error.token is None
    assert error.__cause__ is None
    copied = pickle.loads(pickle.dumps(error))
    assert attributes(copied) == attributes(error)


def test_a_token_for_the_peer_comes_with_the_error() -> None:
    wrong = anysspi.Password(USER, "wrong")
    client, server = ends("Negotiate", client={"credential": wrong})
    exchange = Exchange(client, server)
    with pytest.raises(anysspi.LogonDenied) as raised:
        exchange.run()
    assert exchange.side == "server"
    token = raised.value.token
    assert token is not None
    assert ("negState", "reject") in anysspi.inspect(token).flatten()
    with pytest.raises(anysspi.LogonDenied, match="rejected"):
        client.step(token)
