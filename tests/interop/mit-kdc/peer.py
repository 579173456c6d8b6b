"""MIT's GSS-API as a peer: one JSON object per line in, one per line out.

As ../lines.py has it. One process holds one context at a time:

    {"do": "client", "cache", "target", "flags", "bindings", "mechanism"}
    {"do": "server", "keytab", "bindings"}
    {"do": "step", "token"}            -> {"token", "complete"}
    {"do": "facts"}                    -> {"key", "flags", "client", "target", "delegated"}
    {"do": "wrap", "data", "sealed"}   -> bytes
    {"do": "sign", "data"}             -> bytes
    {"do": "unwrap", "data"}           -> {"data", "sealed"}
    {"do": "verify", "data", "mic"}    -> null
    {"do": "wrap_iov", "data", "associated", "sealed"}    -> {"token", "data"}: a message of DCE RPC
    {"do": "unwrap_iov", "token", "data", "associated"}   -> {"data", "sealed"}

"flags" are names of gssapi.RequirementFlag. "mechanism" is "kerberos", or "spnego".
"""

import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
from lines import serve, to_bytes, to_text

os.environ["KRB5RCACHENAME"] = "none:"

import gssapi
import gssapi.raw
from gssapi.raw import IOV, IOVBufferType

MECHANISMS = {
    "kerberos": gssapi.OID.from_int_seq("1.2.840.113554.1.2.2"),
    "spnego": gssapi.OID.from_int_seq("1.3.6.1.5.5.2"),
}
# GSS_C_INQ_SSPI_SESSION_KEY
SESSION_KEY = gssapi.OID.from_int_seq("1.2.840.113554.1.2.2.5.5")


def bindings_of(request):
    data = to_bytes(request.get("bindings"))
    return None if data is None else gssapi.raw.ChannelBindings(application_data=data)


class Peer:
    def __init__(self):
        self.context = None
        self.delegated = None

    def client(self, request):
        flags = 0
        for name in request["flags"]:
            flags |= gssapi.RequirementFlag[name]
        mechanism = MECHANISMS[request.get("mechanism", "kerberos")]
        store = {b"ccache": request["cache"].encode()}
        credentials = gssapi.Credentials(usage="initiate", store=store)
        # SPNEGO would offer what it has no credentials for.
        if request.get("mechanism") == "spnego":
            gssapi.raw.set_neg_mechs(credentials, [MECHANISMS["kerberos"]])
        name = gssapi.Name(request["target"], gssapi.NameType.kerberos_principal)
        self.context = gssapi.SecurityContext(
            name=name,
            creds=credentials,
            usage="initiate",
            mech=mechanism,
            flags=flags,
            channel_bindings=bindings_of(request),
        )

    def server(self, request):
        store = {b"keytab": request["keytab"].encode()}
        credentials = gssapi.Credentials(usage="accept", store=store)
        self.context = gssapi.SecurityContext(
            creds=credentials, usage="accept", channel_bindings=bindings_of(request)
        )

    def step(self, request):
        token = self.context.step(to_bytes(request.get("token")))
        return {"token": to_text(token or None), "complete": self.context.complete}

    def facts(self, request):
        context = self.context
        key = gssapi.raw.inquire_sec_context_by_oid(context, SESSION_KEY)
        delegated = context.delegated_creds if context.usage == "accept" else None
        return {
            "key": to_text(key[0]),
            "flags": [flag.name for flag in gssapi.RequirementFlag if context.actual_flags & flag],
            "client": str(context.initiator_name),
            "target": str(context.target_name),
            "delegated": str(delegated.name) if delegated else None,
        }

    def wrap(self, request):
        return to_text(self.context.wrap(to_bytes(request["data"]), request["sealed"]).message)

    def sign(self, request):
        return to_text(self.context.get_signature(to_bytes(request["data"])))

    def unwrap(self, request):
        result = self.context.unwrap(to_bytes(request["data"]))
        return {"data": to_text(result.message), "sealed": result.encrypted}

    def verify(self, request):
        self.context.verify_signature(to_bytes(request["data"]), to_bytes(request["mic"]))

    def iov(self, request, header):
        return IOV(
            header,
            (IOVBufferType.sign_only, False, to_bytes(request["associated"])),
            (IOVBufferType.data, False, to_bytes(request["data"])),
            std_layout=False,
        )

    def wrap_iov(self, request):
        message = self.iov(request, IOVBufferType.header)
        gssapi.raw.wrap_iov(self.context, message, request["sealed"])
        return {"token": to_text(message[0].value), "data": to_text(message[2].value)}

    def unwrap_iov(self, request):
        header = (IOVBufferType.header, False, to_bytes(request["token"]))
        message = self.iov(request, header)
        result = gssapi.raw.unwrap_iov(self.context, message)
        return {"data": to_text(message[2].value), "sealed": result.encrypted}


serve(Peer())
