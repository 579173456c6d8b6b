"""Heimdal's GSS-API as a peer, called in its shared library, which the loader has to find.

It speaks like ../mit-kdc/peer.py, one JSON object per line in and one per line out, with these
differences:

- A client may be whoever "delegated" to the server that the peer was before.
- A message that comes twice, late or early is refused as "Disorder", which says so as its message.
"""

import ctypes
import os
import sys
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint32, c_void_p
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
from lines import serve, to_bytes, to_text

gss = ctypes.CDLL("libgssapi.so.3")

FLAGS = {
    "delegate_to_peer": 0x0001,
    "mutual_authentication": 0x0002,
    "replay_detection": 0x0004,
    "out_of_sequence_detection": 0x0008,
    "confidentiality": 0x0010,
    "integrity": 0x0020,
    "dce_style": 0x1000,
}

# The upper half of a major status is what went wrong, the lower one how a message came
# (RFC 2744 3.9.1).
CONTINUE_NEEDED = 1
DISORDER = {2: "duplicate", 4: "old", 8: "late", 16: "early"}

INITIATE, ACCEPT = 1, 2
GSS_CODE, MECHANISM_CODE = 1, 2


class Buffer(ctypes.Structure):
    _fields_ = (("length", c_size_t), ("value", c_void_p))


class Identifier(ctypes.Structure):
    _fields_ = (("length", c_uint32), ("elements", c_char_p))


class IdentifierSet(ctypes.Structure):
    _fields_ = (("count", c_size_t), ("elements", POINTER(Identifier)))


class BufferSet(ctypes.Structure):
    _fields_ = (("count", c_size_t), ("elements", POINTER(Buffer)))


class Bindings(ctypes.Structure):
    _fields_ = (
        ("initiator_type", c_uint32),
        ("initiator", Buffer),
        ("acceptor_type", c_uint32),
        ("acceptor", Buffer),
        ("application", Buffer),
    )


class Piece(ctypes.Structure):
    """gss_iov_buffer_desc."""

    DATA, HEADER, SIGN_ONLY = 1, 2, 11
    ALLOCATE = 0x10000

    _fields_ = (("kind", c_uint32), ("buffer", Buffer))


def identifier(content):
    return Identifier(len(content), content)


