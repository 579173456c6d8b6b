"""What is particular to Negotiate, with pyspnego at the other end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import anysspi
import pytest
from anysspi import Handshake, Password

if TYPE_CHECKING:
    from types import ModuleType

    from spnego import ContextProxy

    OurEnd = Callable[..., Handshake]
    TheirEnd = Callable[..., ContextProxy]
    LogIn = Callable[..., list[bytes]]

# The first number in a signature of NTLM, which is in its last four bytes.
FIRST = bytes(4)


@pytest.fixture
def package() -> str:
    return "Negotiate"


def with_another_code(token: bytes) -> bytes:
    """The signature over the list ends the token: a checksum, and a number of four bytes."""
    altered = bytearray(token)
    altered[-5] ^= 1
    return bytes(altered)


def altering_the_code_of(leg: int) -> Callable[[int, bytes], bytes]:
    return lambda passing, token: with_another_code(token) if passing == leg else token


class TestOurClient:
    def test_agrees_on_ntlm_and_signs_the_list(
        self, our_client: OurEnd, their_server: TheirEnd, log_in: LogIn
    ) -> None:
        client, server = our_client(), their_server()
        tokens = log_in(client, server)
        assert len(tokens) == 4
        assert [token[-4:] for token in tokens[2:]] == [FIRST, FIRST]
        assert server.negotiated_protocol == "ntlm"
        context = client.context
        assert context.package.name == "Negotiate"
        assert context.negotiation is not None
        assert context.negotiation.offered == ["NTLM"]
        assert context.negotiation.chosen == "NTLM"
        assert context.negotiation.list_was_signed

    def test_is_not_done_before_the_server_has_signed(
        self, our_client: OurEnd, their_server: TheirEnd
    ) -> None:
        client, server = our_client(), their_server()
        client.step(server.step(client.step()))
        assert not client.done
        with pytest.raises(anysspi.OutOfSequence):
            _ = client.context

    def test_refuses_a_server_that_signed_another_list(
        self, our_client: OurEnd, their_server: TheirEnd, log_in: LogIn
    ) -> None:
        client = our_client()
        with pytest.raises(anysspi.MessageAltered):
            log_in(client, their_server(), altering_the_code_of(3))
        assert not client.done

    def test_is_refused_when_its_list_is_not_what_it_signed(
        self, spnego: ModuleType, our_client: OurEnd, their_server: TheirEnd, log_in: LogIn
    ) -> None:
        with pytest.raises(spnego.exceptions.BadMICError):
            log_in(our_client(), their_server(), altering_the_code_of(2))

    def test_has_nothing_to_offer_without_ntlm(self, our_client: OurEnd) -> None:
        with pytest.raises(anysspi.SspiError):
            our_client(without_packages=["NTLM"]).step()

    def test_goes_from_one_server_to_the_next_with_one_credential(
        self, our_client: OurEnd, their_server: TheirEnd, log_in: LogIn
    ) -> None:
        credential = anysspi.Credential("Negotiate", Password(r"EXAMPLE\alice", "Passw0rd!"))
        for _ in range(3):
            client, server = our_client(credential=credential), their_server()
            log_in(client, server)
            assert server.client_principal == r"EXAMPLE\alice"
            assert server.unwrap(client.context.wrap(b"hello")).data == b"hello"


class TestOurServer:
    def test_agrees_on_ntlm_and_signs_the_list(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        client, server = their_client(), our_server()
        tokens = log_in(client, server)
        assert len(tokens) == 4
        assert [token[-4:] for token in tokens[2:]] == [FIRST, FIRST]
        assert client.negotiated_protocol == "ntlm"
        context = server.context
        assert context.package.name == "Negotiate"
        assert context.negotiation is not None
        assert context.negotiation.chosen == "NTLM"
        assert context.negotiation.list_was_signed

    def test_tells_the_client_of_a_refusal(
        self, spnego: ModuleType, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        client = their_client(password="wrong")
        with pytest.raises(anysspi.LogonDenied) as refusal:
            log_in(client, our_server())
        assert refusal.value.token is not None
        with pytest.raises(spnego.exceptions.SpnegoError, match="rejection"):
            client.step(refusal.value.token)
        assert not client.complete

    def test_refuses_a_client_that_signed_another_list(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        server = our_server()
        with pytest.raises(anysspi.MessageAltered):
            log_in(their_client(), server, altering_the_code_of(2))
        assert not server.done

    def test_is_refused_when_its_code_is_altered(
        self, spnego: ModuleType, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        with pytest.raises(spnego.exceptions.BadMICError):
            log_in(their_client(), our_server(), altering_the_code_of(3))

    def test_may_speak_first(self, our_server: OurEnd, their_client: TheirEnd) -> None:
        client, server = their_client(), our_server()
        token: bytes | None = server.speak_first()
        while token is not None and not client.complete:
            token = client.step(token)
            token = server.step(token) if token is not None else None
        assert client.complete
        assert server.context.client == r"EXAMPLE\alice"
        assert server.context.unwrap(client.wrap(b"hello").data) == b"hello"
        assert client.unwrap(server.context.wrap(b"hello")).data == b"hello"

    def test_takes_ntlm_without_anything_around_it(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        client, server = their_client(protocol="ntlm"), our_server()
        tokens = log_in(client, server)
        assert [token[:8] for token in tokens] == [b"NTLMSSP\0"] * 3
        assert server.context.client == r"EXAMPLE\alice"
        assert server.context.session_key == client.session_key
        assert server.context.negotiation is not None
        assert not server.context.negotiation.list_was_signed
        assert server.context.unwrap(client.wrap(b"hello").data) == b"hello"
        assert client.unwrap(server.context.wrap(b"hello")).data == b"hello"

    def test_refuses_a_wrong_password_without_anything_around_it(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        with pytest.raises(anysspi.LogonDenied):
            log_in(their_client(password="wrong", protocol="ntlm"), our_server())
