"""pyspnego and anysspi in one process: the fixtures make an end of either and have them talk.

What is shared comes as a fixture and never as an import: other directories have a conftest too, and
there can be only one module of that name.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import anysspi
import pytest

if TYPE_CHECKING:
    from types import ModuleType

    from spnego import ContextProxy

USER = r"EXAMPLE\alice"
PASSWORD = "Passw0rd!"

# A handshake with more tokens than this does not come to an end.
MOST_TOKENS = 8


class End(Protocol):
    """Either library's: both call it `step`."""

    def step(self, token: bytes | None = None, /) -> bytes | None: ...


@pytest.fixture(scope="session", autouse=True)
def spnego() -> ModuleType:
    try:
        import spnego
        import spnego.channel_bindings
        import spnego.exceptions
    except ImportError as error:
        missing = f"PYSPNEGO IS MISSING, nothing was compared with it: {error}"
        if "ANYSSPI_REQUIRE_PEERS" in os.environ:
            pytest.fail(missing)
        pytest.skip(missing)
    return spnego


@pytest.fixture(params=["NTLM", "Negotiate"])
def package(request: pytest.FixtureRequest) -> str:
    """Each of them; the files about one of them have their own fixture."""
    return str(request.param)


@pytest.fixture
def target() -> str:
    return "HTTP/server.example.com"


@pytest.fixture
def accounts() -> dict[str, str]:
    """Who is known to the server of either library."""
    return {
        USER: PASSWORD,
        r"EXAMPLE\empty": "",
        # Latin, Greek, Cyrillic, Chinese and a character outside the basic plane.
        "ÉXÄMPLE\\Ünïcødé-Ωμέγα-Жук-王-\U0001f512": "Пароль-密码-\U0001f511",
    }


@pytest.fixture
def account_file(accounts: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "accounts"
    lines = [f"{user}:{password}\n".replace("\\", ":", 1) for user, password in accounts.items()]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
    monkeypatch.setenv("NTLM_USER_FILE", str(path))
    return path


@pytest.fixture
def our_client(package: str, target: str) -> Callable[..., anysspi.Handshake]:
    def make(**keywords: Any) -> anysspi.Handshake:
        known: dict[str, Any] = {"target": target, "credential": anysspi.Password(USER, PASSWORD)}
        return anysspi.initiate(package, **(known | keywords))

    return make


@pytest.fixture
def our_server(package: str, accounts: dict[str, str]) -> Callable[..., anysspi.Handshake]:
    def make(**keywords: Any) -> anysspi.Handshake:
        known: dict[str, Any] = {"credential": anysspi.Accounts(accounts)}
        return anysspi.accept(package, **(known | keywords))

    return make


@pytest.fixture
def their_options(
    spnego: ModuleType, package: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[str, Any]]:
    monkeypatch.setenv("LM_COMPAT_LEVEL", "3")

    def make(
        protocol: str = package.lower(),
        flags: str = "integrity confidentiality replay_detect sequence_detect mutual_auth",
        bindings: object = None,
    ) -> dict[str, Any]:
        wanted = spnego.ContextReq.none
        for flag in flags.split():
            wanted |= spnego.ContextReq[flag]
        if isinstance(bindings, bytes):
            bindings = spnego.channel_bindings.GssChannelBindings(application_data=bindings)
        return {
            "protocol": protocol,
            "context_req": wanted,
            "channel_bindings": bindings,
            # Its own NTLM and SPNEGO, and not those of the system's GSSAPI.
            "options": spnego.NegotiateOptions[f"use_{protocol}"],
        }

    return make


@pytest.fixture
def their_client(
    spnego: ModuleType, target: str, their_options: Callable[..., dict[str, Any]]
) -> Callable[..., ContextProxy]:
    def make(
        user: str = USER, password: str = PASSWORD, nt_hash: str | None = None, **more: Any
    ) -> ContextProxy:
        credential = (
            spnego.Password(user, password)
            if nt_hash is None
            else spnego.NTLMHash(user, nt_hash=nt_hash)
        )
        service, _, host = target.partition("/")
        client: ContextProxy = spnego.client(
            credential, service=service, hostname=host, **their_options(**more)
        )
        return client

    return make


@pytest.fixture
def their_server(
    spnego: ModuleType, account_file: Path, their_options: Callable[..., dict[str, Any]]
) -> Callable[..., ContextProxy]:
    def make(**more: Any) -> ContextProxy:
        server: ContextProxy = spnego.server(**their_options(**more))
        return server

    return make


@pytest.fixture
def log_in() -> Callable[..., list[bytes]]:
    """Carries the tokens until one end has no more to say; `change(leg, token)` may alter them."""

    def run(
        client: End,
        server: End,
        change: Callable[[int, bytes], bytes] = lambda _, token: token,
    ) -> list[bytes]:
        tokens: list[bytes] = []
        token: bytes | None = None
        for end in itertools.cycle((client, server)):
            token = end.step(token)
            if token is None:
                break
            token = change(len(tokens), token)
            tokens.append(token)
            assert len(tokens) <= MOST_TOKENS
        return tokens

    return run


@pytest.fixture(params=["our client", "our server"])
def pair(
    request: pytest.FixtureRequest,
    log_in: Callable[..., list[bytes]],
    our_client: Callable[..., anysspi.Handshake],
    our_server: Callable[..., anysspi.Handshake],
    their_client: Callable[..., ContextProxy],
    their_server: Callable[..., ContextProxy],
) -> tuple[anysspi.Context, ContextProxy]:
    """Our context and theirs after a handshake, with us at either end."""
    if request.param == "our client":
        ours, theirs = our_client(), their_server()
        log_in(ours, theirs)
    else:
        ours, theirs = our_server(), their_client()
        log_in(theirs, ours)
    assert theirs.complete
    return ours.context, theirs
