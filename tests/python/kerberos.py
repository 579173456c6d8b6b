"""What the tests of Kerberos share: a realm in a box, a client and a server in it."""

from __future__ import annotations

from typing import Any

import anysspi
from anysspi import ChannelBindings, Context, Credential, Handshake
from anysspi.raw import IscReq, Outcome, SecurityContext
from anysspi.realm import Realm
from support import PASSWORD, Exchange, Keywords, raw_initiate

NAME = "EXAMPLE.TEST"
USER = "alice@EXAMPLE.TEST"
TARGET = "HTTP/web.example.test"
DATABASE = "postgres/db.example.test"
TYPES = [
    "aes256-cts-hmac-sha1-96",
    "aes128-cts-hmac-sha1-96",
    "aes256-cts-hmac-sha384-192",
    "aes128-cts-hmac-sha256-128",
    "rc4-hmac",
]
DOMAIN_USERS, DOMAIN_ADMINS, PAINTERS = 513, 512, 1500
# What a handshake asks for by itself.
FLAGS = (
    IscReq.MUTUAL_AUTH
    | IscReq.CONFIDENTIALITY
    | IscReq.INTEGRITY
    | IscReq.REPLAY_DETECT
    | IscReq.SEQUENCE_DETECT
)
NEVER_BOUND, BOUND = ChannelBindings(b"another channel"), ChannelBindings(b"the channel")


def make_realm() -> Realm:
    realm = Realm(NAME)
    realm.add_user("alice", PASSWORD, groups=[DOMAIN_ADMINS, PAINTERS])
    for service in (TARGET, DATABASE):
        realm.add_service(service, trusted_for_delegation=True)
    return realm


REALM = make_realm()
KEYTAB = REALM.keytab(TARGET)


def client(package: str = "Kerberos", **keywords: Any) -> Handshake:
    known: Keywords = {"target": TARGET}
    if "credential" not in keywords:
        known["credential"] = REALM.tickets("alice", TARGET)
    return anysspi.initiate(package, **(known | keywords))


def server(package: str = "Kerberos", **keywords: Any) -> Handshake:
    return anysspi.accept(package, **({"credential": KEYTAB} | keywords))


def pair(
    package: str = "Kerberos", of_server: Keywords | None = None, **keywords: Any
) -> tuple[Context, Context]:
    return Exchange(client(package, **keywords), server(package, **(of_server or {}))).run()


def raw_leg(
    context: SecurityContext,
    credential: Credential | None,
    token: bytes = b"",
    flags: IscReq = FLAGS,
    target: str = TARGET,
) -> tuple[Outcome, bytes]:
    """A leg of a client, call by call: what it comes to, and the token to send."""
    return raw_initiate(context, token, credential=credential, flags=flags, target=target)
