"""Handshakes that somebody gives up while a look-up is still at work."""

from __future__ import annotations

import asyncio
import threading

import anysspi
import pytest


class Blocked:
    """A look-up that waits until it is let go."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.let_go = threading.Event()

    def __call__(self, user: str, domain: str, package: str) -> anysspi.Account:
        self.asked.set()
        assert self.let_go.wait(10)
        return anysspi.Account("alice", "secret")


def before_the_look_up(look_up: Blocked) -> tuple[anysspi.Handshake, bytes]:
    """A server, and the token at which it looks the user up."""
    client = anysspi.initiate("NTLM", credential=anysspi.Password("alice", "secret"))
    server = anysspi.accept("NTLM", credential=anysspi.Accounts(look_up))
    challenge = server.step(client.step())
    assert challenge is not None
    token = client.step(challenge)
    assert token is not None
    return server, token


def test_a_step_that_times_out_closes_the_handshake() -> None:
    async def scenario() -> None:
        look_up = Blocked()
        server, token = before_the_look_up(look_up)
        step = asyncio.ensure_future(server.astep(token))
        assert await asyncio.to_thread(look_up.asked.wait, 10)
        step.cancel()
        with pytest.raises(asyncio.CancelledError):
            await step
        assert not server.done
        assert server.extra == b""
        look_up.let_go.set()
        # What is left of the call runs in its thread: it must not bring a context about.
        while "busy" in repr(server):  # noqa: ASYNC110 - nobody tells when a thread is through
            await asyncio.sleep(0.001)
        assert "closed" in repr(server)
        with pytest.raises(anysspi.OutOfSequence, match="closed"):
            _ = server.context

    asyncio.run(scenario())


def test_an_iteration_that_times_out_closes_the_handshake() -> None:
    async def scenario() -> None:
        look_up = Blocked()
        server, token = before_the_look_up(look_up)
        server.receive(token)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(server.__anext__(), 0.05)
        look_up.let_go.set()
        with pytest.raises(anysspi.OutOfSequence):
            server.step()

    asyncio.run(scenario())


def test_a_handshake_can_be_closed_while_a_call_is_under_way() -> None:
    look_up = Blocked()
    server, token = before_the_look_up(look_up)
    raised: list[BaseException] = []

    def step() -> None:
        try:
            server.step(token)
        except anysspi.OutOfSequence as error:
            raised.append(error)

    thread = threading.Thread(target=step)
    thread.start()
    assert look_up.asked.wait(10)
    server.close()
    assert not server.done
    look_up.let_go.set()
    thread.join(10)
    assert "closed" in str(raised[0])
    assert not server.done