PRINCIPAL_NAME = identifier(b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01")
# GSS_C_INQ_SSPI_SESSION_KEY
SESSION_KEY = identifier(b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x05\x05")
MECHANISMS = {
    "kerberos": identifier(b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"),
    "spnego": identifier(b"\x2b\x06\x01\x05\x05\x02"),
}


class GSSError(Exception):
    def __init__(self, message, token=None):
        super().__init__(message)
        self.token = token


class Disorder(Exception):
    """A message that is the peer's, and comes twice, late or early."""


def call(name, *arguments, token=None):
    """Calls a function that has the minor status as its first argument; gives the major one."""
    minor = c_uint32()
    function = getattr(gss, name)
    function.restype = c_uint32
    major = function(byref(minor), *arguments)
    if major >> 16:
        reasons = f"{said(major, GSS_CODE)}; {said(minor.value, MECHANISM_CODE)}"
        made = taken(token) if token is not None else None
        raise GSSError(f"{name}: {reasons} ({minor.value})", made or None)
    for bit, how in DISORDER.items():
        if major & bit:
            raise Disorder(how)
    return major


def said(code, kind):
    minor, more, text = c_uint32(), c_uint32(), Buffer()
    kerberos = byref(MECHANISMS["kerberos"])
    gss.gss_display_status(byref(minor), c_uint32(code), kind, kerberos, byref(more), byref(text))
    return taken(text).decode(errors="replace")


def given(data):
    """A buffer for the library; the memory is that of Python."""
    return Buffer(len(data), ctypes.cast(c_char_p(data), c_void_p))


def taken(buffer):
    """What the library wrote, whose memory it gets back."""
    data = ctypes.string_at(buffer.value, buffer.length) if buffer.length else b""
    gss.gss_release_buffer(byref(c_uint32()), byref(buffer))
    return data


def imported(name):
    text, handle = given(name.encode()), c_void_p()
    call("gss_import_name", byref(text), byref(PRINCIPAL_NAME), byref(handle))
    return handle


def displayed(name):
    text = Buffer()
    call("gss_display_name", name, byref(text), None)
    return taken(text).decode()


class Peer:
    def __init__(self):
        self.context = c_void_p()
        self.delegated = c_void_p()

    def begin(self, request, is_initiator, mechanism):
        self.context, self.is_initiator, self.mechanism = c_void_p(), is_initiator, mechanism
        data = to_bytes(request.get("bindings"))
        # The bytes are kept as long as the buffer points to them.
        self.application = data
        self.bindings = None if data is None else byref(Bindings(application=given(data)))

    def client(self, request):
        if request.get("delegated"):
            self.credentials = self.delegated
        else:
            self.acquire("KRB5CCNAME", request["cache"], INITIATE)
        mechanism = MECHANISMS[request.get("mechanism", "kerberos")]
        self.begin(request, is_initiator=True, mechanism=mechanism)
        self.flags = sum(FLAGS[name] for name in request["flags"])
        self.target = imported(request["target"])

    def server(self, request):
        self.acquire("KRB5_KTNAME", request["keytab"], ACCEPT)
        self.begin(request, is_initiator=False, mechanism=None)

    def acquire(self, variable, source, usage):
        os.environ[variable] = source
        self.credentials, wanted = c_void_p(), (Identifier * 2)(*MECHANISMS.values())
        wanted = IdentifierSet(len(wanted), wanted)
        call(
            "gss_acquire_cred", None, c_uint32(0xFFFFFFFF), byref(wanted), usage,
            byref(self.credentials), None, None,
        )  # fmt: skip

    def step(self, request):
        data = to_bytes(request.get("token"))
        token, made = given(data or b""), Buffer()
        if self.is_initiator:
            major = call(
                "gss_init_sec_context", self.credentials, byref(self.context), self.target,
                byref(self.mechanism), c_uint32(self.flags), c_uint32(0), self.bindings,
                byref(token), None, byref(made), None, None, token=made,
            )  # fmt: skip
        else:
            self.delegated = c_void_p()
            major = call(
                "gss_accept_sec_context", byref(self.context), self.credentials, byref(token),
                self.bindings, None, None, byref(made), None, None, byref(self.delegated),
                token=made,
            )  # fmt: skip
        return {"token": to_text(taken(made) or None), "complete": not major & CONTINUE_NEEDED}

    def facts(self, _request):
        client, target, flags = c_void_p(), c_void_p(), c_uint32()
        call(
            "gss_inquire_context", self.context, byref(client), byref(target), None, None,
            byref(flags), None, None,
        )  # fmt: skip
        found = POINTER(BufferSet)()
        call("gss_inquire_sec_context_by_oid", self.context, byref(SESSION_KEY), byref(found))
        key = found.contents.elements[0]
        return {
            "key": to_text(ctypes.string_at(key.value, key.length)),
            "flags": [name for name, flag in FLAGS.items() if flags.value & flag],
            "client": displayed(client),
            "target": displayed(target),
            "delegated": self.delegator(),
        }

    def delegator(self):
        if self.is_initiator or not self.delegated:
            return None
        name = c_void_p()
        call("gss_inquire_cred", self.delegated, byref(name), None, None, None)
        return displayed(name)

    def wrap(self, request):
        data, state, made = given(to_bytes(request["data"])), c_int(), Buffer()
        is_sealed = int(request["sealed"])
        call("gss_wrap", self.context, is_sealed, 0, byref(data), byref(state), byref(made))
        return to_text(taken(made))

    def sign(self, request):
        data, made = given(to_bytes(request["data"])), Buffer()
        call("gss_get_mic", self.context, 0, byref(data), byref(made))
        return to_text(taken(made))

    def unwrap(self, request):
        token, made, state = given(to_bytes(request["data"])), Buffer(), c_int()
        call("gss_unwrap", self.context, byref(token), byref(made), byref(state), None)
        return {"data": to_text(taken(made)), "sealed": bool(state)}

    def verify(self, request):
        data, mic = given(to_bytes(request["data"])), given(to_bytes(request["mic"]))
        call("gss_verify_mic", self.context, byref(data), byref(mic), None)

    def message(self, request, header):
        # In memory of its own, since the library works in place.
        data = ctypes.create_string_buffer(to_bytes(request["data"]))
        data = Buffer(len(data) - 1, ctypes.cast(data, c_void_p))
        associated = given(to_bytes(request["associated"]))
        pieces = (header, Piece(Piece.SIGN_ONLY, associated), Piece(Piece.DATA, data))
        return (Piece * 3)(*pieces)

    def wrap_iov(self, request):
        message, state = self.message(request, Piece(Piece.HEADER | Piece.ALLOCATE)), c_int()
        is_sealed = int(request["sealed"])
        call("gss_wrap_iov", self.context, is_sealed, 0, byref(state), message, len(message))
        header, _, data = (
            to_text(ctypes.string_at(piece.buffer.value, piece.buffer.length)) for piece in message
        )
        return {"token": header, "data": data}

    def unwrap_iov(self, request):
        token = to_bytes(request["token"])
        message, state = self.message(request, Piece(Piece.HEADER, given(token))), c_int()
        call("gss_unwrap_iov", self.context, byref(state), None, message, len(message))
        data = message[2].buffer
        return {"data": to_text(ctypes.string_at(data.value, data.length)), "sealed": bool(state)}


serve(Peer())
