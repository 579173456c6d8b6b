"""The realm in a box itself: who is in it, and who it answers."""

from __future__ import annotations

import socket

import anysspi
import pytest
from anysspi import (
    Attribute,
    Password,
)
from anysspi.realm import Realm
from kerberos import (
    NAME,
    REALM,
    TARGET,
    USER,
    client,
    pair,
    server,
)
from support import PASSWORD, Exchange


def test_a_realm_is_a_kdc() -> None:
    assert (REALM.name, repr(REALM)) == (NAME, 'Realm("EXAMPLE.TEST")')
    # KRB-ERROR, whatever it gets.
    for request in (b"", b"garbage", bytearray(b"\x6a\x03\x02\x01\x05")):
        assert REALM.answer(request)[:1] == b"\x7e"
    with pytest.raises(anysspi.NoAuthenticatingAuthority, match=r"OTHER\.TEST"):
        REALM("OTHER.TEST", b"")
    for name in ("", "a b", "A/B"):
        with pytest.raises(anysspi.InvalidParameter):
            Realm(name)


def test_a_realm_refuses_what_it_cannot_have() -> None:
    realm = Realm(NAME)
    with pytest.raises(anysspi.InvalidParameter, match="rot13"):
        realm.add_user("alice", PASSWORD, encryption_types=["rot13"])
    with pytest.raises(anysspi.InvalidParameter, match="no key"):
        realm.add_service(TARGET, encryption_types=[])
    with pytest.raises(anysspi.InvalidParameter, match="ticket-granting"):
        realm.add_service("krbtgt/EXAMPLE.TEST")
    for groups in (513, "513", b"513", ["Domain Users"]):
        with pytest.raises(TypeError):
            realm.add_user("alice", PASSWORD, groups=groups)  # type: ignore[arg-type]
    with pytest.raises(OverflowError):
        realm.add_user("alice", PASSWORD, groups=[-1])
    with pytest.raises(TypeError):
        realm.add_user("alice", PASSWORD, encryption_types="rc4-hmac")
    with pytest.raises(anysspi.SspiError):
        realm.tickets("alice")
    with pytest.raises(anysspi.SspiError):
        realm.keytab("nobody")


def test_users_and_services_are_as_they_were_added() -> None:
    realm = Realm(NAME)
    realm.add_user(
        "carol",
        PASSWORD,
        encryption_types=["aes128-cts-hmac-sha256-128"],
        salt="EXAMPLE.TESTcaroline",
        pre_authentication=False,
    )
    realm.add_service(TARGET, encryption_types=["aes256-cts-hmac-sha384-192"], version=7)
    carol = Password("carol@EXAMPLE.TEST", PASSWORD)
    one, other = Exchange(
        client(credential=carol, kdc=realm), server(credential=realm.keytab(TARGET))
    ).run()
    assert one.query(Attribute.KEY_INFO).key_size == 256
    assert other.client == r"EXAMPLE.TEST\carol"


def test_realms_trust_each_other() -> None:
    here, there = Realm("HERE.TEST"), Realm("THERE.TEST")
    here.add_user("alice", PASSWORD)
    there.add_service("HTTP/web.there.test")
    here.trust(there)
    realms = {realm.name: realm for realm in (here, there)}
    handshake = client(
        target="HTTP/web.there.test",
        credential=Password("alice@HERE.TEST", PASSWORD),
        kdc=lambda realm, message: realms[realm](realm, message),
    )
    keytab = there.keytab("HTTP/web.there.test")
    _, context = Exchange(handshake, server(credential=keytab)).run()
    assert context.client == r"HERE.TEST\alice"
    # She is in the groups of her own realm, and in none of the other.
    peer = context.peer
    assert peer is not None
    assert peer.is_member_of(f"{here.domain_sid}-513")
    assert not peer.is_member_of(f"{there.domain_sid}-513")


def test_a_realm_answers_on_a_port() -> None:
    with REALM.serve() as serving:
        assert repr(serving) == f"<Serving on port {serving.port}>"
        assert f"127.0.0.1:{serving.port}" in serving.krb5_conf

        def over_tcp(_realm: str, message: bytes) -> bytes:
            with socket.create_connection(("127.0.0.1", serving.port), timeout=30) as connection:
                connection.sendall(len(message).to_bytes(4, "big") + message)
                stream = connection.makefile("rb")
                return stream.read(int.from_bytes(stream.read(4), "big"))

        def over_udp(_realm: str, message: bytes) -> bytes:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
                connection.settimeout(30)
                connection.sendto(message, ("127.0.0.1", serving.port))
                return connection.recv(65_535)

        for kdc in (over_tcp, over_udp):
            _, context = pair(credential=Password(USER, PASSWORD), kdc=kdc)
            assert context.client == r"EXAMPLE.TEST\alice"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", serving.port), timeout=5)
    serving.stop()
