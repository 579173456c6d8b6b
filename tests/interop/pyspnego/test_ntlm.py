"""What is particular to NTLM, with pyspnego at the other end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import anysspi
import pytest
from anysspi import Accounts, Allow, Flag, Handshake, Password

if TYPE_CHECKING:
    from types import ModuleType

    from spnego import ContextProxy

    OurEnd = Callable[..., Handshake]
    TheirEnd = Callable[..., ContextProxy]
    LogIn = Callable[..., list[bytes]]
    Change = Callable[[int, bytes], bytes]


@pytest.fixture
def package() -> str:
    return "NTLM"


def changing(leg: int, at: int, bits: int = 1) -> Change:
    def change(passing: int, token: bytes) -> bytes:
        if passing != leg:
            return token
        altered = bytearray(token)
        altered[at] ^= bits
        return bytes(altered)

    return change


def proof_of(authenticate: bytes) -> slice:
    """Where the NT response is, which begins with the proof."""
    length = int.from_bytes(authenticate[20:22], "little")
    begin = int.from_bytes(authenticate[24:28], "little")
    return slice(begin, begin + length)


def without_the_proof(leg: int, token: bytes) -> bytes:
    return changing(2, proof_of(token).start)(leg, token) if leg == 2 else token


# What is changed on its way: the client's flags, the server's flags, the integrity code.
UNDER_THE_CODE = pytest.mark.parametrize(
    "change",
    [changing(0, 15, 0x80), changing(1, 23, 0x80), changing(2, 72)],
    ids=["negotiate", "challenge", "code"],
)


class TestOurClient:
    def test_sends_two_of_the_three_messages(
        self, our_client: OurEnd, their_server: TheirEnd, log_in: LogIn
    ) -> None:
        tokens = log_in(our_client(), their_server())
        assert [anysspi.inspect(token).message for token in tokens] == [
            "NEGOTIATE_MESSAGE",
            "CHALLENGE_MESSAGE",
            "AUTHENTICATE_MESSAGE",
        ]
        assert [anysspi.inspect(token).problems for token in tokens] == [[], [], []]

    def test_does_not_name_the_user_in_the_first_message(self, our_client: OurEnd) -> None:
        token = our_client().step()
        assert token is not None
        assert "alice".encode("utf-16-le") not in token
        assert b"alice" not in token

    @UNDER_THE_CODE
    def test_a_changed_token_is_refused_by_them(
        self,
        spnego: ModuleType,
        our_client: OurEnd,
        their_server: TheirEnd,
        log_in: LogIn,
        change: Change,
    ) -> None:
        with pytest.raises(spnego.exceptions.InvalidTokenError, match="Invalid MIC"):
            log_in(our_client(), their_server(), change)

    def test_a_changed_proof_is_refused_by_them(
        self, spnego: ModuleType, our_client: OurEnd, their_server: TheirEnd, log_in: LogIn
    ) -> None:
        with pytest.raises(spnego.exceptions.InvalidTokenError, match="Invalid NTLM response"):
            log_in(our_client(), their_server(), without_the_proof)

    def test_answers_with_ntlmv1_only_where_it_is_allowed(
        self, our_client: OurEnd, their_server: TheirEnd, log_in: LogIn
    ) -> None:
        sizes = []
        for allow in (None, Allow.NTLM_V1):
            client, server = our_client(allow=allow), their_server()
            authenticate = log_in(client, server)[2]
            sizes.append(len(authenticate[proof_of(authenticate)]))
            assert client.context.session_key == server.session_key
        assert sizes[0] > 24
        assert sizes[1] == 24

    def test_has_the_same_key_where_nothing_is_protected(
        self, our_client: OurEnd, their_server: TheirEnd, log_in: LogIn
    ) -> None:
        protection = (
            Flag.INTEGRITY | Flag.CONFIDENTIALITY | Flag.REPLAY_DETECT | Flag.SEQUENCE_DETECT
        )
        client, server = our_client(without=protection), their_server(flags="")
        log_in(client, server)
        assert client.context.flags == Flag.CONNECTION
        assert client.context.session_key == server.session_key

    def test_cannot_have_the_server_proven(self, our_client: OurEnd) -> None:
        with pytest.raises(anysspi.MutualAuthFailed):
            our_client(require=Flag.MUTUAL_AUTH)


class TestOurServer:
    def test_sends_one_of_the_three_messages(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        server = our_server()
        tokens = log_in(their_client(), server)
        assert len(tokens) == 3
        assert server.done
        assert server.context.negotiation is None

    @pytest.mark.parametrize(
        "user", [r"example\ALICE", "alice", r".\alice", "alice@example", r"EXAMPLE\alice"]
    )
    def test_knows_a_user_under_every_form_of_the_name(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn, user: str
    ) -> None:
        server = our_server()
        log_in(their_client(user), server)
        assert server.context.client == r"EXAMPLE\alice"

    @UNDER_THE_CODE
    def test_refuses_a_changed_token(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn, change: Change
    ) -> None:
        with pytest.raises(anysspi.MessageAltered):
            log_in(their_client(), our_server(), change)

    def test_refuses_a_changed_proof(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        with pytest.raises(anysspi.LogonDenied):
            log_in(their_client(), our_server(), without_the_proof)

    def test_has_no_token_that_tells_the_client_of_a_refusal(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        with pytest.raises(anysspi.LogonDenied) as refusal:
            log_in(their_client(password="wrong"), our_server())
        assert refusal.value.token is None

    def test_judges_the_target(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        server = our_server(accepted_targets=["http/SERVER.example.com"])
        log_in(their_client(), server)
        assert server.done
        with pytest.raises(anysspi.WrongPrincipal):
            log_in(their_client(), our_server(accepted_targets=["CIFS/server.example.com"]))

    @pytest.mark.parametrize(
        ("level", "refusal"),
        [
            ("0", anysspi.AlgorithmMismatch),
            ("1", anysspi.LogonDenied),
            ("2", anysspi.LogonDenied),
        ],
    )
    def test_takes_ntlmv1_only_where_it_is_allowed(
        self,
        monkeypatch: pytest.MonkeyPatch,
        our_server: OurEnd,
        their_client: TheirEnd,
        log_in: LogIn,
        level: str,
        refusal: type[anysspi.SspiError],
    ) -> None:
        monkeypatch.setenv("LM_COMPAT_LEVEL", level)
        with pytest.raises(refusal):
            log_in(their_client(), our_server())
        client, server = their_client(), our_server(allow=Allow.NTLM_V1)
        log_in(client, server)
        assert server.context.session_key == client.session_key
        for message in [b"", b"one", bytes(1000)]:
            assert server.context.unwrap(client.wrap(message).data) == message
            assert client.unwrap(server.context.wrap(message)).data == message

    def test_reports_what_a_look_up_raised(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn
    ) -> None:
        def look_up(user: str, domain: str, package: str) -> None:
            raise ConnectionError("the directory is down")

        with pytest.raises(anysspi.InternalError) as failure:
            log_in(their_client(), our_server(credential=Accounts(look_up)))
        assert isinstance(failure.value.__cause__, ConnectionError)

    def test_answers_another_client_after_a_refusal(
        self, our_server: OurEnd, their_client: TheirEnd, log_in: LogIn, accounts: dict[str, str]
    ) -> None:
        credential = Accounts(accounts)
        with pytest.raises(anysspi.LogonDenied):
            log_in(their_client(password="wrong"), our_server(credential=credential))
        server = our_server(credential=credential)
        log_in(their_client(), server)
        assert server.context.client == r"EXAMPLE\alice"


def test_our_client_meets_our_server(our_client: OurEnd, our_server: OurEnd, log_in: LogIn) -> None:
    # That the tests' own courier carries the tokens rightly, with no peer to put the blame on.
    client, server = our_client(credential=Password(r"EXAMPLE\empty", "")), our_server()
    assert len(log_in(client, server)) == 3
    assert server.context.client == r"EXAMPLE\empty"
