"""What holds for NTLM and for Negotiate alike, with pyspnego at the other end."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anysspi
import pytest
from anysspi import Account, Accounts, ChannelBindings, Flag, Handshake, NtHash, Password

if TYPE_CHECKING:
    from types import ModuleType

    from spnego import ContextProxy

    OurEnd = Callable[..., Handshake]
    TheirEnd = Callable[..., ContextProxy]
    LogIn = Callable[..., list[bytes]]
    Pair = tuple[anysspi.Context, ContextProxy]

SIZES = [0, 1, 1000, 100_000]

PROTECTION = (
    Flag.INTEGRITY
    | Flag.CONFIDENTIALITY
    | Flag.REPLAY_DETECT
    | Flag.SEQUENCE_DETECT
    | Flag.CONNECTION
)

# MD4 of "Passw0rd!" in UTF-16LE, which Python no longer computes everywhere.
NT_HASH = "FC525C9683E8FE067095BA2DDC971889"

RIGHT = b"tls-unique:the right channel"
WRONG = b"tls-unique:another channel"


def message_of(size: int) -> bytes:
    return bytes(at % 251 for at in range(size))


def changed(data: bytes, at: int) -> bytes:
    altered = bytearray(data)
    altered[at] ^= 1
    return bytes(altered)


class TestOurClient:
    def test_is_let_in(self, our_client: OurEnd, their_server: TheirEnd, log_in: LogIn) -> None:
        client, server = our_client(), their_server()
        log_in(client, server)
        assert server.complete
        assert server.client_principal == r"EXAMPLE\alice"
        assert client.context.client == r"EXAMPLE\alice"
        assert client.context.side == "initiator"
        assert client.context.flags == PROTECTION
        assert client.context.negotiated_package.name == "NTLM"

    def test_every_account_is_let_in(
        self,
        our_client: OurEnd,
        their_server: TheirEnd,
        log_in: LogIn,
        accounts: dict[str, str],
    ) -> None:
        for user, password in accounts.items():
            client, server = our_client(credential=Password(user, password)), their_server()
            log_in(client, server)
            assert server.client_principal == user
            assert client.context.client == user
            assert client.context.session_key == server.session_key

    def test_an_nt_hash_is_as_good_as_the_password(
        self, our_client: OurEnd, their_server: TheirEnd, log_in: LogIn
    ) -> None:
        credential = NtHash(r"EXAMPLE\alice", bytes.fromhex(NT_HASH))
        client, server = our_client(credential=credential), their_server()
        log_in(client, server)
        assert client.context.session_key == server.session_key

    @pytest.mark.parametrize(
        "credential",
        [
            Password(r"EXAMPLE\alice", "wrong"),
            Password(r"EXAMPLE\alice", ""),
            NtHash(r"EXAMPLE\alice", bytes(16)),
        ],
        ids=["another", "empty", "hash"],
    )
    def test_a_wrong_password_is_refused(
        self,
        spnego: ModuleType,
        our_client: OurEnd,
        their_server: TheirEnd,
        log_in: LogIn,
        credential: anysspi.Identity,
    ) -> None:
        server = their_server()
        with pytest.raises(spnego.exceptions.InvalidTokenError, match="Invalid NTLM response"):
            log_in(our_client(credential=credential), server)
        assert not server.complete

    @pytest.mark.parametrize("user", [r"EXAMPLE\mallory", r"OTHER\alice"])
    def test_an_unknown_user_is_refused(
        self,
        spnego: ModuleType,
        our_client: OurEnd,
        their_server: TheirEnd,
        log_in: LogIn,
        user: str,
    ) -> None:
        server = their_server()
        with pytest.raises(spnego.exceptions.SpnegoError, match="any matching credential"):
            log_in(our_client(credential=Password(user, "Passw0rd!")), server)
        assert not server.complete

    def test_the_right_channel_bindings_are_let_in(
        self, our_client: OurEnd, their_server: TheirEnd, log_in: LogIn
    ) -> None:
        client = our_client(channel_bindings=ChannelBindings(RIGHT), binding_policy="always")
        log_in(client, their_server(bindings=RIGHT))
        assert client.context.bindings_checked == "sent"

    def test_wrong_channel_bindings_are_refused(
        self, spnego: ModuleType, our_client: OurEnd, their_server: TheirEnd, log_in: LogIn
    ) -> None:
        client = our_client(channel_bindings=ChannelBindings(WRONG))
        with pytest.raises(spnego.exceptions.BadBindingsError, match="do not match"):
            log_in(client, their_server(bindings=RIGHT))

    def test_the_policy_never_sends_no_channel_bindings(
        self, our_client: OurEnd, their_server: TheirEnd, log_in: LogIn
    ) -> None:
        # Their server lets in who sends none, and would refuse the wrong ones.
        client = our_client(channel_bindings=ChannelBindings(WRONG), binding_policy="never")
        log_in(client, their_server(bindings=RIGHT))
        assert client.context.bindings_checked == "no"

    def test_missing_channel_bindings_are_let_in_by_them(
        self, our_client: OurEnd, their_server: TheirEnd, log_in: LogIn
    ) -> None:
        client = our_client()
        log_in(client, their_server(bindings=RIGHT))
        assert client.context.bindings_checked == "no"

    def test_the_policy_always_wants_channel_bindings_before_it_says_a_word(
        self, our_client: OurEnd
    ) -> None:
        with pytest.raises(anysspi.BadBindings):
            our_client(binding_policy="always").step()


class TestOurServer:
    def test_lets_them_in(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn, target: str
    ) -> None:
        client, server = their_client(), our_server()
        log_in(client, server)
        context = server.context
        assert client.complete
        assert context.client == r"EXAMPLE\alice"
        assert (context.client_user, context.client_domain) == ("alice", "EXAMPLE")
        assert context.side == "acceptor"
        assert context.target == target
        assert context.flags == PROTECTION
        assert context.negotiated_package.name == "NTLM"
        assert not context.is_anonymous

    def test_lets_every_account_in(
        self,
        our_server: OurEnd,
        their_client: TheirEnd,
        log_in: LogIn,
        accounts: dict[str, str],
    ) -> None:
        for user, password in accounts.items():
            client, server = their_client(user, password), our_server()
            log_in(client, server)
            assert server.context.client == user
            assert server.context.session_key == client.session_key

    def test_lets_a_client_with_an_nt_hash_in(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        client, server = their_client(nt_hash=NT_HASH), our_server()
        log_in(client, server)
        assert server.context.client == r"EXAMPLE\alice"
        assert server.context.session_key == client.session_key

    def test_needs_only_the_nt_hash_of_an_account(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        account = Account(r"EXAMPLE\alice", nt_hash=bytes.fromhex(NT_HASH))
        client, server = their_client(), our_server(credential=Accounts([account]))
        log_in(client, server)
        assert server.context.session_key == client.session_key

    def test_reads_the_account_file_that_they_read(
        self,
        our_server: OurEnd,
        their_client: TheirEnd,
        log_in: LogIn,
        accounts: dict[str, str],
        account_file: Path,
    ) -> None:
        for user, password in accounts.items():
            server = our_server(credential=Accounts(account_file))
            log_in(their_client(user, password), server)
            assert server.context.client == user

    def test_asks_a_callable_for_the_user(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        asked = []

        def look_up(user: str, domain: str, package: str) -> Account:
            asked.append((user, domain, package))
            return Account(r"EXAMPLE\alice", "Passw0rd!")

        server = our_server(credential=Accounts(look_up))
        log_in(their_client(), server)
        assert asked == [("alice", "EXAMPLE", "NTLM")]
        assert server.context.client == r"EXAMPLE\alice"

    def test_takes_one_credential_for_many_clients(
        self,
        package: str,
        our_server: OurEnd,
        their_client: TheirEnd,
        log_in: LogIn,
        accounts: dict[str, str],
    ) -> None:
        credential = anysspi.Credential(package, Accounts(accounts), usage=anysspi.Usage.INBOUND)
        for user, password in accounts.items():
            server = our_server(credential=credential)
            log_in(their_client(user, password), server)
            assert server.context.client == user

    @pytest.mark.parametrize("password", ["wrong", ""])
    def test_a_wrong_password_is_refused(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn, password: str
    ) -> None:
        server = our_server()
        with pytest.raises(anysspi.LogonDenied):
            log_in(their_client(password=password), server)
        assert not server.done

    def test_an_unknown_user_is_refused_like_a_wrong_password(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        said = set()
        for user, password in [
            (r"EXAMPLE\alice", "wrong"),
            (r"EXAMPLE\mallory", "Passw0rd!"),
            (r"OTHER\alice", "Passw0rd!"),
        ]:
            with pytest.raises(anysspi.LogonDenied) as refusal:
                log_in(their_client(user, password), our_server())
            said.add((str(refusal.value), refusal.value.nt_status))
        assert len(said) == 1

    def test_a_refused_handshake_stays_refused(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        server = our_server()
        with pytest.raises(anysspi.LogonDenied):
            log_in(their_client(password="wrong"), server)
        with pytest.raises(anysspi.LogonDenied):
            log_in(their_client(), server)
        with pytest.raises(anysspi.LogonDenied):
            _ = server.context

    def test_a_disabled_account_is_refused(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        account = Account(r"EXAMPLE\alice", "Passw0rd!", state="disabled")
        with pytest.raises(anysspi.CredentialError) as refusal:
            log_in(their_client(), our_server(credential=Accounts([account])))
        assert refusal.value.nt_status == 0xC0000072

    @pytest.mark.parametrize(
        ("sent", "policy", "checked"),
        [
            (RIGHT, "when_supported", "verified"),
            (RIGHT, "always", "verified"),
            (RIGHT, "never", "no"),
            (WRONG, "when_supported", None),
            (WRONG, "always", None),
            (WRONG, "never", "no"),
            (None, "when_supported", "no"),
            (None, "always", None),
            (None, "never", "no"),
        ],
    )
    def test_judges_channel_bindings_by_its_policy(
        self,
        our_server: OurEnd,
        their_client: TheirEnd,
        log_in: LogIn,
        sent: bytes | None,
        policy: str,
        checked: str | None,
    ) -> None:
        client = their_client(bindings=sent)
        server = our_server(channel_bindings=ChannelBindings(RIGHT), binding_policy=policy)
        if checked is None:
            with pytest.raises(anysspi.BadBindings):
                log_in(client, server)
            assert not server.done
        else:
            log_in(client, server)
            assert server.context.bindings_checked == checked

    def test_without_channel_bindings_does_not_look_at_theirs(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        server = our_server()
        log_in(their_client(bindings=RIGHT), server)
        assert server.context.bindings_checked == "no"

    def test_channel_bindings_have_addresses_too(
        self, spnego: ModuleType, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        theirs = spnego.channel_bindings.GssChannelBindings(
            initiator_addrtype=spnego.channel_bindings.AddressType.inet,
            initiator_address=b"\x7f\0\0\1",
            acceptor_addrtype=spnego.channel_bindings.AddressType.inet,
            acceptor_address=b"\x7f\0\0\2",
            application_data=RIGHT,
        )

        def bound_to(acceptor: bytes) -> Handshake:
            bindings = ChannelBindings(
                RIGHT, initiator_address=(2, b"\x7f\0\0\1"), acceptor_address=(2, acceptor)
            )
            return our_server(channel_bindings=bindings)

        server = bound_to(b"\x7f\0\0\2")
        log_in(their_client(bindings=theirs), server)
        assert server.context.bindings_checked == "verified"
        with pytest.raises(anysspi.BadBindings):
            log_in(their_client(bindings=theirs), bound_to(b"\x7f\0\0\3"))

    @pytest.mark.parametrize("name", ["sha256", "sha384", "sha512"])
    def test_makes_channel_bindings_from_a_certificate(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn, name: str
    ) -> None:
        certificate = certificate_with(name)
        # RFC 5929, section 4: the hash of the certificate's own signature.
        data = b"tls-server-end-point:" + hashlib.new(name, certificate).digest()
        server = our_server(
            channel_bindings=ChannelBindings.tls_server_end_point(certificate),
            binding_policy="always",
        )
        log_in(their_client(bindings=data), server)
        assert server.context.bindings_checked == "verified"

    def test_keeps_to_the_protection_that_it_requires(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        with pytest.raises(anysspi.SecurityQosFailed):
            log_in(their_client(flags="integrity"), our_server())
        client, server = their_client(flags="integrity"), our_server(relax=Flag.CONFIDENTIALITY)
        log_in(client, server)
        assert Flag.CONFIDENTIALITY not in server.context.flags
        server.context.verify(b"one", client.sign(b"one"))
        client.verify(b"one", server.context.sign(b"one"))


class TestBothEnds:
    def test_have_the_same_session_key(self, pair: Pair) -> None:
        ours, theirs = pair
        assert len(ours.session_key) == 16
        assert any(ours.session_key)
        assert ours.session_key == theirs.session_key

    def test_have_another_session_key_every_time(
        self, our_client: OurEnd, their_server: TheirEnd, log_in: LogIn
    ) -> None:
        keys = set()
        for _ in range(3):
            client = our_client()
            log_in(client, their_server())
            keys.add(client.context.session_key)
        assert len(keys) == 3

    @pytest.mark.parametrize("size", SIZES)
    def test_open_what_the_other_sealed(self, pair: Pair, size: int) -> None:
        ours, theirs = pair
        message = message_of(size)
        for _ in range(3):
            sealed = ours.wrap(message)
            assert len(sealed) == size + ours.sizes.security_trailer
            assert size < 16 or message not in sealed
            assert theirs.unwrap(sealed).data == message
            assert ours.unwrap(theirs.wrap(message).data) == message

    def test_open_several_messages_before_one_comes_back(self, pair: Pair) -> None:
        ours, theirs = pair
        messages = [message_of(size) for size in SIZES]
        to_them = [ours.wrap(message) for message in messages]
        to_us = [theirs.wrap(message).data for message in messages]
        assert [theirs.unwrap(sealed).data for sealed in to_them] == messages
        assert [ours.unwrap(sealed) for sealed in to_us] == messages

    @pytest.mark.parametrize("size", SIZES)
    def test_verify_what_the_other_signed(self, pair: Pair, size: int) -> None:
        ours, theirs = pair
        message = message_of(size)
        for _ in range(3):
            theirs.verify(message, ours.sign(message))
            ours.verify(message, theirs.sign(message))

    def test_may_seal_and_sign_in_turn(self, pair: Pair) -> None:
        ours, theirs = pair
        for message in [b"one", b"two", b"three"]:
            theirs.verify(message, ours.sign(message))
            assert theirs.unwrap(ours.wrap(message)).data == message
            ours.verify(message, theirs.sign(message))
            assert ours.unwrap(theirs.wrap(message).data) == message

    # In the version, the checksum, the number, and the message.
    @pytest.mark.parametrize("at", [0, 4, 12, 16, -1])
    def test_we_refuse_a_changed_message_and_open_the_true_one(self, pair: Pair, at: int) -> None:
        ours, theirs = pair
        sealed = theirs.wrap(b"pay one").data
        with pytest.raises((anysspi.MessageAltered, anysspi.OutOfSequence)):
            ours.unwrap(changed(sealed, at))
        assert ours.unwrap(sealed) == b"pay one"

    @pytest.mark.parametrize("at", [4, 16, -1])
    def test_they_refuse_a_changed_message(self, spnego: ModuleType, pair: Pair, at: int) -> None:
        ours, theirs = pair
        sealed = changed(ours.wrap(b"pay one"), at)
        with pytest.raises(spnego.exceptions.BadMICError):
            theirs.unwrap(sealed)

    def test_we_refuse_a_signature_of_another_message(self, pair: Pair) -> None:
        ours, theirs = pair
        signature = theirs.sign(b"pay one")
        with pytest.raises(anysspi.MessageAltered):
            ours.verify(b"pay ten", signature)
        with pytest.raises(anysspi.MessageAltered):
            ours.verify(b"pay one", changed(signature, 4))
        ours.verify(b"pay one", signature)

    def test_they_refuse_a_signature_of_another_message(
        self, spnego: ModuleType, pair: Pair
    ) -> None:
        ours, theirs = pair
        signature = ours.sign(b"pay one")
        with pytest.raises(spnego.exceptions.BadMICError):
            theirs.verify(b"pay ten", signature)

    def test_they_refuse_a_changed_signature(self, spnego: ModuleType, pair: Pair) -> None:
        ours, theirs = pair
        signature = changed(ours.sign(b"pay one"), 4)
        with pytest.raises(spnego.exceptions.BadMICError):
            theirs.verify(b"pay one", signature)

    def test_we_refuse_a_message_that_comes_twice(self, pair: Pair) -> None:
        ours, theirs = pair
        sealed = theirs.wrap(b"pay one").data
        assert ours.unwrap(sealed) == b"pay one"
        with pytest.raises(anysspi.OutOfSequence):
            ours.unwrap(sealed)

    def test_we_refuse_a_message_before_its_turn(self, pair: Pair) -> None:
        ours, theirs = pair
        first, second = theirs.wrap(b"first").data, theirs.wrap(b"second").data
        with pytest.raises(anysspi.OutOfSequence):
            ours.unwrap(second)
        assert ours.unwrap(first) == b"first"
        assert ours.unwrap(second) == b"second"

    def test_we_refuse_what_is_shorter_than_a_signature(self, pair: Pair) -> None:
        ours, theirs = pair
        sealed = theirs.wrap(b"").data
        for short in (b"", sealed[:15]):
            with pytest.raises(anysspi.SspiError):
                ours.unwrap(short)
        assert ours.unwrap(sealed) == b""

    def test_our_own_message_does_not_come_back_to_us(self, pair: Pair) -> None:
        ours, _ = pair
        with pytest.raises(anysspi.MessageAltered):
            ours.unwrap(ours.wrap(b"pay one"))


def certificate_with(name: str) -> bytes:
    """A certificate in DER with a signature of that hash."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    algorithms: dict[str, Any] = {
        "sha256": hashes.SHA256(),
        "sha384": hashes.SHA384(),
        "sha512": hashes.SHA512(),
    }
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "server.example.com")])
    begin = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=36500))
        .sign(key, algorithms[name])
    )
    return certificate.public_bytes(serialization.Encoding.DER)
