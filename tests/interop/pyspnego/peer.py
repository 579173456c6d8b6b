"""pyspnego's NTLM, SPNEGO and CredSSP as a peer: one JSON object per line in, one per line out.

As ../lines.py has it. One process holds one context at a time:

    {"do": "client", "user", "password" | "nt_hash", "target", "flags", "bindings", "level"}
    {"do": "server", "accounts": [[domain, user, password], ...], "flags", "bindings", "level"}
    {"do": "step", "token"}                 -> {"token", "complete"}
    {"do": "facts"}                         -> {"key", "flags", "client", "negotiated"}
    {"do": "wrap" | "sign", "data"}         -> bytes
    {"do": "unwrap", "data"}                -> bytes
    {"do": "verify", "data", "mic"}         -> null
    {"do": "wrap_iov", "buffers": [[type, bytes], ...]}    -> [bytes, ...]
    {"do": "unwrap_iov", "buffers": [[type, bytes], ...]}  -> [bytes, ...]

"flags" are names of spnego.ContextReq; "level" is LM_COMPAT_LEVEL, 3 where it is left out.
"protocol" is "ntlm" where it is left out, or "negotiate": NTLM is then all it has to negotiate. It
may be "credssp" too, with NTLM inside SPNEGO; "tls" is then "1.2" or "1.3", and "version" the
highest of CredSSP's. As a client it takes no server's key but RSA. For CredSSP there are

    {"do": "certificate"}  -> PEM, of a certificate with an RSA key and the key
    {"do": "delegated"}    -> {"domain", "user", "password", "version", "tls", "client"}
"""

import os
import ssl
import sys
import tempfile
from pathlib import Path
from typing import Any

import spnego
import spnego._credssp
import spnego.channel_bindings
import spnego.iov
import spnego.tls

sys.path.append(str(Path(__file__).resolve().parent.parent))
from lines import serve, to_bytes, to_text


class Peer:
    def __init__(self, directory):
        self.context: Any = None
        self.accounts = os.path.join(directory, "accounts")

    def options(self, request):
        os.environ["LM_COMPAT_LEVEL"] = str(request.get("level", 3))
        flags = spnego.ContextReq.none
        for name in request["flags"]:
            flags |= spnego.ContextReq[name]
        bindings: Any = to_bytes(request.get("bindings"))
        if bindings is not None:
            bindings = spnego.channel_bindings.GssChannelBindings(application_data=bindings)
        protocol = request.get("protocol", "ntlm")
        if protocol == "credssp":
            return self.credssp(request)
        return {
            "protocol": protocol,
            "context_req": flags,
            "channel_bindings": bindings,
            # Its own NTLM and SPNEGO, and not those of the system's GSSAPI.
            "options": spnego.NegotiateOptions[f"use_{protocol}"],
        }

    def credssp(self, request):
        spnego._credssp._CREDSSP_VERSION = request.get("version", 6)
        tls = spnego._credssp._create_tls_context(
            "accept" if request["do"] == "server" else "initiate"
        )
        version = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[request["tls"]]
        tls.context.minimum_version = tls.context.maximum_version = version
        return {
            "protocol": "credssp",
            "credssp_tls_context": tls,
            "options": spnego.NegotiateOptions.use_negotiate,
        }

    def certificate(self, _):
        certificate, key, _ = spnego.tls.generate_tls_certificate()
        return (certificate + key).decode()

    def delegated(self, _):
        credential = self.context.get_extra_info("client_credential")
        return {
            "domain": getattr(credential, "domain_name", None),
            "user": getattr(credential, "username", None),
            "password": getattr(credential, "password", None),
            "version": self.context.get_extra_info("protocol_version"),
            "tls": self.context.get_extra_info("ssl_object").version(),
            "client": self.context.client_principal,
        }

    def client(self, request):
        if "nt_hash" in request:
            credential: Any = spnego.NTLMHash(request["user"], nt_hash=request["nt_hash"])
        else:
            credential = spnego.Password(request["user"], request["password"])
        service, _, host = request.get("target", "host/unspecified").partition("/")
        self.context = spnego.client(
            credential, service=service, hostname=host, **self.options(request)
        )

    def server(self, request):
        with open(self.accounts, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(":".join(account) + "\n" for account in request["accounts"])
        os.environ["NTLM_USER_FILE"] = self.accounts
        self.context = spnego.server(**self.options(request))

    def step(self, request):
        token = self.context.step(to_bytes(request["token"]))
        return {"token": to_text(token), "complete": self.context.complete}

    def facts(self, _):
        return {
            "key": to_text(self.context.session_key),
            "flags": int(self.context.context_attr),
            "client": self.context.client_principal,
            "negotiated": self.context.negotiated_protocol,
        }

    def wrap(self, request):
        return to_text(self.context.wrap(to_bytes(request["data"])).data)

    def unwrap(self, request):
        return to_text(self.context.unwrap(to_bytes(request["data"])).data)

    def sign(self, request):
        return to_text(self.context.sign(to_bytes(request["data"])))

    def verify(self, request):
        self.context.verify(to_bytes(request["data"]), to_bytes(request["mic"]))

    def buffers(self, request):
        for name, data in request["buffers"]:
            kind = spnego.iov.BufferType[name]
            # A header without bytes is one to be made.
            yield kind if data is None else (kind, to_bytes(data))

    def wrap_iov(self, request):
        result = self.context.wrap_iov(list(self.buffers(request)))
        return [to_text(buffer.data) for buffer in result.buffers]

    def unwrap_iov(self, request):
        result = self.context.unwrap_iov(list(self.buffers(request)))
        return [to_text(buffer.data) for buffer in result.buffers]


def main():
    with tempfile.TemporaryDirectory() as directory:
        serve(Peer(directory))


if __name__ == "__main__":
    main()
