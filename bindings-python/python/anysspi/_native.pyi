# Written by `cargo xtask generate` from bindings-python/src: do not edit.
"""
The native half of anysspi: import `anysspi` instead.
"""

from anysspi._error import SspiError
from anysspi.flags import Allow, AscReq, AscRet, BufferAttributes, BufferKind, Capabilities, Flag, IscReq, IscRet, Status, Usage
from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import datetime
from os import PathLike
from typing import Any, Final, Literal, NoReturn, SupportsIndex, final
from typing_extensions import disjoint_base

__all__ = ["__version__", "Account", "Accounts", "Anonymous", "Buffer", "Certificate", "ChannelBindings", "ConnectionInfo", "Context", "Credential", "CredentialCache", "DelegationPolicy", "DroppedPackage", "EarlyUserAuthResult", "Field", "Group", "Handshake", "Identity", "Inspection", "KeyInfo", "Keytab", "Negotiation", "NtHash", "Outcome", "PackageInfo", "Password", "Peer", "Realm", "SecurityContext", "Serving", "Sizes", "SmartCard", "StreamSizes", "TrustedRoots", "accept", "accept_security_context", "complete_auth_token", "decrypt_message", "delete_security_context", "encrypt_message", "free_credentials_handle", "initialize_security_context", "initiate", "inspect", "make_signature", "package", "packages", "query_context_attributes", "query_credentials_attributes", "query_security_context_token", "set_context_attributes", "shut_down_stream", "verify_signature"]

__version__: Final[str]
"""
The version of the package.
"""

@final
class Account:
    """
    An account: what an account store answers.

    `name` is `DOMAIN\\user`, `user@realm` or `user`, unless the domain is given beside it. One of
    `password` and `nt_hash` is needed. `state` is one of "active", "disabled", "expired", "locked",
    "password_expired", "must_change_password", "outside_logon_hours", "workstation_not_allowed".
    """
    def __new__(cls, /, name: str, password: str | None = None, *, nt_hash: bytes | bytearray | memoryview | None = None, domain: str | None = None, state: Literal["active", "disabled", "expired", "locked", "password_expired", "must_change_password", "outside_logon_hours", "workstation_not_allowed"] | None = None, expiry: datetime | float | None = None) -> Account: ...
    def __repr__(self, /) -> str: ...
    @property
    def expiry(self, /) -> datetime | None:
        """
        When it expires.
        """
    @property
    def name(self, /) -> str:
        """
        The name it is known by.
        """
    @property
    def state(self, /) -> Literal["active", "disabled", "expired", "locked", "password_expired", "must_change_password", "outside_logon_hours", "workstation_not_allowed"]:
        """
        Whether it may log on.
        """

@final
class Accounts(Identity):
    """
    The accounts an acceptor checks clients against.

    The store is one of
    - a dict of names and passwords, `{r"CORP\\alice": "secret"}`, or an iterable of `Account`s; both
      are read once,
    - the path of a file of lines `DOMAIN:user:password`, or of Samba's smbpasswd, which is read anew
      when it changes,
    - a callable `lookup(user, domain, package)` that gives an `Account` or None. What it raises ends
      the handshake, with the exception as the `__cause__`.
    """
    def __new__(cls, /, store: dict[str, str] | Iterable[Account] | str | PathLike[str] | Callable[[str, str, str], Account | None]) -> Accounts: ...
    def __repr__(self, /) -> str: ...

@final
class Anonymous(Identity):
    """
    Nobody in particular. Needs `allow=Allow.ANONYMOUS`.
    """
    def __new__(cls, /) -> Anonymous: ...
    def __repr__(self, /) -> str: ...

@final
class Buffer:
    """
    A typed buffer (`SecBuffer`) over `data`, which is written in place where it is writable.

    `length` says how many of its bytes count as an input: all at first, and after a call those that the
    call wrote, or how many are needed. An output may use all of them. Memory that a call allocated is in
    `data` as bytes.
    """
    def __bytes__(self, /) -> bytes:
        """
        A copy of the bytes that count.
        """
    def __len__(self, /) -> int: ...
    def __new__(cls, /, kind: int, data: bytes | bytearray | memoryview | None = None, *, attributes: BufferAttributes | None = None) -> Buffer: ...
    def __repr__(self, /) -> str: ...
    @property
    def attributes(self, /) -> BufferAttributes:
        """
        How it may be used.
        """
    @property
    def data(self, /) -> bytes | bytearray | memoryview | None:
        """
        The object with the bytes.
        """
    @property
    def kind(self, /) -> BufferKind | int:
        """
        What it is for.
        """
    @property
    def length(self, /) -> int:
        """
        How many bytes count, or are needed.
        """

