"""Account stores: files, dicts, lists, and callables of the application."""

from __future__ import annotations

import gc
import os
import weakref
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import anysspi
import pytest
from anysspi import Account, Accounts, NtHash, Password
from support import PASSWORD, USER, pair, pending_server, read_cases

CASES = read_cases("accounts.json")
NT_STATUS = {
    "disabled": 0xC0000072,
    "expired": 0xC0000193,
    "locked": 0xC0000234,
    "password_expired": 0xC0000071,
    "must_change_password": 0xC0000224,
    "outside_logon_hours": 0xC000006F,
    "workstation_not_allowed": 0xC0000070,
}


class Line(NamedTuple):
    """What a line of a file says."""

    name: str
    password: str | None = None
    nt_hash: bytes | None = None
    state: str = "active"

    def account(self) -> Account:
        state: Any = self.state
        if self.password is None:
            return Account(self.name, nt_hash=self.nt_hash, state=state)
        return Account(self.name, self.password, state=state)

    def identity(self, user: str, domain: str) -> anysspi.Identity:
        if self.password is None:
            assert self.nt_hash is not None
            return NtHash(user, self.nt_hash, domain=domain or None)
        return Password(user, self.password, domain=domain or None)


def lines_of(case: dict[str, Any]) -> Iterator[Line]:
    states = {"[U": "active", "[UD": "disabled", "[UL": "locked"}
    for line in case["file"]:
        name, second, rest = [*line.split(":", 2), "", ""][:3]
        fields = rest.split(":")
        if len(fields) > 2:
            flags = fields[2].partition(" ")[0]
            if flags in states:
                yield Line(name, nt_hash=bytes.fromhex(fields[1]), state=states[flags])
        elif second:
            yield Line(rf"{name}\{second}" if name else second, password=rest)


def file_of(case: dict[str, Any], folder: Path) -> Accounts:
    path = folder / "accounts"
    path.write_text("\n".join(case["file"]), encoding="utf-8")
    return Accounts(path)


def list_of(case: dict[str, Any], _: Path) -> Accounts:
    return Accounts([line.account() for line in lines_of(case)])


def dict_of(case: dict[str, Any], _: Path) -> Accounts:
    return Accounts({line.name: line.password or "" for line in lines_of(case)})


READABLE = [case for case in CASES if "refused" not in case]
STORES = [
    *((file_of, case) for case in READABLE),
    *((list_of, case) for case in READABLE),
    *((dict_of, case) for case in READABLE if case["name"] != "smbpasswd"),
]


@pytest.mark.parametrize(
    ("make", "case"), STORES, ids=[f"{make.__name__}-{case['name']}" for make, case in STORES]
)
def test_the_shared_cases_pass(
    make: Callable[[dict[str, Any], Path], Accounts], case: dict[str, Any], tmp_path: Path
) -> None:
    server = {"credential": make(case, tmp_path)}
    lines = list(lines_of(case)) or [Line("alice", password=PASSWORD)]
    for look_up in case["look_ups"]:
        user, domain, found = look_up["user"], look_up["domain"], look_up["found"]
        known = [line for line in lines if line.name == found]
        assert known or found is None
        if "nt_hash" in look_up:
            known.append(Line(found, nt_hash=bytes.fromhex(look_up["nt_hash"])))
        code = NT_STATUS.get(look_up.get("state", "active"))
        # Of a user that nobody knows, no key of the others is the right one.
        for line in known or lines:
            client = {"credential": line.identity(user, domain)}
            if known and code is None:
                assert pair(client=client, server=server)[1].client == found, look_up
                continue
            with pytest.raises(anysspi.LogonDenied) as raised:
                pair(client=client, server=server)
            assert raised.value.nt_status == code, look_up


