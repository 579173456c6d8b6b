r"""The command line: `python -m anysspi packages | inspect TOKEN | demo`."""

from __future__ import annotations

import argparse
import base64
import binascii
import sys
from pathlib import Path

import anysspi

SCHEMES = ["credssp", "kerberos", "negotiate", "ntlm"]


def show_packages(_: argparse.Namespace) -> None:
    for package in anysspi.packages():
        print(f"{package.name:<12}{package.comment}")


def token_of(text: str) -> bytes:
    """The bytes of a token, hex or base64: here, in a file after `@`, on standard input for `-`."""
    if text == "-":
        return bytes_of(sys.stdin.buffer.read())
    if text.startswith("@"):
        return bytes_of(Path(text[1:]).read_bytes())
    token = decoded(text)
    if token is None:
        raise ValueError("the token is neither hex nor base64")
    return token


def bytes_of(content: bytes) -> bytes:
    """What a file holds: a token as text, or the token itself."""
    try:
        token = decoded(content.decode("ascii"))
    except UnicodeDecodeError:
        token = None
    return content if token is None else token


def decoded(text: str) -> bytes | None:
    words = text.split()
    # In a header of HTTP a token stands behind the name of its scheme: `Negotiate YII…`.
    for at, word in enumerate(words):
        if word.lower() in SCHEMES:
            words = words[at + 1 :]
            break
    token = "".join(words)
    try:
        return bytes.fromhex(token)
    except ValueError:
        pass
    try:
        return base64.b64decode(token, validate=True)
    except binascii.Error:
        return None


def show_token(arguments: argparse.Namespace) -> None:
    print(anysspi.inspect(token_of(arguments.token)))


def show_demo(arguments: argparse.Namespace) -> None:
    """A client logs in to a server, both in this process."""
    user, password = r"CORP\alice", "secret"
    client = anysspi.initiate(
        arguments.package,
        target="HTTP/web.example.com",
        credential=anysspi.Password(user, password),
    )
    server = anysspi.accept(arguments.package, credential=anysspi.Accounts({user: password}))
    for token in client:
        print(f"client -> server  {anysspi.inspect(token)}\n")
        answer = server.step(token)
        if answer is not None:
            print(f"server -> client  {anysspi.inspect(answer)}\n")
            if not client.done:
                client.receive(answer)
    print(f"the server knows the client as {server.context.client}")
    print(f"the package is {server.context.negotiated_package.name}")
    sealed = client.context.wrap(b"hello")
    print(f"sealed   {sealed.hex()}")
    print(f"opened   {server.context.unwrap(sealed).decode()}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m anysspi", description="Authentication with NTLM, Negotiate and CredSSP."
    )
    parser.add_argument("--version", action="version", version=f"anysspi {anysspi.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("packages", help="the security packages that are there")
    command.set_defaults(run=show_packages)
    command = commands.add_parser("inspect", help="what is in a token, never a secret")
    command.add_argument("token", help="hex or base64; @FILE for a file, - for standard input")
    command.set_defaults(run=show_token)
    command = commands.add_parser("demo", help="a login and a sealed message in one process")
    command.add_argument("package", nargs="?", default="Negotiate", help="default: Negotiate")
    command.set_defaults(run=show_demo)
    chosen = parser.parse_args(arguments)
    try:
        chosen.run(chosen)
    except (anysspi.SspiError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