@final
class Certificate(Identity):
    """
    A certificate chain in DER, the own certificate first, and the private key of that one.

    A server without one makes one for itself. To use one for long, keep it: clients may remember a
    server by its key. Neither `repr` nor pickle ever has the key.
    """
    def __new__(cls, /, chain: Sequence[bytes | bytearray | memoryview], private_key: bytes | bytearray | memoryview) -> Certificate: ...
    def __repr__(self, /) -> str: ...
    @property
    def chain(self, /) -> list[bytes]:
        """
        The chain in DER, the own certificate first.
        """
    @staticmethod
    def from_pem(pem: str | bytes | bytearray | memoryview) -> Certificate:
        """
        Reads a chain and its private key from PEM, which may be one file or two put together. The key
        is PKCS#8, PKCS#1 or SEC1, and not encrypted.
        """
    @staticmethod
    def self_signed(host_name: str) -> Certificate:
        """
        A certificate that signs itself, with a new key (ECDSA over P-256).
        """
    def to_pem(self, /) -> bytes:
        """
        The chain and the private key in PEM, as `from_pem` reads them: for a file that nobody else
        may read.
        """

@final
class ChannelBindings:
    """
    The bindings of a channel (Extended Protection).

    `ChannelBindings(application_data)` takes the data as they are, such as
    `b"tls-unique:" + socket.get_channel_binding()`.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, application_data: bytes | bytearray | memoryview, *, initiator_address: tuple[SupportsIndex, bytes | bytearray | memoryview] | None = None, acceptor_address: tuple[SupportsIndex, bytes | bytearray | memoryview] | None = None) -> ChannelBindings: ...
    def __repr__(self, /) -> str: ...
    @property
    def application_data(self, /) -> bytes:
        """
        The application data.
        """
    @staticmethod
    def tls_server_end_point(certificate: bytes | bytearray | memoryview) -> ChannelBindings:
        """
        The bindings of a server's certificate, in DER: what `socket.getpeercert(True)` gives a
        client.
        """
    def to_structure(self, /) -> bytes:
        """
        The SEC_CHANNEL_BINDINGS structure, for CHANNEL_BINDINGS buffers of `anysspi.raw`.
        """

@final
class ConnectionInfo:
    """
    The protocol and ciphers of a connection, by the numbers and names that TLS gives them.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def cipher_suite(self, /) -> int:
        """
        The number of the cipher suite.
        """
    @property
    def cipher_suite_name(self, /) -> str:
        """
        The name of the cipher suite.
        """
    @property
    def is_resumed(self, /) -> bool:
        """
        Whether an earlier session was resumed.
        """
    @property
    def key_exchange(self, /) -> str | None:
        """
        The group of the key exchange, where one took place.
        """
    @property
    def version(self, /) -> int:
        """
        The version's number: 0x0303 for TLS 1.2, 0x0304 for TLS 1.3.
        """
    @property
    def version_name(self, /) -> str:
        """
        The version's name.
        """

@final
class Context:
    """
    An established context.
    """
    def __repr__(self, /) -> str: ...
    @property
    def bindings_checked(self, /) -> Literal["no", "sent", "verified"]:
        """
        What became of the channel bindings: "no", "sent" or "verified".
        """
    @property
    def client(self, /) -> str:
        """
        The client, as `DOMAIN\\user`: on a server the user that was authenticated.
        """
    @property
    def client_domain(self, /) -> str | None:
        """
        The client's domain.
        """
    @property
    def client_user(self, /) -> str:
        """
        The client without the domain.
        """
    def delegated(self, /) -> Password | SmartCard | CredentialCache | None:
        """
        What the client delegated, on a server: a `Password`, a `SmartCard`, a `CredentialCache`, or None
        for nothing. It is handed out once; asked again, on a client, or of a package that cannot delegate,
        it raises an error.
        """
    @property
    def expiry(self, /) -> datetime | None:
        """
        When it ends; None for never.
        """
    @property
    def flags(self, /) -> Flag:
        """
        What the context has. Every flag is true of it.
        """
    @property
    def is_anonymous(self, /) -> bool:
        """
        Whether the client is anonymous.
        """
    @property
    def negotiated_package(self, /) -> PackageInfo:
        """
        The package that was negotiated; the package itself where nothing was.
        """
    @property
    def negotiation(self, /) -> Negotiation | None:
        """
        How the package was agreed on, where it was.
        """
    @property
    def package(self, /) -> PackageInfo:
        """
        The package of the context: "Negotiate" where it was negotiated.
        """
    @property
    def peer(self, /) -> Peer | None:
        """
        Who the client is beyond its name, on a server: its realm, SIDs and groups, where the package
        learns them. Kerberos does.
        """
    def query(self, /, attribute: int) -> Any:
        """
        Asks anything else.
        """
    @property
    def server(self, /) -> str | None:
        """
        The server, as it announced itself.
        """
    @property
    def session_key(self, /) -> bytes:
        """
        The session key.
        """
    def shut_down(self, /) -> bytes:
        """
        Ends a stream: the bytes to send as its last. What the peer still sends can be opened.
        """
    @property
    def side(self, /) -> Literal["initiator", "acceptor"]:
        """
        Which end this is: "initiator" or "acceptor".
        """
    def sign(self, /, message: bytes | bytearray | memoryview, *, number: SupportsIndex | None = None) -> bytes:
        """
        Signs a message that goes out in the clear.
        """
    @property
    def sizes(self, /) -> Sizes:
        """
        The sizes for message protection.
        """
    @property
    def target(self, /) -> str | None:
        """
        The target's name as the client gave it.
        """
    def unwrap(self, /, wrapped: bytes | bytearray | memoryview, *, number: SupportsIndex | None = None) -> bytes:
        """
        Opens a message that the peer protected. MessageAltered or OutOfSequence says that it is not
        the message that is due; that one still opens afterwards.

        Of a stream it takes the bytes as they come, cut anywhere, and gives what is in them, which may
        be nothing yet: begin with `Handshake.extra`. At the stream's end it raises ContextExpired.
        """
    def unwrap_with_quality(self, /, wrapped: bytes | bytearray | memoryview) -> tuple[bytes, int]:
        """
        `unwrap`, which also gives the quality of the protection: 0 where the message was encrypted,
        0x80000001 (`SECQOP_WRAP_NO_ENCRYPT`) where the peer only signed it. Kerberos and PKU2U open both;
        everything in a stream is encrypted.
        """
    def verify(self, /, message: bytes | bytearray | memoryview, signature: bytes | bytearray | memoryview, *, number: SupportsIndex | None = None) -> None:
        """
        Checks the signature of a message in the clear; MessageAltered says that it is wrong.
        """
    @property
    def workstation(self, /) -> str | None:
        """
        The workstation the client says it is on. Nobody vouches for it.
        """
    def wrap(self, /, message: bytes | bytearray | memoryview, *, number: SupportsIndex | None = None) -> bytes:
        """
        Protects a message: its signature and the message, encrypted where the context has
        confidentiality. A connectionless context wants the message's number, which must never come
        twice. A stream takes messages of any length, and gives the bytes to send.
        """

