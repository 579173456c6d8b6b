"""Keytabs and credential caches: files, and their bytes."""

from __future__ import annotations

import pickle
import re
from operator import itemgetter
from pathlib import Path
from typing import Any

import anysspi
import pytest
from anysspi import CredentialCache, Flag, Keytab
from kerberos import DATABASE, KEYTAB, REALM, TARGET, USER, client, pair, server
from support import Exchange, read_cases


def test_a_cache_that_is_not_there_is_named() -> None:
    for missing in ("/nowhere/krb5cc_4711", "FILE:/nowhere/krb5cc_4711"):
        with pytest.raises(anysspi.NoCredentials, match="/nowhere/krb5cc_4711"):
            client(credential=CredentialCache(missing)).step()
    with pytest.raises(anysspi.NoCredentials, match=r"/nowhere/krb5\.keytab"):
        server(credential=Keytab("/nowhere/krb5.keytab"))


def test_files_are_read_where_they_are_named(tmp_path: Path) -> None:
    cache, keytab = tmp_path / "cache", tmp_path / "keytab"
    cache.write_bytes(REALM.tickets("alice", TARGET).to_bytes())
    keytab.write_bytes(KEYTAB.to_bytes())
    for of_client in (CredentialCache(cache), CredentialCache(f"FILE:{cache}")):
        assert of_client.client == USER
        assert of_client.to_bytes() == cache.read_bytes()
        assert Keytab(keytab).to_bytes() == keytab.read_bytes()
        assert pair(of_server={"credential": Keytab(str(keytab))}, credential=of_client)


def test_files_say_what_they_are(tmp_path: Path) -> None:
    assert repr(Keytab("/etc/krb5.keytab")) == 'Keytab("/etc/krb5.keytab")'
    assert repr(CredentialCache("FILE:/tmp/x")) == 'CredentialCache("FILE:/tmp/x")'
    tickets = REALM.tickets("alice")
    assert repr(KEYTAB) == "<Keytab in memory>"
    assert repr(tickets) == "<CredentialCache in memory>"
    for identity in (KEYTAB, tickets, Keytab(tmp_path), CredentialCache(str(tmp_path))):
        assert isinstance(identity, anysspi.Identity)
        with pytest.raises(TypeError, match="pickle"):
            pickle.dumps(identity)


