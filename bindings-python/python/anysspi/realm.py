"""A Kerberos realm in a box: a small KDC in the process, for tests and demonstrations.

It is not for production. Everything is kept in memory and forgotten with the object.

    from anysspi.realm import Realm

    realm = Realm("EXAMPLE.TEST")
    realm.add_user("alice", "secret")
    realm.add_service("HTTP/web.example.test")
    keytab = realm.keytab("HTTP/web.example.test")              # for the server
    tickets = realm.tickets("alice", "HTTP/web.example.test")   # of a user who logged on

A realm is the `kdc` of a handshake whose client has a password: `initiate(…, kdc=realm)`.
"""

from anysspi._native import Realm, Serving

__all__ = ["Realm", "Serving"]
