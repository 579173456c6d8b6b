"""Handshakes: the shared cases, every way to run the loop, and calls out of turn."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Any

import anysspi
import pytest
from anysspi import Account, Flag, Handshake
from support import (
    PASSWORD,
    TARGET,
    USER,
    Exchange,
    ends,
    pair,
    pending_server,
    read_cases,
    run_case,
)

BOTH = pytest.mark.parametrize("package", ["NTLM", "Negotiate"])


@pytest.mark.parametrize("case", read_cases("handshake.json"), ids=itemgetter("name"))
def test_the_shared_cases_pass(case: dict[str, Any]) -> None:
    tokens, result, _ = run_case(case)
    assert tokens == case["tokens"]
    assert result == case["result"]


@BOTH
def test_a_for_loop_gives_the_tokens_to_send(package: str) -> None:
    client, server = ends(package)
    for token in client:
        assert isinstance(token, bytes)
        answer = server.step(token)
        if not client.done:
            assert answer is not None
            client.receive(answer)
    assert (client.done, server.done) == (True, True)
    assert (client.side, server.side) == ("initiator", "acceptor")
    assert server.context.client == USER
    assert server.context.target == TARGET
    assert server.context is server.context
    assert client.context.session_key == server.context.session_key


@BOTH
def test_a_generator_hands_tokens_to_and_fro(package: str) -> None:
    def login(handshake: Handshake) -> Generator[bytes, bytes | None, anysspi.Context]:
        context: anysspi.Context = yield from handshake
        return context

    client, server = ends(package)
    running = login(client)
    token = next(running)
    context = None
    while context is None:
        try:
            token = running.send(server.step(token))
        except StopIteration as end:
            context = end.value
    assert context is client.context


def test_a_server_is_a_generator_once_it_has_the_first_token() -> None:
    client, server = ends()
    server.receive(next(client))
    challenge = next(server)
    with pytest.raises(StopIteration) as end:
        server.send(client.send(challenge))
    assert end.value.value is server.context


def test_a_generator_that_is_closed_closes_the_handshake() -> None:
    def login(handshake: Handshake) -> Generator[bytes, bytes | None, None]:
        yield from handshake

    client, _ = ends()
    running = login(client)
    next(running)
    running.close()
    with pytest.raises(anysspi.OutOfSequence, match="closed"):
        client.step(b"x")


@BOTH
def test_an_asynchronous_loop_gives_the_tokens_to_send(package: str) -> None:
    async def client_side(
        client: Handshake, outgoing: asyncio.Queue[bytes], incoming: asyncio.Queue[bytes]
    ) -> None:
        async for token in client:
            outgoing.put_nowait(token)
            if not client.done:
                client.receive(await incoming.get())

    async def server_side(
        server: Handshake, outgoing: asyncio.Queue[bytes], incoming: asyncio.Queue[bytes]
    ) -> None:
        while not server.done:
            token = await server.astep(await incoming.get())
            if token is not None:
                outgoing.put_nowait(token)

    async def both() -> None:
        client, server = ends(package)
        up: asyncio.Queue[bytes] = asyncio.Queue()
        down: asyncio.Queue[bytes] = asyncio.Queue()
        await asyncio.gather(client_side(client, up, down), server_side(server, down, up))
        assert client.context.session_key == server.context.session_key
        assert await client.astep() is None

    asyncio.run(asyncio.wait_for(both(), 30))


def test_an_error_comes_out_of_an_asynchronous_loop() -> None:
    async def go() -> None:
        _, server = ends()
        with pytest.raises(anysspi.InvalidToken):
            await server.astep(b"nonsense")
        with pytest.raises(anysspi.InvalidToken):
            async for _ in server:
                pass

    asyncio.run(go())


def test_the_event_loop_goes_on_while_a_look_up_blocks() -> None:
    released = threading.Event()

    def lookup(*_: str) -> Account:
        assert released.wait(10), "the event loop stood still"
        return Account(USER, PASSWORD)

    async def go() -> None:
        server, proof = pending_server(lookup)
        login = asyncio.create_task(server.astep(proof))
        await asyncio.sleep(0.05)
        assert not login.done()
        released.set()
        assert await login is None
        assert server.context.client == USER

    asyncio.run(go())


def test_a_datagram_handshake_starts_with_the_server() -> None:
    flags = {"request": Flag.DATAGRAM}
    client, server = ends(client=flags, server=flags)
    assert next(client) == b""
    proof = client.step(server.speak_first())
    assert server.step(proof) is None
    assert Flag.DATAGRAM in server.context.flags
    sealed = client.context.wrap(b"one of many", number=7)
    assert server.context.unwrap(sealed, number=7) == b"one of many"


def receive_twice(client: Handshake, server: Handshake) -> None:
    server.receive(next(client))
    server.receive(b"x")


CALLS_BEFORE_THEIR_TURN: dict[str, Callable[[Handshake, Handshake], object]] = {
    "the server iterates before it has a token": lambda client, server: next(server),
    "the server steps without a token": lambda client, server: server.step(),
    "the client gets a token before it has sent one": lambda client, _: client.receive(b"x"),
    "the client iterates while a token is awaited": lambda client, _: (next(client), next(client)),
    "the context before the end": lambda client, _: client.context,
    "a second token before the work is done": receive_twice,
}


@pytest.mark.parametrize("call", CALLS_BEFORE_THEIR_TURN.values(), ids=CALLS_BEFORE_THEIR_TURN)
def test_a_call_out_of_turn_says_so(call: Callable[[Handshake, Handshake], object]) -> None:
    with pytest.raises(anysspi.OutOfSequence, match="out of turn"):
        call(*ends())


def test_a_call_out_of_turn_does_no_harm() -> None:
    client, server = ends()
    with pytest.raises(anysspi.OutOfSequence):
        next(server)
    server.receive(next(client))
    with pytest.raises(anysspi.OutOfSequence):
        next(client)
    assert server.step(client.step(next(server))) is None
    assert server.done


def test_a_handshake_at_its_end_has_nothing_more_to_say() -> None:
    client, server = ends()
    server.step(client.step(server.step(client.step())))
    assert client.step() is None
    assert list(client) == []
    with pytest.raises(StopIteration) as end:
        client.send(None)
    assert end.value.value is client.context
    for call in (client.receive, client.step, client.send):
        with pytest.raises(anysspi.OutOfSequence, match="at its end"):
            call(b"x")
    assert client.context.wrap(b"still standing")
    assert (client.extra, server.extra) == (b"", b"")


def test_extra_is_empty_before_the_end() -> None:
    assert ends()[0].extra == b""


def test_a_failed_handshake_stays_failed_with_the_same_error() -> None:
    _, server = ends()
    errors: list[anysspi.SspiError] = []
    calls: list[Callable[[], object]] = [
        lambda: server.step(b"nonsense"),
        lambda: next(server),
        lambda: server.receive(b"more"),
        lambda: server.send(None),
        lambda: server.context,
    ]
    for call in calls:
        with pytest.raises(anysspi.InvalidToken) as raised:
            call()
        errors.append(raised.value)
    assert len({str(error) for error in errors}) == 1
    assert len({id(error) for error in errors}) == len(errors)
    assert not server.done


def test_the_repr_says_where_a_handshake_is() -> None:
    client, server = ends()
    assert repr(client) == "<Handshake NTLM, initiator, running>"
    with pytest.raises(anysspi.InvalidToken):
        server.step(b"nonsense")
    assert "failed" in repr(server)


def test_a_wrong_password_is_refused() -> None:
    credential = anysspi.Password(USER, "wrong")
    with pytest.raises(anysspi.LogonDenied) as wrong:
        pair(client={"credential": credential})
    with pytest.raises(anysspi.LogonDenied) as unknown:
        pair(client={"credential": anysspi.Password(r"CORP\mallory", PASSWORD)})
    assert str(wrong.value) == str(unknown.value)
    assert isinstance(wrong.value, anysspi.CredentialError)


def test_a_closed_handshake_has_no_context() -> None:
    client, server = ends()
    server.step(client.step(server.step(client.step())))
    context = server.context
    server.close()
    server.close()
    assert not server.done
    assert "closed" in repr(server)
    for call in (lambda: server.context, lambda: server.step(b"x"), lambda: next(server)):
        with pytest.raises(anysspi.OutOfSequence, match="closed"):
            call()
    assert context.client == USER


def test_throw_ends_the_handshake_with_the_exception() -> None:
    client, _ = ends()
    problem = ConnectionError("the line is dead")
    with pytest.raises(ConnectionError) as raised:
        client.throw(problem)
    assert raised.value is problem
    with pytest.raises(anysspi.OutOfSequence, match="closed"):
        next(client)
    with pytest.raises(KeyError):
        client.throw(KeyError)
    with pytest.raises(TypeError):
        client.throw(3)  # type: ignore[arg-type]


def test_an_exception_in_a_context_manager_comes_through() -> None:
    # Before Python 3.12 it is thrown as a class, a value and a traceback.
    @contextmanager
    def first_token(handshake: Handshake) -> Generator[bytes, None, None]:
        yield from handshake

    client, _ = ends()
    problem = ConnectionError("the line is dead")
    with pytest.raises(ConnectionError) as raised, first_token(client):
        raise problem
    assert raised.value is problem
    assert "closed" in repr(client)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_token_is_any_object_of_bytes(kind: Callable[[bytes], Any]) -> None:
    client, server = ends()
    challenge = server.step(kind(next(client)))
    assert challenge is not None
    client.receive(kind(challenge))
    assert server.step(kind(next(client))) is None


def test_a_token_may_be_changed_once_it_was_handed_over() -> None:
    client, server = ends()
    token = bytearray(next(client))
    server.receive(token)
    token[:] = b"\0" * len(token)
    assert next(server)


def test_a_handshake_moves_between_threads() -> None:
    client, server = ends("Negotiate")
    token: bytes | None = None
    turns = [client, server] * 4
    for handshake in turns:
        with ThreadPoolExecutor(1) as pool:
            token = pool.submit(handshake.step, token).result()
        if token is None:
            break
    assert server.context.client == USER


@contextmanager
def blocked() -> Generator[tuple[Handshake, Future[bytes | None]], None, None]:
    """A server whose look-up blocks in another thread until this one is through."""
    entered, leave = threading.Event(), threading.Event()

    def lookup(*_: str) -> Account:
        entered.set()
        assert leave.wait(10), "nobody else got on"
        return Account(USER, PASSWORD)

    server, proof = pending_server(lookup)
    with ThreadPoolExecutor(1) as pool:
        login = pool.submit(server.step, proof)
        try:
            assert entered.wait(10)
            yield server, login
        finally:
            leave.set()


def test_a_call_during_another_is_refused() -> None:
    with blocked() as (server, login):
        for call in (server.step, lambda: next(server), lambda: server.context):
            with pytest.raises(anysspi.OutOfSequence, match="another call"):
                call()
        assert "busy" in repr(server)
    assert login.result() is None
    assert server.context.client == USER


def test_other_threads_go_on_during_a_look_up() -> None:
    with blocked() as (server, login):
        assert pair()[1].client == USER
        assert not login.done()
    assert server.context.client == USER


def test_a_handshake_that_is_closed_during_a_call_has_no_context() -> None:
    with blocked() as (server, login):
        server.close()
    with pytest.raises(anysspi.OutOfSequence, match="closed"):
        login.result()
    with pytest.raises(anysspi.OutOfSequence, match="closed"):
        server.step()


def test_handshakes_run_at_once_in_many_threads() -> None:
    with ThreadPoolExecutor(8) as pool:
        clients = list(pool.map(lambda _: pair("Negotiate")[1].client, range(64)))
    assert clients == [USER] * 64


def test_peers_with_certificates_know_each_other_and_nobody_else() -> None:
    folder = Path(__file__).parents[1] / "vectors" / "pku2u"

    def one(name: str, trusted: str) -> list[anysspi.Identity]:
        own, other = ((folder / f"{each}.pem").read_bytes() for each in (name, trusted))
        return [anysspi.Certificate.from_pem(own), anysspi.TrustedRoots.from_pem(other)]

    def exchange(trusted: str) -> Exchange:
        return Exchange(
            anysspi.initiate("PKU2U", target="HTTP/server", credential=one("alice", "server")),
            anysspi.accept("PKU2U", credential=one("server", trusted)),
        )

    client, server = exchange("alice").run()
    assert server.client == r"alice\alice"
    assert server.unwrap(client.wrap(b"hello")) == b"hello"
    with pytest.raises(anysspi.UntrustedRoot):
        exchange("server").run()