@final
class Credential:
    """
    Credentials of a package, acquired once and shared by any number of handshakes: keys are derived
    once, and a file is opened once.

    `identity` is an identity or several in order of preference; without one the credentials are the
    current user's. `packages` and `without_packages` are for Negotiate, `delegation` is for CREDSSP.
    """
    def __new__(cls, /, package: str, identity: Identity | Sequence[Identity] | None = None, *, usage: Usage | None = None, principal: str | None = None, allow: Allow | None = None, packages: Sequence[str] | None = None, without_packages: Sequence[str] | None = None, delegation: DelegationPolicy | None = None) -> Credential: ...
    def __repr__(self, /) -> str: ...
    @property
    def expiry(self, /) -> datetime | None:
        """
        When they expire; None for never.
        """
    @property
    def name(self, /) -> str:
        """
        Whose credentials they are.
        """
    @property
    def package(self, /) -> PackageInfo:
        """
        The package.
        """

@final
class CredentialCache(Identity):
    """
    A credential cache: Kerberos tickets that somebody already has, by the name of the cache, such as
    `FILE:/tmp/krb5cc_1000`, or by its path.
    """
    def __new__(cls, /, name: str | PathLike[str]) -> CredentialCache: ...
    def __repr__(self, /) -> str: ...
    @property
    def client(self, /) -> str:
        """
        Whose tickets they are, such as `alice@EXAMPLE.COM`. The cache is read for it.
        """
    @staticmethod
    def from_bytes(data: bytes | bytearray | memoryview) -> CredentialCache:
        """
        The bytes of a cache file.
        """
    @staticmethod
    def from_krb_cred(data: bytes | bytearray | memoryview, key: tuple[str, bytes | bytearray | memoryview] | None = None) -> CredentialCache:
        """
        The tickets of a KRB-CRED (RFC 4120 5.8), as Windows programs keep them in `.kirbi` files: one that is
        not encrypted, or with a key one that is encrypted with it. A key is the name of its encryption type,
        such as "aes256-cts-hmac-sha1-96", and its bytes.
        """
    def to_bytes(self, /) -> bytes:
        """
        The bytes of a file with these tickets: for a file that nobody else may read. The cache is read
        for it.
        """
    def to_krb_cred(self, /) -> bytes:
        """
        The tickets as a KRB-CRED that is not encrypted: for a file that nobody else may read, since whoever
        reads it has the tickets. The cache is read for it.
        """

@final
class DelegationPolicy:
    """
    To which servers credentials may be delegated. They are only ever delegated where the caller asks
    for it (`require=Flag.DELEGATE`), and after the server has proven itself.

    Without lists it is the target that the client names, whatever it is: the default. With lists, a
    pattern is a target's name, in which `*` stands for any characters; case does not matter. `allow`
    are the targets that are allowed where the server authenticated itself beforehand, as Kerberos
    does; `ntlm_only` those that are allowed even where only NTLM was possible. An empty list, and no
    other, is nowhere.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, *, allow: Sequence[str] | None = None, ntlm_only: Sequence[str] | None = None) -> DelegationPolicy: ...
    def __repr__(self, /) -> str: ...
    def allows(self, /, target: str) -> bool:
        """
        Whether credentials may be delegated to a server that authenticated itself beforehand.
        """
    def allows_ntlm_only(self, /, target: str) -> bool:
        """
        Whether credentials may be delegated to a server with which only NTLM was possible.
        """

@final
class DroppedPackage:
    """
    A package that could not take part in a negotiation.
    """
    def __repr__(self, /) -> str: ...
    @property
    def error(self, /) -> SspiError:
        """
        Why not.
        """
    @property
    def package(self, /) -> str:
        """
        The package.
        """

@final
class EarlyUserAuthResult:
    """
    Whether an RDP server lets the user in whom it has authenticated ([MS-RDPBCGR] 2.2.10.2): the
    first four bytes of the stream with `PROTOCOL_HYBRID_EX`. They are the application's to send and
    to read, because nothing in CredSSP says whether they come.
    """
    ACCESS_DENIED: Final[EarlyUserAuthResult]
    """
    `AUTHZ_ACCESS_DENIED`: the user may not.
    """
    SUCCESS: Final[EarlyUserAuthResult]
    """
    `AUTHZ_SUCCESS`: the user may go on.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __int__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    def check(self, /) -> None:
        """
        Raises LogonDenied where the user is not let in.
        """
    @staticmethod
    def from_bytes(data: bytes | bytearray | memoryview) -> EarlyUserAuthResult:
        """
        What was received: four bytes, and nothing else than the two answers.
        """
    def to_bytes(self, /) -> bytes:
        """
        What is sent.
        """

