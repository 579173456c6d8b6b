"""Clients and servers over real sockets: in asyncio, in threads, and as a generator.

A frame is a length in four bytes and the bytes. After the login the server greets the client, and
answers each message with its bytes turned round; all of that is sealed.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import socketserver
import struct
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BufferedIOBase
from typing import Any

import anysspi
import pytest
from anysspi import Account, Accounts, Context, Credential, Handshake, Password, Usage

MESSAGES = [b"", b"a", b"hello", bytes(range(250)) * 4, bytes(range(250)) * 400]

# All of this is done in a second or two: a test that hangs is to fail.
PATIENCE = 30

either_package = pytest.mark.parametrize("package", ["NTLM", "Negotiate"])


def name_of(number: int) -> str:
    return f"EXAMPLE\\user{number}"


def password_of(number: int) -> str:
    return f"the password of {number}"


def client_of(package: str, number: int, password: str | None = None) -> Handshake:
    credential = Password(name_of(number), password or password_of(number))
    return anysspi.initiate(package, target="demo/server.example.com", credential=credential)


class SlowDirectory:
    """A hundred accounts behind a look-up that blocks for 50 ms."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.loop = loop
        self.lock = threading.Lock()
        self.under_way = 0
        self.most_at_once = 0
        self.loop_turned: list[bool] = []

    def __call__(self, user: str, domain: str, package: str) -> Account | None:
        with self.lock:
            self.under_way += 1
            self.most_at_once = max(self.most_at_once, self.under_way)
        if self.loop is not None:
            # A loop that waits for this look-up never comes to set it: once is proof enough.
            turned = threading.Event()
            self.loop.call_soon_threadsafe(turned.set)
            self.loop_turned.append(turned.wait(5 if all(self.loop_turned) else 0))
        time.sleep(0.05)
        with self.lock:
            self.under_way -= 1
        known = {name_of(number): number for number in range(100)}
        number = known.get(f"{domain}\\{user}")
        return None if number is None else Account(name_of(number), password_of(number))


async def send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(struct.pack(">I", len(data)) + data)
    await writer.drain()


async def receive(reader: asyncio.StreamReader) -> bytes:
    (length,) = struct.unpack(">I", await reader.readexactly(4))
    return await reader.readexactly(length)


class AsyncServer:
    """Knows whom it let in, whom it refused, and what else went wrong."""

    def __init__(self, package: str, directory: SlowDirectory) -> None:
        self.credential = Credential(package, Accounts(directory), usage=Usage.INBOUND)
        self.package = package
        self.let_in: list[str] = []
        self.refused: list[anysspi.SspiError] = []
        self.broken: list[Exception] = []
        self.connections: list[asyncio.Task[Any]] = []
        self.port = 0

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[AsyncServer]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self
            # Only from Python 3.12 on does the server wait for them itself.
            await asyncio.gather(*self.connections)
        assert self.broken == []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections.append(task)
        try:
            await self.talk(reader, writer)
        except asyncio.IncompleteReadError:
            pass  # the client has hung up
        except anysspi.SspiError as error:
            self.refused.append(error)
            if error.token is not None:
                await send(writer, error.token)
        except Exception as error:
            self.broken.append(error)
        finally:
            writer.close()
            await writer.wait_closed()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handshake = anysspi.accept(self.package, credential=self.credential)
        handshake.receive(await receive(reader))
        async for token in handshake:
            await send(writer, token)
            if not handshake.done:
                handshake.receive(await receive(reader))
        context = handshake.context
        self.let_in.append(context.client)
        await send(writer, context.wrap(f"welcome, {context.client}".encode()))
        while True:
            message = context.unwrap(await receive(reader))
            await send(writer, context.wrap(message[::-1]))