@pytest.mark.parametrize(
    "case", [case for case in CASES if "refused" in case], ids=itemgetter("name")
)
def test_a_file_that_cannot_be_understood_is_refused(case: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(anysspi.SspiError, match=case["refused"]) as raised:
        file_of(case, tmp_path)
    assert "Password" not in str(raised.value)


def test_a_file_that_is_not_there_is_named() -> None:
    for path in ("/nowhere/at/all", Path("/nowhere/at/all")):
        with pytest.raises(anysspi.SspiError, match="/nowhere/at/all"):
            Accounts(path)


def test_a_file_is_read_anew_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "accounts"
    path.write_text("CORP:alice:before", encoding="utf-8")
    server = {"credential": Accounts(str(path))}
    before, after = Password(USER, "before"), Password(USER, "after!")
    assert pair(client={"credential": before}, server=server)
    path.write_text("CORP:alice:after!", encoding="utf-8")
    os.utime(path, (2_000_000_000, 2_000_000_000))
    assert pair(client={"credential": after}, server=server)
    with pytest.raises(anysspi.LogonDenied):
        pair(client={"credential": before}, server=server)


def test_a_dict_and_an_iterable_are_read_once() -> None:
    passwords = {USER: PASSWORD}
    accounts = Accounts(passwords)
    passwords.clear()
    assert pair(server={"credential": accounts})
    assert pair(server={"credential": Accounts(Account(USER, PASSWORD) for _ in range(1))})


@pytest.mark.parametrize("state", NT_STATUS)
def test_a_state_is_told_only_to_who_knows_the_password(state: Any) -> None:
    account = Account(USER, PASSWORD, state=state)
    assert account.state == state
    server = {"credential": Accounts([account])}
    with pytest.raises(anysspi.LogonDenied) as raised:
        pair(server=server)
    assert raised.value.nt_status == NT_STATUS[state]
    with pytest.raises(anysspi.LogonDenied) as raised:
        pair(client={"credential": Password(USER, "wrong")}, server=server)
    assert raised.value.nt_status is None


def test_an_account_ends_at_its_time() -> None:
    now = datetime.now(timezone.utc).replace(microsecond=0)
    hour = timedelta(hours=1)
    for past in (now - hour, (now - hour).timestamp()):
        account = Account(USER, PASSWORD, expiry=past)
        assert account.expiry == now - hour
        with pytest.raises(anysspi.LogonDenied) as raised:
            pair(server={"credential": Accounts([account])})
        assert raised.value.nt_status == NT_STATUS["expired"]
    account = Account(USER, PASSWORD, expiry=now + hour)
    assert pair(server={"credential": Accounts([account])})
    assert Account(USER, PASSWORD).expiry is None


def test_an_account_says_who_it_is() -> None:
    assert Account(USER, PASSWORD).name == USER
    assert Account("alice", PASSWORD, domain="CORP").name == USER
    assert Account("alice", PASSWORD).state == "active"
    assert repr(Account("alice", PASSWORD)) == 'Account("alice", state="active")'


@pytest.mark.parametrize(
    ("make", "kind", "text"),
    [
        (lambda: Account("alice"), TypeError, "password or an nt_hash"),
        (lambda: Account("alice", "pw", nt_hash=bytes(16)), TypeError, "not both"),
        (lambda: Account("alice", nt_hash=bytes(15)), ValueError, "16 bytes, not 15"),
        (lambda: Account("alice", "pw", state="tired"), ValueError, '"locked".*not "tired"'),  # type: ignore[arg-type]
        (lambda: Account("alice", "pw", expiry="now"), TypeError, "expiry must be a datetime"),  # type: ignore[arg-type]
        (lambda: Account("alice", "pw", expiry=-1), ValueError, "expiry lies before 1970"),
        (lambda: Accounts(3), TypeError, "an iterable of anysspi.Account.*not int"),  # type: ignore[arg-type]
        (lambda: Accounts(["alice"]), TypeError, "anysspi.Account.*not str"),  # type: ignore[list-item]
        (lambda: Accounts({"alice": 3}), TypeError, "names and passwords"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_account_is_refused(
    make: Callable[[], object], kind: type[Exception], text: str
) -> None:
    with pytest.raises(kind, match=text):
        make()


@pytest.mark.parametrize("package", ["NTLM", "Negotiate"])
def test_a_callable_is_asked_for_the_names_as_they_were_sent(package: str) -> None:
    asked: list[tuple[str, str, str]] = []

    def lookup(user: str, domain: str, package: str) -> Account:
        asked.append((user, domain, package))
        return Account("", PASSWORD)

    client = {"credential": Password(r"Corp\ALICE", PASSWORD)}
    _, server = pair(package, client, {"credential": Accounts(lookup)})
    assert asked == [("ALICE", "Corp", "NTLM")]
    assert server.client == r"Corp\ALICE", "an account without a name of its own"


def test_a_callable_that_knows_nobody_refuses() -> None:
    server, proof = pending_server(lambda *_: None)
    with pytest.raises(anysspi.LogonDenied):
        server.step(proof)


PROBLEMS = [
    ConnectionError("no database"),
    anysspi.LogonDenied("no"),
    StopIteration(),
    TimeoutError(),
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=repr)
def test_what_a_callable_raises_is_the_cause(problem: Exception) -> None:
    def lookup(*_: str) -> Account:
        raise problem

    server, proof = pending_server(lookup, "Negotiate")
    for call in (lambda: server.step(proof), lambda: next(server), lambda: server.context):
        with pytest.raises(anysspi.InternalError, match=type(problem).__name__) as raised:
            call()
        assert raised.value.__cause__ is problem


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_an_interruption_comes_out_as_it_is(kind: type[BaseException]) -> None:
    interruption = kind()

    def lookup(*_: str) -> Account:
        raise interruption

    server, proof = pending_server(lookup)
    with pytest.raises(kind) as raised:
        server.step(proof)
    assert raised.value is interruption


def test_an_interruption_is_not_raised_again_by_later_calls() -> None:
    def lookup(*_: str) -> Account:
        raise KeyboardInterrupt

    server, proof = pending_server(lookup)
    with pytest.raises(KeyboardInterrupt):
        server.step(proof)
    # KeyboardInterrupt too, which would end the test run.
    with pytest.raises(BaseException) as raised:  # noqa: PT011
        server.step()
    assert isinstance(raised.value, anysspi.InternalError)
    assert isinstance(raised.value.__cause__, KeyboardInterrupt)


@pytest.mark.parametrize(
    "nonsense", ["secret", b"secret", 3, True, {}, [], Password(USER, PASSWORD)]
)
def test_a_callable_that_gives_nonsense_is_told_so(nonsense: object) -> None:
    server, proof = pending_server(lambda *_: nonsense)
    text = f"anysspi.Account or None, not {type(nonsense).__name__}"
    with pytest.raises(anysspi.InvalidParameter, match=text) as raised:
        server.step(proof)
    assert isinstance(raised.value.__cause__, TypeError)
    assert "secret" not in str(raised.value)


def test_a_coroutine_function_is_refused_with_a_hint() -> None:
    async def lookup(*_: str) -> Account:
        return Account(USER, PASSWORD)

    server, proof = pending_server(lookup)
    with pytest.raises(anysspi.InvalidParameter, match="must be a plain function"):
        server.step(proof)
    # A coroutine that nobody awaited would warn here.
    gc.collect()


def test_a_callable_of_other_arguments_is_told_so() -> None:
    server, proof = pending_server(lambda: None)  # type: ignore[arg-type,misc]
    with pytest.raises(anysspi.InternalError) as raised:
        server.step(proof)
    assert isinstance(raised.value.__cause__, TypeError)


def test_a_callable_that_enters_its_own_handshake_is_refused() -> None:
    def lookup(*_: str) -> Account:
        server.step()
        raise AssertionError("the call came back")

    server, proof = pending_server(lookup)
    with pytest.raises(anysspi.InternalError) as raised:
        server.step(proof)
    assert isinstance(raised.value.__cause__, anysspi.OutOfSequence)
    assert "look-up of its own" in str(raised.value.__cause__)


def test_a_callable_may_run_another_handshake() -> None:
    def lookup(*_: str) -> Account:
        assert pair("Negotiate")[1].client == USER
        return Account(USER, PASSWORD)

    server, proof = pending_server(lookup)
    assert server.step(proof) is None


class Directory:
    """A store that is held by the object whose method it calls."""

    def __init__(self) -> None:
        self.accounts = Accounts(self.lookup)

    def lookup(self, *_: str) -> Account:
        return Account(USER, PASSWORD)


def test_a_method_is_a_store() -> None:
    assert pair(server={"credential": Directory().accounts})[1].client == USER


def test_a_store_that_holds_itself_is_collected() -> None:
    watched = weakref.ref(Directory())
    gc.collect()
    assert watched() is None


def test_a_store_is_let_go_with_its_last_handshake() -> None:
    def lookup(*_: str) -> Account:
        return Account(USER, PASSWORD)

    watched = weakref.ref(lookup)
    server, proof = pending_server(lookup)
    del lookup
    gc.collect()
    assert watched() is not None
    server.step(proof)
    server.close()
    del server
    gc.collect()
    assert watched() is None