@final
class Field:
    """
    A field of a token. As a str it is its value on one line.
    """
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    @property
    def fields(self, /) -> list[Field]:
        """
        The fields this one is made of.
        """
    @property
    def hidden(self, /) -> bool:
        """
        Whether the bytes are not shown.
        """
    @property
    def length(self, /) -> int:
        """
        How many bytes the value has, as the token states it.
        """
    @property
    def name(self, /) -> str:
        """
        The name in the specification of the protocol.
        """
    @property
    def offset(self, /) -> int:
        """
        Where the value begins, as the token states it.
        """
    @property
    def value(self, /) -> str | int | list[str] | datetime | bytes | None:
        """
        What it holds: text, a number, names of flags, a time or bytes; None where there is nothing
        or where it is hidden.
        """

@final
class Group:
    """
    A group that a client is in: its SID, and how the client is in it (`SE_GROUP_*`).
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def attributes(self, /) -> int:
        """
        How the client is in it.
        """
    @property
    def is_enabled(self, /) -> bool:
        """
        Whether it lets its members in somewhere.
        """
    @property
    def sid(self, /) -> str:
        """
        Which group, as `S-1-5-21-…`.
        """

@final
class Handshake:
    """
    A handshake: an iterator over the tokens to send, made by `initiate` or `accept`.

    `receive` takes the peer's token, and iteration does the work:

        for token in handshake:
            send(token)
            if not handshake.done:
                handshake.receive(recv())
        context = handshake.context

    It is a generator too (`context = yield from handshake`), and an asynchronous iterator (`async
    for`), whose work runs in a thread. An empty token has nothing to say: more of the peer's bytes are
    wanted.
    """
    def __aiter__(self, /) -> Handshake: ...
    def __anext__(self, /) -> Coroutine[Any, Any, bytes]: ...
    def __iter__(self, /) -> Handshake: ...
    def __next__(self, /) -> bytes: ...
    def __repr__(self, /) -> str: ...
    def astep(self, /, token: bytes | bytearray | memoryview | None = None) -> Coroutine[Any, Any, bytes | None]:
        """
        `step` in a thread of its own: the event loop goes on.
        """
    def close(self, /) -> None:
        """
        Ends the handshake and wipes its secrets. Afterwards there is no context. A call that is under
        way ends with OutOfSequence when it comes back.
        """
    @property
    def context(self, /) -> Context:
        """
        The context; OutOfSequence before `done`.
        """
    @property
    def done(self, /) -> bool:
        """
        Whether the context stands. A last token may still have to be sent.
        """
    @property
    def extra(self, /) -> bytes:
        """
        The peer's bytes beyond the end of the handshake.
        """
    def receive(self, /, token: bytes | bytearray | memoryview) -> None:
        """
        Hands over the peer's token. The next iteration does the work.
        """
    def send(self, /, token: bytes | bytearray | memoryview | None) -> bytes:
        """
        `step` for generators: StopIteration with the context at the end. Once the handshake is `done`
        it takes no more tokens, and None is what to send.
        """
    @property
    def side(self, /) -> Literal["initiator", "acceptor"]:
        """
        Which end this is: "initiator" or "acceptor".
        """
    def speak_first(self, /) -> bytes:
        """
        Has a server speak first, where a protocol wants that.
        """
    def step(self, /, token: bytes | bytearray | memoryview | None = None) -> bytes | None:
        """
        `receive` and the next iteration in one call: the token to send, or None at the end. A client's
        first step has no token.
        """
    def throw(self, /, exception: BaseException | type[BaseException], value: BaseException | type[BaseException] | None = None, traceback: Any | None = None) -> NoReturn:
        """
        Ends the handshake with the exception, as `throw` of any generator does.
        """

@disjoint_base
class Identity:
    """
    One way to prove who somebody is, or to check it: `Password`, `NtHash`, `Anonymous`, `Accounts`,
    `Keytab`, `CredentialCache`, `Certificate`, `TrustedRoots`, `SmartCard`.
    """

@final
class Inspection:
    """
    What `inspect` found in a token. As a str it is a tree for people to read.
    """
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    @property
    def fields(self, /) -> list[Field]:
        """
        The fields, in the order in which the message describes them.
        """
    def flatten(self, /) -> list[tuple[str, str]]:
        """
        The fields as pairs of a dotted name and the value as it is displayed.
        """
    @property
    def length(self, /) -> int:
        """
        The number of bytes in the token.
        """
    @property
    def message(self, /) -> str:
        """
        The message's name in the specification of the protocol, or "unknown".
        """
    @property
    def problems(self, /) -> list[str]:
        """
        What is wrong with the token, as sentences.
        """
    @property
    def protocol(self, /) -> str:
        """
        The protocol's name, or "unknown".
        """

@final
class KeyInfo:
    """
    Algorithms and strength.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def encryption_algorithm(self, /) -> int:
        """
        The number of the encryption algorithm.
        """
    @property
    def encryption_algorithm_name(self, /) -> str:
        """
        The algorithm of encryption.
        """
    @property
    def key_size(self, /) -> int:
        """
        The bits of the key.
        """
    @property
    def signature_algorithm(self, /) -> int:
        """
        The number of the signature algorithm.
        """
    @property
    def signature_algorithm_name(self, /) -> str:
        """
        The algorithm of signatures.
        """

