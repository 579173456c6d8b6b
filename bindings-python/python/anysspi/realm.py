"""A Kerberos realm in a box: a small KDC in the process, for tests and demonstrations.

It is not for production. Everything is kept in memory and forgotten with the object.
"""

from anysspi._native import Realm, Serving

__all__ = ["Realm", "Serving"]
