"""Samba's own Kerberos and SPNEGO (gensec) as a peer, one JSON object per line in and out.

It speaks like ../mit-kdc/peer.py, and does no more than what is said here. Its server is the domain
controller itself, which reads what the ticket says of the client:

    {"do": "client", "user", "password", "target", "mechanism"}
    {"do": "server", "mechanism"}
    {"do": "step", "token"}            -> {"token", "complete"}
    {"do": "facts"}                    -> {"key", "account", "sids"}, the last two of a client
    {"do": "wrap", "data"}             -> bytes, sealed
    {"do": "sign", "data"}             -> bytes
    {"do": "unwrap", "data"}           -> {"data"}
    {"do": "verify", "data", "mic"}    -> null

The first argument is the configuration.
"""

import sys
from pathlib import Path

from samba import auth, gensec, param
from samba.credentials import MUST_USE_KERBEROS, Credentials

sys.path.append(str(Path(__file__).resolve().parent.parent))
from lines import serve, to_bytes, to_text

MECHANISMS = {"kerberos": "gssapi_krb5", "spnego": "spnego"}


class Peer:
    def __init__(self, configuration):
        self.settings = param.LoadParm()
        self.settings.load(configuration)

    def client(self, request):
        # The library keeps pointers to texts, and not the texts.
        self.request = request
        self.service, self.host = request["target"].split("/")
        credentials = Credentials()
        credentials.guess(self.settings)
        credentials.set_realm(self.settings.get("realm"))
        credentials.set_username(request["user"])
        credentials.set_password(request["password"])
        credentials.set_kerberos_state(MUST_USE_KERBEROS)
        settings = {"lp_ctx": self.settings, "target_hostname": self.host}
        self.context = gensec.Security.start_client(settings)
        self.context.set_target_service(self.service)
        self.context.set_target_hostname(self.host)
        self.begin(credentials, request)

    def server(self, request):
        credentials = Credentials()
        credentials.guess(self.settings)
        credentials.set_machine_account(self.settings)
        settings = {"lp_ctx": self.settings, "target_hostname": "dc1.ad.test"}
        accounts = auth.AuthContext(lp_ctx=self.settings)
        self.context = gensec.Security.start_server(settings, accounts)
        self.begin(credentials, request)

    def begin(self, credentials, request):
        self.context.set_credentials(credentials)
        self.context.want_feature(gensec.FEATURE_SEAL)
        self.context.start_mech_by_name(MECHANISMS[request.get("mechanism", "kerberos")])

    def step(self, request):
        is_complete, token = self.context.update(to_bytes(request.get("token")) or b"")
        return {"token": to_text(token or None), "complete": bool(is_complete)}

    def facts(self, request):
        answer = {"key": to_text(self.context.session_key())}
        if request.get("of_client"):
            session = self.context.session_info()
            answer["account"] = session.info.account_name
            answer["sids"] = [str(sid) for sid in session.security_token.sids]
        return answer

    def wrap(self, request):
        return to_text(self.context.wrap(to_bytes(request["data"])))

    def sign(self, request):
        data = to_bytes(request["data"])
        return to_text(self.context.sign_packet(data, data))

    def unwrap(self, request):
        return {"data": to_text(self.context.unwrap(to_bytes(request["data"])))}

    def verify(self, request):
        data = to_bytes(request["data"])
        self.context.check_packet(data, data, to_bytes(request["mic"]))


serve(Peer(sys.argv[1]))
