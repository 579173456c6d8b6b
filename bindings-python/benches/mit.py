"""Ratios against MIT Kerberos, through python-gssapi, in the same run: `cargo xtask bench python`.

Both ends are in one process, and have the same tickets and keys, of a realm in a box. MIT's tickets
are in its memory and not in a file, and it remembers no requests; ours does.

    mit.py [NAME] [--json]
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Before the library reads it: MIT's replay cache would be a file.
os.environ["KRB5RCACHENAME"] = "none:"

import anysspi
import gssapi
import gssapi.raw
from anysspi import Credential, Flag, Usage
from anysspi.realm import Realm
from rounds import Row, Turn, arguments, run

NAME, USER, TARGET = "EXAMPLE.TEST", "alice", "HTTP/web.example.test"
TYPE = "aes256-cts-hmac-sha1-96"
KERBEROS = gssapi.OID.from_int_seq("1.2.840.113554.1.2.2")
FLAGS = (
    gssapi.RequirementFlag.mutual_authentication
    | gssapi.RequirementFlag.integrity
    | gssapi.RequirementFlag.confidentiality
    | gssapi.RequirementFlag.replay_detection
    | gssapi.RequirementFlag.out_of_sequence_detection
)
PEER = "MIT Kerberos, through python-gssapi"
CONFIGURATION = f"""\
[libdefaults]
  default_realm = {NAME}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  permitted_enctypes = {TYPE}
"""
KIB_64 = 1 << 16


class Peers:
    """Credentials of both, made once."""

    def __init__(self, directory: Path) -> None:
        realm = Realm(NAME)
        realm.add_user(USER, "Passw0rd!")
        realm.add_service(TARGET, encryption_types=[TYPE])
        tickets, keytab = realm.tickets(USER, TARGET), realm.keytab(TARGET)
        self.client = Credential("Kerberos", tickets, usage=Usage.OUTBOUND)
        self.server = Credential("Kerberos", keytab, usage=Usage.INBOUND)

        configuration = directory / "krb5.conf"
        configuration.write_text(CONFIGURATION, encoding="utf-8")
        os.environ["KRB5_CONFIG"] = str(configuration)
        (directory / "cache").write_bytes(tickets.to_bytes())
        (directory / "keytab").write_bytes(keytab.to_bytes())
        store = {b"ccache": b"FILE:" + bytes(directory / "cache")}
        in_file = gssapi.Credentials(usage="initiate", store=store)
        in_memory = {b"ccache": b"MEMORY:tickets"}
        in_file.store(store=in_memory, usage="initiate", overwrite=True)
        self.mit_client = gssapi.Credentials(usage="initiate", store=in_memory)
        store = {b"keytab": b"FILE:" + bytes(directory / "keytab")}
        self.mit_server = gssapi.Credentials(usage="accept", store=store)
        self.name = gssapi.Name(f"{TARGET}@{NAME}", gssapi.NameType.kerberos_principal)

    def pair(self) -> tuple[anysspi.Context, anysspi.Context]:
        client = anysspi.initiate("Kerberos", target=TARGET, credential=self.client)
        server = anysspi.accept("Kerberos", credential=self.server)
        client.step(server.step(client.step()))
        return client.context, server.context

    def mit_pair(self) -> tuple[gssapi.SecurityContext, gssapi.SecurityContext]:
        client = gssapi.SecurityContext(
            name=self.name, creds=self.mit_client, usage="initiate", mech=KERBEROS, flags=FLAGS
        )
        server = gssapi.SecurityContext(creds=self.mit_server, usage="accept")
        client.step(server.step(client.step()))
        return client, server

    def protection(self, length: int) -> tuple[Turn, Turn]:
        message = os.urandom(length)
        one, other = self.pair()
        assert one.query(anysspi.Attribute.KEY_INFO).encryption_algorithm_name == TYPE
        assert Flag.CONFIDENTIALITY in one.flags
        mit_one, mit_other = self.mit_pair()
        assert mit_other.unwrap(mit_one.wrap(message, True).message).message == message
        return (
            lambda: other.unwrap(one.wrap(message)),
            lambda: mit_other.unwrap(mit_one.wrap(message, True).message),
        )

    def handshakes(self) -> tuple[Turn, Turn]:
        one, other = self.pair()
        assert one.session_key == other.session_key
        mit_one, mit_other = self.mit_pair()
        assert mit_one.complete
        assert mit_other.complete
        assert str(mit_other.initiator_name) == f"{USER}@{NAME}"
        return self.pair, self.mit_pair


def main() -> None:
    given = arguments().parse_args()
    with tempfile.TemporaryDirectory() as directory:
        peers = Peers(Path(directory))
        rows: list[Row] = [
            ("python.kerberos.exchange", "pair/s", PEER, 1, peers.handshakes),
            (
                "python.kerberos.protect.64k",
                "MB/s",
                PEER,
                KIB_64 / 1e6,
                lambda: peers.protection(KIB_64),
            ),
        ]
        for row in rows:
            if row[0].startswith(given.name):
                run(row, given.json)


if __name__ == "__main__":
    main()
