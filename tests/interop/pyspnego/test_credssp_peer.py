"""CredSSP with pyspnego at the other end: what is delegated, and the stream."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import anysspi
import pytest
from anysspi import Accounts, Allow, Certificate, Flag, Password

if TYPE_CHECKING:
    from types import ModuleType

    from spnego import ContextProxy

USER = r"EXAMPLE\alice"
PASSWORD = "Passw0rd!"

# More legs than any handshake has.
MOST_LEGS = 16


@pytest.fixture
def package() -> str:
    return "CREDSSP"


@pytest.fixture
def target() -> str:
    return "TERMSRV/server.example.com"


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def tls(request: pytest.FixtureRequest) -> ssl.TLSVersion:
    version: ssl.TLSVersion = request.param
    return version


@pytest.fixture
def their_options(spnego: ModuleType, tls: ssl.TLSVersion) -> Callable[..., dict[str, Any]]:
    import spnego._credssp

    def make(usage: str) -> dict[str, Any]:
        context = spnego._credssp._create_tls_context(usage)
        context.context.minimum_version = context.context.maximum_version = tls
        return {
            "protocol": "credssp",
            "credssp_tls_context": context,
            "options": spnego.NegotiateOptions.use_negotiate,
        }

    return make


@pytest.fixture(scope="session")
def certificate(spnego: ModuleType) -> Certificate:
    """Their client takes only servers whose key is RSA."""
    import spnego.tls

    chain, key, _ = spnego.tls.generate_tls_certificate()
    return Certificate.from_pem(chain + key)


def run(client: Any, server: Any, is_done: Callable[[], bool]) -> None:
    token = client.step()
    for _ in range(MOST_LEGS):
        answer = server.step(token or b"")
        if is_done():
            return
        token = client.step(answer or b"")
    raise AssertionError("it does not come to an end")


def assert_stream(ours: anysspi.Context, theirs: ContextProxy) -> None:
    for length in (1, 100, 5_000):
        message = bytes(at % 251 for at in range(length))
        assert theirs.unwrap(ours.wrap(message)).data == message
        assert ours.unwrap(theirs.wrap(message).data) == message


def to_pyspnego(
    client: anysspi.Handshake, server: ContextProxy
) -> tuple[anysspi.Context, ContextProxy]:
    run(client, server, lambda: client.done and bool(server.complete))
    return client.context, server


def from_pyspnego(
    client: ContextProxy, server: anysspi.Handshake
) -> tuple[anysspi.Context, ContextProxy]:
    run(client, server, lambda: server.done)
    return server.context, client


@pytest.mark.parametrize("user", [USER, "ÉXÄMPLE\\Ünïcødé-Ωμέγα-Жук-王-\U0001f512"])
def test_their_server_gets_the_password_we_delegate(
    user: str,
    accounts: dict[str, str],
    our_client: Callable[..., anysspi.Handshake],
    their_server: Callable[..., ContextProxy],
) -> None:
    credential = Password(user, accounts[user])
    client = our_client(credential=credential, require=Flag.DELEGATE)
    ours, theirs = to_pyspnego(client, their_server(usage="accept"))
    delegated = theirs.get_extra_info("client_credential")
    assert f"{delegated.domain_name}\\{delegated.username}" == user
    assert delegated.password == accounts[user]
    assert_stream(ours, theirs)


def test_their_server_gets_nothing_where_nothing_is_to_be_delegated(
    our_client: Callable[..., anysspi.Handshake], their_server: Callable[..., ContextProxy]
) -> None:
    ours, theirs = to_pyspnego(our_client(), their_server(usage="accept"))
    delegated = theirs.get_extra_info("client_credential")
    assert (delegated.username, delegated.password) == ("", "")
    assert Flag.DELEGATE not in ours.flags


@pytest.mark.parametrize("user", [USER, "ÉXÄMPLE\\Ünïcødé-Ωμέγα-Жук-王-\U0001f512"])
def test_their_client_delegates_to_us(
    user: str,
    accounts: dict[str, str],
    certificate: Certificate,
    our_server: Callable[..., anysspi.Handshake],
    their_client: Callable[..., ContextProxy],
) -> None:
    client = their_client(user, accounts[user], usage="initiate")
    server = our_server(credential=[Accounts(accounts), certificate])
    ours, theirs = from_pyspnego(client, server)
    delegated = ours.delegated()
    assert isinstance(delegated, Password)
    assert (delegated.user, delegated.password) == (user, accounts[user])
    assert_stream(ours, theirs)


def test_a_wrong_password_is_refused_on_both_sides_and_the_peer_is_told(
    certificate: Certificate,
    accounts: dict[str, str],
    our_client: Callable[..., anysspi.Handshake],
    our_server: Callable[..., anysspi.Handshake],
    their_client: Callable[..., ContextProxy],
    their_server: Callable[..., ContextProxy],
) -> None:
    wrong = our_client(credential=Password(USER, "wrong"))
    with pytest.raises(anysspi.LogonDenied):
        to_pyspnego(wrong, their_server(usage="accept"))
    client = their_client(USER, "wrong", usage="initiate")
    server = our_server(credential=[Accounts(accounts), certificate])
    with pytest.raises(anysspi.LogonDenied) as raised:
        from_pyspnego(client, server)
    with pytest.raises(Exception, match="NTStatus"):
        client.step(raised.value.token)


def test_old_versions_are_refused_unless_they_are_allowed(
    monkeypatch: pytest.MonkeyPatch,
    our_client: Callable[..., anysspi.Handshake],
    their_server: Callable[..., ContextProxy],
) -> None:
    monkeypatch.setattr("spnego._credssp._CREDSSP_VERSION", 4)
    with pytest.raises(anysspi.AlgorithmMismatch):
        to_pyspnego(our_client(), their_server(usage="accept"))
    old = our_client(allow=Allow.OLD_CREDSSP, require=Flag.DELEGATE)
    _, theirs = to_pyspnego(old, their_server(usage="accept"))
    assert theirs.get_extra_info("client_credential").password == PASSWORD
