"""A server in a process of its own, for clients in other languages.

It listens on loopback, prints its port, and serves one connection after another until its standard
input ends. Frames are four bytes of length and the rest. The first has the name of the package,
then come tokens both ways. Then each side sends a sealed message, and the server sends the
client's back, sealed anew, behind the client's name.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading

import anysspi

ACCOUNTS = anysspi.Accounts({r"CORP\alice": "Passw0rd!"})


class Frames:
    """A connection that carries whole messages."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.incoming = connection.makefile("rb")

    def send(self, message: bytes) -> None:
        self.connection.sendall(struct.pack(">I", len(message)) + message)

    def receive(self) -> bytes:
        head = self.incoming.read(4)
        if len(head) < 4:
            raise EOFError
        (length,) = struct.unpack(">I", head)
        return self.incoming.read(length)


def serve(frames: Frames) -> None:
    handshake = anysspi.accept(frames.receive().decode(), credential=ACCOUNTS)
    try:
        while not handshake.done:
            token = handshake.step(frames.receive())
            if token is not None:
                frames.send(token)
    except anysspi.SspiError as error:
        frames.send(error.token or b"")
        return
    context = handshake.context
    frames.send(context.wrap(b"welcome"))
    while True:
        message = context.unwrap(frames.receive())
        frames.send(context.wrap(context.client.encode() + b" says " + message))


def end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    threading.Thread(target=end_with_input, daemon=True).start()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        while True:
            connection, _ = listening.accept()
            with connection:
                connection.settimeout(60)
                try:
                    serve(Frames(connection))
                except EOFError:
                    continue


main()