@final
class Keytab(Identity):
    """
    A keytab file: the keys of Kerberos services, for a server, or of a user.

    It is opened when credentials are made of it.
    """
    def __new__(cls, /, path: str | PathLike[str]) -> Keytab: ...
    def __repr__(self, /) -> str: ...
    @staticmethod
    def from_bytes(data: bytes | bytearray | memoryview) -> Keytab:
        """
        The bytes of a keytab file.
        """
    def to_bytes(self, /) -> bytes:
        """
        The bytes of a file with these keys: for a file that nobody else may read. The keytab is read for
        it.
        """

@final
class Negotiation:
    """
    How a package was agreed on.
    """
    def __repr__(self, /) -> str: ...
    @property
    def chosen(self, /) -> str | None:
        """
        The package that was agreed on.
        """
    @property
    def dropped(self, /) -> list[DroppedPackage]:
        """
        The packages that were passed over before anything was offered, and why.
        """
    @property
    def list_was_signed(self, /) -> bool:
        """
        Whether the peer signed the list of mechanisms.
        """
    @property
    def offered(self, /) -> list[str]:
        """
        The packages this side was ready for, in its order.
        """

@final
class NtHash(Identity):
    """
    A user and the NT hash of the password, 16 bytes, which is as good as the password to NTLM.
    """
    def __new__(cls, /, user: str, nt_hash: bytes | bytearray | memoryview, *, domain: str | None = None) -> NtHash: ...
    def __repr__(self, /) -> str: ...
    @property
    def user(self, /) -> str:
        """
        The user, as `DOMAIN\\user` where there is a domain.
        """

@final
class Outcome:
    """
    What a call answers besides the token. Flags and expiry are final only with SEC_E_OK.
    """
    def __repr__(self, /) -> str: ...
    @property
    def expiry(self, /) -> datetime | None:
        """
        When it ends; None for never.
        """
    @property
    def flags(self, /) -> IscRet | AscRet:
        """
        What the context has.
        """
    @property
    def status(self, /) -> Status | int:
        """
        SEC_E_OK or a status of the SEC_I_ family.
        """

@final
class PackageInfo:
    """
    What is told about a security package.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def capabilities(self, /) -> Capabilities:
        """
        What it can do.
        """
    @property
    def comment(self, /) -> str:
        """
        What it is, in a sentence.
        """
    @property
    def max_token(self, /) -> int:
        """
        The largest token it makes.
        """
    @property
    def name(self, /) -> str:
        """
        The name it is asked for by.
        """
    @property
    def rpc_id(self, /) -> int:
        """
        The number DCE RPC knows it by.
        """
    @property
    def version(self, /) -> int:
        """
        The version of its protocol.
        """

@final
class Password(Identity):
    """
    A user and a password.

    `user` is `DOMAIN\\user`, `user@realm` or `user`, unless the domain is given beside it.
    """
    def __new__(cls, /, user: str, password: str, *, domain: str | None = None) -> Password: ...
    def __repr__(self, /) -> str: ...
    @property
    def password(self, /) -> str:
        """
        The password.
        """
    @property
    def user(self, /) -> str:
        """
        The user, as `DOMAIN\\user` where there is a domain.
        """

@final
class Peer:
    """
    Who the client is: its names, and where its Kerberos ticket carries a PAC, its SIDs and groups.

    The server has checked that the PAC was signed for it and belongs to the ticket.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def account(self, /) -> str | None:
        """
        The name of the account (`sAMAccountName`).
        """
    @property
    def asked_for_pac(self, /) -> bool | None:
        """
        Whether the client asked for the PAC by itself, where the KDC says so.
        """
    @property
    def claims(self, /) -> bytes | None:
        """
        What the domain claims of the client, as it wrote it and not looked into.
        """
    @property
    def device(self, /) -> bytes | None:
        """
        Which device the client sits at, likewise.
        """
    @property
    def device_claims(self, /) -> bytes | None:
        """
        What the domain claims of that device.
        """
    @property
    def dns_domain(self, /) -> str | None:
        """
        The name of its domain in the DNS.
        """
    @property
    def domain(self, /) -> str | None:
        """
        The name of the client's domain, as NetBIOS has it.
        """
    @property
    def extra(self, /) -> list[Group]:
        """
        What else it is: groups of other domains, and what it has from its history.
        """
    @property
    def full_name(self, /) -> str | None:
        """
        Its name for people.
        """
    @property
    def groups(self, /) -> list[Group]:
        """
        The groups of the client's domain that it is in.
        """
    @property
    def has_full_signature(self, /) -> bool:
        """
        Whether the KDC has signed the whole PAC for itself.
        """
    @property
    def has_pac(self, /) -> bool:
        """
        Whether the ticket had a PAC. Without one there is nothing but the name and the realm.
        """
    @property
    def has_ticket_signature(self, /) -> bool:
        """
        Whether the KDC has signed the ticket for itself, so that it will notice a server that changes it.
        """
    def is_member_of(self, /, sid: str) -> bool:
        """
        Whether the client is this user or in this group, and the group counts.
        """
    @property
    def logon_server(self, /) -> str | None:
        """
        The domain controller that authenticated it.
        """
    @property
    def primary_group(self, /) -> str | None:
        """
        The SID of the primary group, which is among the groups too.
        """
    @property
    def realm(self, /) -> str:
        """
        The realm of the client.
        """
    @property
    def resource_groups(self, /) -> list[Group]:
        """
        The groups of the server's domain that it is in.
        """
    @property
    def sid(self, /) -> str | None:
        """
        The SID of the user.
        """
    @property
    def upn(self, /) -> str | None:
        """
        The user principal name, such as `alice@example.com`.
        """
    @property
    def user(self, /) -> str:
        """
        The name of the client in its realm.
        """

