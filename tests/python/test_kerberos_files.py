"""Keytabs and credential caches: files, and their bytes."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import anysspi
import pytest
from anysspi import CredentialCache, Keytab
from kerberos import KEYTAB, REALM, TARGET, USER, client, pair, server


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