async def log_in_by_iteration(
    handshake: Handshake, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    async for token in handshake:
        await send(writer, token)
        if not handshake.done:
            handshake.receive(await receive(reader))


async def log_in_by_steps(
    handshake: Handshake, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    token = await handshake.astep()
    while token is not None:
        await send(writer, token)
        token = None if handshake.done else await handshake.astep(await receive(reader))


LogIn = Callable[[Handshake, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
WAYS: list[LogIn] = [log_in_by_iteration, log_in_by_steps]


class AsyncClient:
    """A connection on which the login is done and the greeting was read."""

    greeting: str

    def __init__(
        self, context: Context, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.context, self.reader, self.writer = context, reader, writer

    @classmethod
    @contextlib.asynccontextmanager
    async def connect(
        cls, port: int, handshake: Handshake, log_in: LogIn = log_in_by_iteration
    ) -> AsyncIterator[AsyncClient]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            await log_in(handshake, reader, writer)
            client = cls(handshake.context, reader, writer)
            client.greeting = client.context.unwrap(await receive(reader)).decode()
            yield client
        finally:
            writer.close()
            await writer.wait_closed()

    async def talk(self) -> None:
        for message in MESSAGES:
            await send(self.writer, self.context.wrap(message))
            assert self.context.unwrap(await receive(self.reader)) == message[::-1]


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def patiently() -> None:
        await asyncio.wait_for(scenario(), PATIENCE)

    asyncio.run(patiently())


async def log_in_and_talk(port: int, package: str, number: int, password: str | None = None) -> str:
    handshake = client_of(package, number, password)
    async with AsyncClient.connect(port, handshake, WAYS[number % 2]) as client:
        await client.talk()
        return client.greeting


class TestAsync:
    @pytest.mark.parametrize(
        ("package", "packages_of_clients"),
        [
            ("NTLM", ["NTLM"]),
            ("Negotiate", ["Negotiate"]),
            ("Negotiate", ["Negotiate", "NTLM", "NTLM"]),
        ],
        ids=["NTLM", "Negotiate", "both"],
    )
    def test_twenty_clients_log_in_at_once(
        self, package: str, packages_of_clients: list[str]
    ) -> None:
        async def scenario() -> None:
            directory = SlowDirectory(asyncio.get_running_loop())
            async with (
                AsyncServer(package, directory).run() as server,
                contextlib.AsyncExitStack() as stack,
            ):
                # All are logged in before the first one talks.
                clients = await asyncio.gather(
                    *(
                        stack.enter_async_context(
                            AsyncClient.connect(
                                server.port,
                                client_of(
                                    packages_of_clients[number % len(packages_of_clients)], number
                                ),
                                WAYS[number % 2],
                            )
                        )
                        for number in range(20)
                    )
                )
                await asyncio.gather(*(client.talk() for client in clients))
            names = [name_of(number) for number in range(20)]
            assert [client.greeting for client in clients] == [f"welcome, {name}" for name in names]
            assert sorted(server.let_in) == sorted(names)
            assert len({client.context.session_key for client in clients}) == 20
            assert server.refused == []
            assert directory.loop_turned == [True] * 20
            assert directory.most_at_once > 1

        run(scenario)

    @either_package
    def test_a_wrong_password_is_refused_and_the_server_goes_on(self, package: str) -> None:
        async def scenario() -> None:
            directory = SlowDirectory(asyncio.get_running_loop())
            async with AsyncServer(package, directory).run() as server:
                results = await asyncio.gather(
                    *(
                        log_in_and_talk(
                            server.port, package, number, "wrong" if number == 7 else None
                        )
                        for number in range(20)
                    ),
                    return_exceptions=True,
                )
                assert name_of(7) not in server.let_in
                # The right password afterwards.
                assert await log_in_and_talk(server.port, package, 7) == f"welcome, {name_of(7)}"
            refusal = results.pop(7)
            # NTLM has no word for it: the server hangs up.
            expected = asyncio.IncompleteReadError if package == "NTLM" else anysspi.LogonDenied
            assert isinstance(refusal, expected)
            assert results == [f"welcome, {name_of(number)}" for number in range(20) if number != 7]
            assert [type(error) for error in server.refused] == [anysspi.LogonDenied]

        run(scenario)

    @either_package
    def test_an_unknown_user_is_refused(self, package: str) -> None:
        async def scenario() -> None:
            async with AsyncServer(package, SlowDirectory()).run() as server:
                with pytest.raises((asyncio.IncompleteReadError, anysspi.LogonDenied)):
                    await log_in_and_talk(server.port, package, 100)
            assert [type(error) for error in server.refused] == [anysspi.LogonDenied]
            assert server.let_in == []

        run(scenario)

    @either_package
    def test_nonsense_does_not_stop_the_server(self, package: str) -> None:
        async def scenario() -> None:
            async with AsyncServer(package, SlowDirectory()).run() as server:
                reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
                await send(writer, b"nonsense")
                await reader.read()
                writer.close()
                await writer.wait_closed()
                assert await log_in_and_talk(server.port, package, 1) == f"welcome, {name_of(1)}"
            assert [type(error) for error in server.refused] == [anysspi.InvalidToken]

        run(scenario)

    @either_package
    def test_a_client_may_hang_up_in_the_middle(self, package: str) -> None:
        async def scenario() -> None:
            async with AsyncServer(package, SlowDirectory()).run() as server:
                reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
                token = await client_of(package, 1).astep()
                assert token is not None
                await send(writer, token)
                await receive(reader)
                writer.close()
                await writer.wait_closed()
                assert await log_in_and_talk(server.port, package, 1) == f"welcome, {name_of(1)}"
            assert server.let_in == [name_of(1)]
            assert server.refused == []

        run(scenario)

    @either_package
    def test_a_message_that_was_changed_ends_the_connection(self, package: str) -> None:
        async def scenario() -> None:
            async with (
                AsyncServer(package, SlowDirectory()).run() as server,
                AsyncClient.connect(server.port, client_of(package, 1)) as client,
            ):
                await client.talk()
                sealed = bytearray(client.context.wrap(b"pay one"))
                sealed[-1] ^= 1
                await send(client.writer, bytes(sealed))
                assert await client.reader.read() == b""
            assert [type(error) for error in server.refused] == [anysspi.MessageAltered]

        run(scenario)


def put(file: BufferedIOBase, data: bytes) -> None:
    file.write(struct.pack(">I", len(data)) + data)
    file.flush()


def take(file: BufferedIOBase) -> bytes:
    def exactly(size: int) -> bytes:
        data = file.read(size)
        if len(data) < size:
            raise EOFError
        return data

    (length,) = struct.unpack(">I", exactly(4))
    return exactly(length)


class Connection(socketserver.StreamRequestHandler):
    server: ThreadedServer
    timeout = PATIENCE

    def handle(self) -> None:
        try:
            self.talk()
        except EOFError:
            pass  # the client has hung up
        except anysspi.SspiError as error:
            self.server.refused.append(error)
            if error.token is not None:
                put(self.wfile, error.token)
        except Exception as error:
            self.server.broken.append(error)

    def talk(self) -> None:
        handshake = anysspi.accept(self.server.package, credential=self.server.credential)
        handshake.receive(take(self.rfile))
        for token in handshake:
            put(self.wfile, token)
            if not handshake.done:
                handshake.receive(take(self.rfile))
        context = handshake.context
        self.server.let_in.append(context.client)
        put(self.wfile, context.wrap(f"welcome, {context.client}".encode()))
        while True:
            message = context.unwrap(take(self.rfile))
            put(self.wfile, context.wrap(message[::-1]))


class ThreadedServer(socketserver.ThreadingTCPServer):
    request_queue_size = 32

    def __init__(self, package: str, directory: SlowDirectory) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.port: int = self.socket.getsockname()[1]
        self.credential = Credential(package, Accounts(directory), usage=Usage.INBOUND)
        self.package = package
        self.let_in: list[str] = []
        self.refused: list[anysspi.SspiError] = []
        self.broken: list[Exception] = []

    @contextlib.contextmanager
    def run(self) -> Iterator[ThreadedServer]:
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            # Its end waits for the connections.
            with self:
                try:
                    yield self
                finally:
                    self.shutdown()
        finally:
            thread.join()
        assert self.broken == []

    @contextlib.contextmanager
    def connect(self) -> Iterator[BufferedIOBase]:
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection,
            connection.makefile("rwb") as file,
        ):
            yield file


def log_in_and_talk_in_this_thread(
    server: ThreadedServer, number: int, password: str | None = None
) -> str:
    handshake = client_of(server.package, number, password)
    with server.connect() as file:
        for token in handshake:
            put(file, token)
            if not handshake.done:
                handshake.receive(take(file))
        context = handshake.context
        greeting = context.unwrap(take(file)).decode()
        for message in MESSAGES:
            put(file, context.wrap(message))
            assert context.unwrap(take(file)) == message[::-1]
        return greeting


class TestThreads:
    @either_package
    def test_twenty_clients_log_in_at_once(self, package: str) -> None:
        directory = SlowDirectory()
        with (
            ThreadedServer(package, directory).run() as server,
            ThreadPoolExecutor(20) as pool,
        ):
            greetings = list(
                pool.map(lambda number: log_in_and_talk_in_this_thread(server, number), range(20))
            )
        assert greetings == [f"welcome, {name_of(number)}" for number in range(20)]
        assert sorted(server.let_in) == sorted(name_of(number) for number in range(20))
        assert server.refused == []
        assert directory.most_at_once > 1

    @either_package
    def test_a_wrong_password_is_refused_and_the_server_goes_on(self, package: str) -> None:
        with ThreadedServer(package, SlowDirectory()).run() as server:
            expected = EOFError if package == "NTLM" else anysspi.LogonDenied
            with pytest.raises(expected):
                log_in_and_talk_in_this_thread(server, 7, "wrong")
            greeting = log_in_and_talk_in_this_thread(server, 7)
        assert greeting == f"welcome, {name_of(7)}"
        assert server.let_in == [name_of(7)]
        assert [type(error) for error in server.refused] == [anysspi.LogonDenied]


def conversation(
    handshake: Handshake, messages: list[bytes]
) -> Generator[bytes, bytes | None, Context]:
    """What a client has to send, without a socket in it."""
    context: Context = yield from handshake
    for message in messages:
        yield context.wrap(message)
    return context


def carry(
    talk: Generator[bytes, bytes | None, Context], handshake: Handshake, file: BufferedIOBase
) -> Context:
    answer = None
    while True:
        try:
            data = talk.send(answer)
        except StopIteration as end:
            context: Context = end.value
            return context
        put(file, data)
        answer = None if handshake.done else take(file)


class TestGenerator:
    @either_package
    def test_a_client_hands_over_to_the_handshake(self, package: str) -> None:
        with ThreadedServer(package, SlowDirectory()).run() as server, server.connect() as file:
            handshake = client_of(package, 1)
            context = carry(conversation(handshake, MESSAGES), handshake, file)
            assert context is handshake.context
            assert context.unwrap(take(file)).decode() == f"welcome, {name_of(1)}"
            for message in MESSAGES:
                assert context.unwrap(take(file)) == message[::-1]
        assert server.let_in == [name_of(1)]

    @either_package
    def test_a_refusal_comes_out_of_the_handshake(self, package: str) -> None:
        with ThreadedServer(package, SlowDirectory()).run() as server, server.connect() as file:
            handshake = client_of(package, 1, "wrong")
            # NTLM has no word for it: the server hangs up.
            expected = EOFError if package == "NTLM" else anysspi.LogonDenied
            with pytest.raises(expected):
                carry(conversation(handshake, []), handshake, file).unwrap(take(file))
        assert [type(error) for error in server.refused] == [anysspi.LogonDenied]
        assert server.let_in == []