@final
class Realm:
    """
    A Kerberos realm with its KDC, in memory. It is not for production: it is forgotten with the object,
    and has no protection against guessing.

        realm = Realm("EXAMPLE.TEST")
        realm.add_user("alice", "secret")
        realm.add_service("HTTP/web.example.test")
        keytab = realm.keytab("HTTP/web.example.test")              # for the server
        tickets = realm.tickets("alice", "HTTP/web.example.test")   # of a user who logged on

    A realm can be the `kdc` of a handshake: a user then logs on with a password.
    """
    def __call__(self, /, realm: str, message: bytes | bytearray | memoryview) -> bytes:
        """
        The `kdc` of a handshake: the answer to a message for a KDC of this realm.
        """
    def __new__(cls, /, name: str) -> Realm: ...
    def __repr__(self, /) -> str: ...
    def add_service(self, /, name: str, *, encryption_types: Sequence[str] | None = None, version: SupportsIndex | None = None, trusted_for_delegation: bool = False) -> None:
        """
        Adds a service, or gives it new keys. `version` is the version of its keys (kvno).
        """
    def add_user(self, /, name: str, password: str, *, encryption_types: Sequence[str] | None = None, salt: str | None = None, pre_authentication: bool = True, groups: Sequence[int] | None = None) -> None:
        """
        Adds a user, or puts one in the place of another of the same name. `encryption_types` are names
        such as "aes256-cts-hmac-sha1-96"; `groups` are the groups of the realm's domain that the user is
        in besides Domain Users, by their relative identifiers: 512 are Domain Admins.
        """
    def answer(self, /, request: bytes | bytearray | memoryview) -> bytes:
        """
        What the KDC says to a request.
        """
    @property
    def domain_sid(self, /) -> str:
        """
        The SID of its domain, which those of its users and groups begin with.
        """
    def keytab(self, /, *names: "str") -> Keytab:
        """
        The keys of services or users.
        """
    @property
    def name(self, /) -> str:
        """
        Its name.
        """
    def serve(self, /) -> Serving:
        """
        Serves the KDC on a port of this machine, over TCP and UDP, for programs on this machine, until
        `stop` or the end of the `with` block.
        """
    def tickets(self, /, user: str, *services: "str") -> CredentialCache:
        """
        The tickets of a user who logged on and used these services. Nobody is asked for a password.
        """
    def trust(self, /, other: Realm) -> None:
        """
        Lets the clients of each of two realms use the services of the other one.
        """

@final
class SecurityContext:
    """
    A context: null at first, then a handshake, then established.

    Without a `binding_policy` the flags decide, as on Windows: a server with bindings refuses a
    client that has none, unless ALLOW_MISSING_BINDINGS is among its flags. `kdc` carries questions to
    KDCs within the legs of the handshake, as that of `anysspi.initiate` does; without one nobody is
    asked.
    """
    def __new__(cls, /, *, binding_policy: Literal["never", "when_supported", "always"] | None = None, accepted_targets: Sequence[str] | None = None, pac_policy: Literal["never", "when_present", "always"] | None = None, kdc: Callable[[str, bytes], bytes] | None = None) -> SecurityContext: ...
    def __repr__(self, /) -> str: ...
    @property
    def is_established(self, /) -> bool:
        """
        Whether the context is established.
        """