def test_damaged_files_are_refused() -> None:
    tickets = REALM.tickets("alice", TARGET).to_bytes()
    for data in (b"", b"garbage", tickets[:100], bytearray(4), memoryview(tickets)[:-1]):
        with pytest.raises(anysspi.SspiError):
            _ = CredentialCache.from_bytes(data).client
        with pytest.raises(anysspi.SspiError):
            client(credential=CredentialCache.from_bytes(data)).step()
    keys = KEYTAB.to_bytes()
    for data in (b"", b"garbage", keys[:50], bytearray(1)):
        with pytest.raises(anysspi.SspiError):
            server(credential=Keytab.from_bytes(data))
    for wrong in (None, "text", 7):
        with pytest.raises(TypeError):
            Keytab.from_bytes(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            CredentialCache.from_bytes(wrong)  # type: ignore[arg-type]
    for path in (7, None):
        with pytest.raises(TypeError):
            Keytab(path)  # type: ignore[arg-type]


def test_without_credentials_it_is_the_current_user_and_the_keytab_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cache, keytab = tmp_path / "cache", tmp_path / "keytab"
    monkeypatch.setenv("KRB5CCNAME", f"FILE:{cache}")
    monkeypatch.setenv("KRB5_KTNAME", f"FILE:{keytab}")
    with pytest.raises(anysspi.NoCredentials, match=re.escape(str(cache))):
        client(credential=None).step()
    with pytest.raises(anysspi.NoCredentials, match=re.escape(str(keytab))):
        server(credential=None)
    cache.write_bytes(REALM.tickets("alice", TARGET).to_bytes())
    keytab.write_bytes(KEYTAB.to_bytes())
    _, context = pair(of_server={"credential": None}, credential=None)
    assert context.client == r"EXAMPLE.TEST\alice"


# Tickets as KRB-CRED.


@pytest.mark.parametrize("case", read_cases("krb_cred.json"), ids=itemgetter("name"))
def test_the_shared_cases_of_krb_cred_pass(case: dict[str, Any]) -> None:
    data, key = bytes.fromhex(case["krb_cred"]), None
    if "key" in case:
        key = (case["key"]["encryption_type"], bytes.fromhex(case["key"]["bytes"]))
    status = None
    try:
        cache = CredentialCache.from_krb_cred(data, key)
        assert cache.client == case.get("client")
        assert cache.to_krb_cred().hex() == case["plain"]
        # What it holds is a cache like any other.
        assert CredentialCache.from_bytes(cache.to_bytes()).to_krb_cred().hex() == case["plain"]
    except anysspi.SspiError as error:
        status = error.symbol
    assert status == case.get("status")


def test_tickets_in_a_krb_cred_are_tickets(tmp_path: Path) -> None:
    tickets = REALM.tickets("alice", TARGET)
    data = tickets.to_krb_cred()
    for given in (data, bytearray(data), memoryview(data)):
        cache = CredentialCache.from_krb_cred(given)
        assert (cache.client, cache.to_krb_cred()) == (USER, data)
        assert repr(cache) == "<CredentialCache in memory>"
        assert pair(credential=cache)[1].client == r"EXAMPLE.TEST\alice"
    file = tmp_path / "cache"
    file.write_bytes(tickets.to_bytes())
    assert CredentialCache(file).to_krb_cred() == data
    for length in range(len(data)):
        with pytest.raises(anysspi.InvalidToken):
            CredentialCache.from_krb_cred(data[:length])
    with pytest.raises(anysspi.NoCredentials, match="/nowhere/krb5cc"):
        CredentialCache("/nowhere/krb5cc").to_krb_cred()
    with pytest.raises(anysspi.InvalidParameter):
        CredentialCache.from_bytes(b"garbage").to_krb_cred()


def test_what_is_no_krb_cred_or_no_key_is_refused() -> None:
    data = REALM.tickets("alice").to_krb_cred()
    for wrong in (None, "text", 7):
        with pytest.raises(TypeError, match="data must be bytes"):
            CredentialCache.from_krb_cred(wrong)  # type: ignore[arg-type]
    name = "aes256-cts-hmac-sha1-96"
    for key in ("text", (name,), (7, bytes(32)), (name, "text"), bytes(32), (name, bytes(32), 1)):
        with pytest.raises((TypeError, ValueError)):
            CredentialCache.from_krb_cred(data, key)  # type: ignore[arg-type]
    with pytest.raises(anysspi.InvalidToken) as raised:
        CredentialCache.from_krb_cred(data, key=(name, b"\x5a" * 32))
    # Nothing says what the key is.
    assert "5a5a" not in f"{raised.value!r}".lower()


@pytest.mark.parametrize("package", ["Kerberos", "Negotiate"])
def test_delegated_tickets_are_written_out_and_act(package: str, tmp_path: Path) -> None:
    _, context = pair(package, credential=REALM.tickets("alice"), kdc=REALM, require=Flag.DELEGATE)
    delegated = context.delegated()
    assert isinstance(delegated, CredentialCache)
    file = tmp_path / "delegated"
    file.write_bytes(delegated.to_bytes())
    for tickets in (
        delegated,
        CredentialCache(file),
        CredentialCache.from_bytes(delegated.to_bytes()),
        CredentialCache.from_krb_cred(delegated.to_krb_cred()),
    ):
        assert tickets.client == USER
        onwards = client(package, target=DATABASE, credential=tickets, kdc=REALM)
        third = server(package, credential=REALM.keytab(DATABASE))
        assert Exchange(onwards, third).run()[1].client == r"EXAMPLE.TEST\alice"
