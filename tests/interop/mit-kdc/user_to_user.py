"""MIT's user-to-user authentication as a peer, called in libkrb5: its GSS-API has none.

One JSON object per line in, one per line out, as peer.py has them; bytes are base64, and messages
are those of RFC 4120, with nothing of GSS-API around them:

    {"do": "granting", "cache"}           -> the ticket-granting ticket in the cache
    {"do": "request", "cache", "server", "granting", "checksum"}
                                          -> an AP-REQ for whoever has that ticket-granting ticket
    {"do": "read_reply", "message"}       -> null: an AP-REP to the request
    {"do": "accept", "cache", "message", "subkey"}
                                          -> {"client", "server", "checksum", "message"}: the AP-REQ
                                             was right, and the message is an AP-REP
    {"do": "subkey"}                      -> the one that both sides have come to

"checksum" is what GSS-API puts into the authenticator (RFC 4121 4.1.1). "subkey" is whether this
side has one of its own in its AP-REP, or sends that of the other back.
"""

import ctypes
import os
import sys
from ctypes import POINTER, byref, c_char_p, c_int32, c_uint, c_uint32, c_void_p
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
from lines import serve, to_bytes, to_text

os.environ["KRB5RCACHENAME"] = "none:"

krb5 = ctypes.CDLL("libkrb5.so.3")

# krb5.h
OPTION_USER_USER, OPTION_CACHED = 1, 2
USE_SESSION_KEY, MUTUAL_REQUIRED = 0x40000000, 0x20000000
DO_TIME, DO_SEQUENCE, USE_SUBKEY = 0x01, 0x04, 0x20
CHECKSUM_OF_GSS = 0x8003


class Data(ctypes.Structure):
    _fields_ = (("magic", c_int32), ("length", c_uint), ("data", c_void_p))


class Keyblock(ctypes.Structure):
    _fields_ = (
        ("magic", c_int32),
        ("kind", c_int32),
        ("length", c_uint),
        ("contents", c_void_p),
    )


class Credentials(ctypes.Structure):
    _fields_ = (
        ("magic", c_int32),
        ("client", c_void_p),
        ("server", c_void_p),
        ("key", Keyblock),
        ("times", c_int32 * 4),
        ("is_session_key", c_uint),
        ("flags", c_int32),
        ("addresses", c_void_p),
        ("ticket", Data),
        ("second_ticket", Data),
        ("authorization_data", c_void_p),
    )


class Checksum(ctypes.Structure):
    _fields_ = (
        ("magic", c_int32),
        ("kind", c_int32),
        ("length", c_uint),
        ("contents", c_void_p),
    )


class Authenticator(ctypes.Structure):
    _fields_ = (
        ("magic", c_int32),
        ("client", c_void_p),
        ("checksum", POINTER(Checksum)),
        ("microseconds", c_int32),
        ("time", c_int32),
        ("subkey", POINTER(Keyblock)),
        ("sequence", c_uint32),
        ("authorization_data", c_void_p),
    )


class Ticket(ctypes.Structure):
    _fields_ = (("magic", c_int32), ("server", c_void_p))


class Krb5Error(Exception):
    pass


def given(data):
    """The memory is that of Python."""
    return Data(0, len(data), ctypes.cast(c_char_p(data), c_void_p))


def taken(data):
    return ctypes.string_at(data.data, data.length)


class Peer:
    def __init__(self):
        self.library = c_void_p()
        self.call("krb5_init_context", byref(self.library), of_library=False)
        self.authentication = c_void_p()

    def call(self, name, *arguments, of_library=True):
        before = (self.library,) if of_library else ()
        code = getattr(krb5, name)(*before, *arguments)
        if code:
            krb5.krb5_get_error_message.restype = c_char_p
            reason = krb5.krb5_get_error_message(self.library, c_int32(code))
            raise Krb5Error(f"{name}: {reason.decode()} ({code})")

    def name(self, text):
        name = c_void_p()
        self.call("krb5_parse_name", text.encode(), byref(name))
        return name

    def text(self, name):
        text = c_char_p()
        self.call("krb5_unparse_name", c_void_p(name), byref(text))
        return text.value.decode()

    def credentials(self, cache, options, server=None, second_ticket=b""):
        """Those for the server, or for the ticket-granting service of the realm."""
        handle, client, found = c_void_p(), c_void_p(), POINTER(Credentials)()
        self.call("krb5_cc_resolve", cache.encode(), byref(handle))
        self.call("krb5_cc_get_principal", handle, byref(client))
        realm = self.text(client.value).rsplit("@", 1)[1]
        wanted = Credentials(
            client=client,
            server=self.name(server or f"krbtgt/{realm}@{realm}"),
            second_ticket=given(second_ticket),
        )
        self.call("krb5_get_credentials", options, handle, byref(wanted), byref(found))
        return found.contents

    def begin(self, flags):
        self.authentication = c_void_p()
        self.call("krb5_auth_con_init", byref(self.authentication))
        self.call("krb5_auth_con_setflags", self.authentication, DO_TIME | DO_SEQUENCE | flags)

    def granting(self, request):
        return to_text(taken(self.credentials(request["cache"], OPTION_CACHED).ticket))

    def request(self, request):
        self.begin(USE_SUBKEY)
        ticket = self.credentials(
            request["cache"], OPTION_USER_USER, request["server"], to_bytes(request["granting"])
        )
        self.call("krb5_auth_con_set_req_cksumtype", self.authentication, c_int32(CHECKSUM_OF_GSS))
        checksum, message = given(to_bytes(request["checksum"])), Data()
        options = c_int32(USE_SESSION_KEY | MUTUAL_REQUIRED)
        authentication = byref(self.authentication)
        self.call(
            "krb5_mk_req_extended", authentication, options, byref(checksum), byref(ticket),
            byref(message),
        )  # fmt: skip
        return to_text(taken(message))

    def read_reply(self, request):
        message, part = given(to_bytes(request["message"])), c_void_p()
        self.call("krb5_rd_rep", self.authentication, byref(message), byref(part))

    def accept(self, request):
        granting = self.credentials(request["cache"], OPTION_CACHED)
        self.begin(USE_SUBKEY if request["subkey"] else 0)
        self.call("krb5_auth_con_setuseruserkey", self.authentication, byref(granting.key))
        message, options = given(to_bytes(request["message"])), c_int32()
        ticket = POINTER(Ticket)()
        authentication = byref(self.authentication)
        self.call(
            "krb5_rd_req", authentication, byref(message), None, None, byref(options),
            byref(ticket),
        )  # fmt: skip
        if not options.value & USE_SESSION_KEY:
            raise Krb5Error("the request does not say that it is for a session key")
        authenticator, reply = POINTER(Authenticator)(), Data()
        self.call("krb5_auth_con_getauthenticator", self.authentication, byref(authenticator))
        self.call("krb5_mk_rep", self.authentication, byref(reply))
        checksum = authenticator.contents.checksum.contents
        if checksum.kind != CHECKSUM_OF_GSS:
            raise Krb5Error(f"the checksum is of the type {checksum.kind:#x}")
        return {
            "client": self.text(authenticator.contents.client),
            "server": self.text(ticket.contents.server),
            "checksum": to_text(ctypes.string_at(checksum.contents, checksum.length)),
            "message": to_text(taken(reply)),
        }

    def subkey(self, _request):
        key = POINTER(Keyblock)()
        self.call("krb5_auth_con_getrecvsubkey", self.authentication, byref(key))
        return to_text(ctypes.string_at(key.contents.contents, key.contents.length))


serve(Peer())