@final
class Serving:
    """
    A realm that answers on a port.
    """
    def __enter__(self, /) -> Serving: ...
    def __exit__(self, /, _kind: Any, _value: Any, _traceback: Any) -> None: ...
    def __repr__(self, /) -> str: ...
    @property
    def krb5_conf(self, /) -> str:
        """
        The configuration for clients of MIT Kerberos, Heimdal and Java, which `KRB5_CONFIG` names.
        """
    @property
    def port(self, /) -> int:
        """
        The port, of TCP and UDP, on 127.0.0.1.
        """
    def stop(self, /) -> None:
        """
        Ends it.
        """

@final
class Sizes:
    """
    Sizes for message protection.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def block_size(self, /) -> int:
        """
        The size messages are padded to a multiple of.
        """
    @property
    def max_signature(self, /) -> int:
        """
        The largest signature of a signed message.
        """
    @property
    def max_token(self, /) -> int:
        """
        The largest token of the handshake.
        """
    @property
    def security_trailer(self, /) -> int:
        """
        The size of the TOKEN buffer of an encrypted message.
        """

@final
class SmartCard(Identity):
    """
    A smart card to delegate: how a server finds it, and the PIN that opens it.

    The names are passed on as they are; nothing here talks to a card, and another identity
    authenticates. `key_spec` says which key of the container it is: 1 for AT_KEYEXCHANGE, 2 for
    AT_SIGNATURE.
    """
    def __new__(cls, /, pin: str, *, key_spec: SupportsIndex = 1, card: str | None = None, reader: str | None = None, container: str | None = None, provider: str | None = None, user_hint: str | None = None, domain_hint: str | None = None) -> SmartCard: ...
    def __repr__(self, /) -> str: ...
    @property
    def card(self, /) -> str | None:
        """
        The name of the card.
        """
    @property
    def container(self, /) -> str | None:
        """
        The name of the container.
        """
    @property
    def domain_hint(self, /) -> str | None:
        """
        The domain of that user.
        """
    @property
    def key_spec(self, /) -> int:
        """
        Which key of the container it is.
        """
    @property
    def pin(self, /) -> str:
        """
        The PIN.
        """
    @property
    def provider(self, /) -> str | None:
        """
        The name of the cryptographic service provider.
        """
    @property
    def reader(self, /) -> str | None:
        """
        The name of the reader.
        """
    @property
    def user_hint(self, /) -> str | None:
        """
        The user the card is to log on, where its certificate does not say it.
        """

@final
class StreamSizes:
    """
    Sizes for stream protection.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    @property
    def block_size(self, /) -> int:
        """
        The size messages are padded to a multiple of.
        """
    @property
    def buffers(self, /) -> int:
        """
        How many buffers a message needs.
        """
    @property
    def header(self, /) -> int:
        """
        The size of what comes before a message.
        """
    @property
    def maximum_message(self, /) -> int:
        """
        The largest message.
        """
    @property
    def trailer(self, /) -> int:
        """
        The size of what comes behind it.
        """

@final
class TrustedRoots(Identity):
    """
    The roots, in DER, by which a client judges a server's certificate and the name in it, before
    anything is sent; to PKU2U the certificates of the peers that are trusted, on both sides.
    """
    def __new__(cls, /, roots: Sequence[bytes | bytearray | memoryview]) -> TrustedRoots: ...
    def __repr__(self, /) -> str: ...
    @staticmethod
    def from_pem(pem: str | bytes | bytearray | memoryview) -> TrustedRoots:
        """
        Reads roots from PEM, any number of them in a file.
        """

def accept(package: str, *, credential: Credential | Identity | Sequence[Identity] | None = None, require: Flag | None = None, request: Flag | None = None, relax: Flag | None = None, without: Flag | None = None, channel_bindings: ChannelBindings | None = None, binding_policy: Literal["never", "when_supported", "always"] | None = None, allow: Allow | None = None, packages: Sequence[str] | None = None, without_packages: Sequence[str] | None = None, accepted_targets: Sequence[str] | None = None, pac_policy: Literal["never", "when_present", "always"] | None = None, kdc: Callable[[str, bytes], bytes] | None = None) -> Handshake:
    """
    Starts a handshake as the server of a package. It receives first.

    - `credential` is `Accounts`, for CREDSSP with a `Certificate` beside them, a `Keytab` for Kerberos,
      several of them for Negotiate, or a `Credential` made from them.
    - `accepted_targets` are the names by which clients may have called the server; without any,
      every name will do.
    - `pac_policy` says what becomes of clients of Kerberos by the PAC in their ticket: with "always"
      only those are let in that have one, with "when_present" (default) one that is there must be the
      right one, with "never" it is not looked at.

    The other keywords are those of `initiate`.
    """

def accept_security_context(credential: Credential | None, context: SecurityContext, flags: AscReq, input: Sequence[Buffer], output: Sequence[Buffer]) -> Outcome:
    """
    One leg as the server. The buffers are those of `initialize_security_context`.
    """

def complete_auth_token(context: SecurityContext, token: Sequence[Buffer]) -> None:
    """
    Completes a token after SEC_I_COMPLETE_NEEDED or SEC_I_COMPLETE_AND_CONTINUE.
    """

def decrypt_message(context: SecurityContext, message: Sequence[Buffer], sequence: SupportsIndex = 0) -> int:
    """
    Decrypts the DATA buffers in place and checks the signature, which is in the TOKEN buffer or at
    the start of a STREAM buffer; an empty DATA buffer then receives the message, as a view of the
    stream. A context of a stream takes the bytes that came in a DATA buffer, with EMPTY ones beside it
    for the message, MISSING and EXTRA. Gives the quality of the protection.
    """

def delete_security_context(context: SecurityContext) -> None:
    """
    Deletes a context and wipes its secrets. Every later call on it raises InvalidHandle.
    """

def encrypt_message(context: SecurityContext, quality: SupportsIndex, message: Sequence[Buffer], sequence: SupportsIndex = 0) -> None:
    """
    Encrypts the DATA buffers in place and signs them into the TOKEN buffer. A context of a stream wants
    STREAM_HEADER and STREAM_TRAILER beside a DATA buffer, and EMPTY for what goes out before them.
    """

def free_credentials_handle(credential: Credential) -> None:
    """
    Frees a credential; contexts that were made from it go on.
    """

def initialize_security_context(credential: Credential | None, context: SecurityContext, target: str | None, flags: IscReq, input: Sequence[Buffer], output: Sequence[Buffer]) -> Outcome:
    """
    One leg as the client.

    The first call takes credentials and a null context; later calls may leave the credentials out.
    Input: TOKEN with the peer's token, EMPTY for MISSING or EXTRA, CHANNEL_BINDINGS. Output: TOKEN.
    With ALLOCATE_MEMORY the output is allocated; without, a buffer that is too small raises
    BufferTooSmall, its length says what is needed, and the same call may be made again.
    """

def initiate(package: str, *, target: str | None = None, credential: Credential | Identity | Sequence[Identity] | None = None, require: Flag | None = None, request: Flag | None = None, relax: Flag | None = None, without: Flag | None = None, channel_bindings: ChannelBindings | None = None, binding_policy: Literal["never", "when_supported", "always"] | None = None, allow: Allow | None = None, packages: Sequence[str] | None = None, without_packages: Sequence[str] | None = None, delegation: DelegationPolicy | None = None, kdc: Callable[[str, bytes], bytes] | None = None) -> Handshake:
    """
    Starts a handshake as the client of a package: "Negotiate", "Kerberos", "NTLM", "CREDSSP".

    - `target` is the server's name, such as "HTTP/web.example.com".
    - `credential` is a `Password`, `NtHash` or `Anonymous`, for Kerberos a `CredentialCache` or a
      `Keytab` too, for CREDSSP `TrustedRoots` and a `SmartCard` beside it, or a `Credential`; without one
      it is the current user's.
    - `require`, `request`, `relax` and `without` are flags: what must be had, what is asked for
      beside it, what of the default is not insisted on, what is not even asked for. The default is
      mutual authentication (where the package has it), integrity, confidentiality, replay and
      sequence detection.
    - `channel_bindings` ties the logon to a TLS connection; `binding_policy` is "never",
      "when_supported" (default) or "always".
    - `allow` allows by name what is off: NTLMv1, short keys, anonymous logons, CredSSP's old versions.
    - `packages` and `without_packages` say what Negotiate may use, in order of preference.
    - `kdc` carries questions to KDCs: a callable that gets the realm and the message, and gives the
      answer; it may block. What it raises says that no KDC could be asked: Negotiate then goes on without
      Kerberos. Without one nobody is asked.
    - `delegation` says to which targets CREDSSP may delegate credentials, where DELEGATE is among the
      flags; the named target is the default.
    """

def inspect(token: bytes | bytearray | memoryview) -> Inspection:
    """
    Looks into a token. Never fails: of a damaged token it shows what can be read and what is wrong.
    """

def make_signature(context: SecurityContext, quality: SupportsIndex, message: Sequence[Buffer], sequence: SupportsIndex = 0) -> None:
    """
    Signs the DATA buffers into the TOKEN buffer. The sequence number counts only in connectionless
    contexts.
    """

def package(name: str) -> PackageInfo:
    """
    What is told about the package with this name, in any case.
    """

def packages() -> list[PackageInfo]:
    """
    What is told about every package.
    """

def query_context_attributes(context: SecurityContext, attribute: int) -> Any:
    """
    Answers a question about an established context.
    """

def query_credentials_attributes(credential: Credential) -> str:
    """
    Whose credentials they are.
    """

def query_security_context_token(context: SecurityContext) -> tuple[str, bool, bool, datetime | None]:
    """
    Who the client of a server's context is: the name, whether it is anonymous, whether it lets the
    server only identify it, and when that ends.
    """

def set_context_attributes(context: SecurityContext, attribute: int, value: bytes | bytearray | memoryview) -> None:
    """
    Sets UNIQUE_BINDINGS or ENDPOINT_BINDINGS, as a SEC_CHANNEL_BINDINGS structure
    (`ChannelBindings.to_structure`), before the context is established.
    """

def shut_down_stream(context: SecurityContext) -> bytes:
    """
    Ends a stream: gives the bytes to send as its last (`ApplyControlToken` with SCHANNEL_SHUTDOWN, and
    the call after it).
    """

def verify_signature(context: SecurityContext, message: Sequence[Buffer], sequence: SupportsIndex = 0) -> int:
    """
    Checks the signature in the TOKEN buffer; gives the quality of the protection.
    """
