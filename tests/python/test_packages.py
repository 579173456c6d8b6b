"""What there is: packages, the public names, and the command line."""

from __future__ import annotations

import base64
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import anysspi
import pytest
from anysspi import Capabilities, exceptions, flags, raw
from support import ends, testing

FLAGS_OF_BOTH = (
    Capabilities.INTEGRITY
    | Capabilities.PRIVACY
    | Capabilities.TOKEN_ONLY
    | Capabilities.CONNECTION
    | Capabilities.MULTI_REQUIRED
    | Capabilities.ACCEPT_WIN32_NAME
    | Capabilities.READONLY_WITH_CHECKSUM
)


def test_the_packages_say_what_is_true_of_them() -> None:
    negotiate, ntlm, kerberos, _credssp, _pku2u = anysspi.packages()
    assert (negotiate.name, negotiate.version, negotiate.rpc_id) == ("Negotiate", 1, 9)
    assert negotiate.max_token == 53_248
    assert negotiate.capabilities == FLAGS_OF_BOTH | Capabilities.GSS_COMPATIBLE
    assert (ntlm.name, ntlm.version, ntlm.rpc_id, ntlm.max_token) == ("NTLM", 1, 10, 16_384)
    assert ntlm.capabilities == FLAGS_OF_BOTH | Capabilities.DATAGRAM | Capabilities.NEGOTIABLE
    assert (kerberos.name, kerberos.rpc_id, kerberos.max_token) == ("Kerberos", 16, 49_152)
    assert Capabilities.NEGOTIABLE | Capabilities.MUTUAL_AUTH in kerberos.capabilities
    assert "NTLM" in ntlm.comment
    assert "NTLM" in repr(ntlm)


@pytest.mark.parametrize("name", ["NTLM", "ntlm", "nTlM"])
def test_names_are_looked_up_without_regard_to_case(name: str) -> None:
    assert anysspi.package(name).name == "NTLM"


def test_packages_are_equal_by_what_they_say() -> None:
    negotiate, ntlm, *_ = anysspi.packages()
    assert ntlm == anysspi.package("ntlm") != negotiate
    assert len({ntlm, anysspi.package("ntlm"), negotiate}) == 2


@pytest.mark.parametrize("call", [anysspi.package, anysspi.initiate, anysspi.accept])
def test_an_unknown_package_is_refused_with_those_that_are_there(call: Any) -> None:
    with pytest.raises(anysspi.SecpkgNotFound, match=r"Kerberos5.*Negotiate, NTLM"):
        call("Kerberos5")


def test_a_package_that_fails_says_its_own_status() -> None:
    surroundings = testing.Surroundings(0, 0, "host", failing=0x80090324)
    with pytest.raises(anysspi.TimeSkew):
        surroundings.accept("Failing").step(b"x")


def test_a_panic_becomes_an_internal_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(anysspi.InternalError, match="please report it"):
        testing.panic()
    assert "as the test asked for" in capfd.readouterr().err


def public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    names = getattr(module, "__all__", None) or vars(module)
    for name in names:
        value = getattr(module, name)
        of_anysspi = str(getattr(value, "__module__", "")).startswith("anysspi")
        if not name.startswith("_") and callable(value) and of_anysspi:
            yield f"{module.__name__}.{name}", value


def members(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    yield name, value
    if inspect.isclass(value):
        for member, inner in vars(value).items():
            if not member.startswith("_") and (
                inspect.isroutine(inner) or inspect.isgetsetdescriptor(inner)
            ):
                yield f"{name}.{member}", inner


EVERYTHING = [
    member
    for module in (anysspi, raw, flags, exceptions)
    for name, value in public(module)
    for member in members(name, value)
]


def test_everything_public_has_a_docstring() -> None:
    assert len(EVERYTHING) > 250
    assert [name for name, value in EVERYTHING if not value.__doc__] == []
    for module in (anysspi, raw, flags, exceptions):
        assert module.__doc__, module.__name__


def test_what_the_module_names_public_is_there() -> None:
    for name in ("initiate", "accept", "inspect", "package", "packages", "SspiError", "Flag"):
        assert hasattr(anysspi, name)
    for name in raw.__all__:
        assert hasattr(raw, name)
    assert anysspi.__version__[0].isdigit()


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=30
    )


def test_the_interpreter_ends_in_silence_with_living_objects() -> None:
    done = run("""
import anysspi
from anysspi import raw
credential = anysspi.Credential("NTLM", anysspi.Password("alice", "secret"))
server = anysspi.accept("NTLM", credential=anysspi.Accounts(lambda *_: None))
client = anysspi.initiate("NTLM", credential=credential)
token = next(client)
challenge = server.step(token)
context = raw.SecurityContext()
output = raw.Buffer(raw.BufferKind.TOKEN)
raw.initialize_security_context(
    credential, context, None, raw.IscReq.ALLOCATE_MEMORY, [], [output]
)
cycle = [client, server, context]
cycle.append(cycle)
""")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_interpreter_ends_in_silence_during_a_look_up() -> None:
    done = run(r"""
import threading, time
import anysspi
entered = threading.Event()
def lookup(*_):
    entered.set()
    time.sleep(60)
credential = anysspi.Password("alice", "secret")
server = anysspi.accept("NTLM", credential=anysspi.Accounts(lookup))
client = anysspi.initiate("NTLM", credential=credential)
proof = client.step(server.step(client.step()))
threading.Thread(target=server.step, args=(proof,), daemon=True).start()
assert entered.wait(10)
""")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_interpreter_ends_in_silence_during_a_long_message() -> None:
    done = run(r"""
import threading, time
import anysspi
user, password = r"CORP\alice", "secret"
client = anysspi.initiate("NTLM", credential=anysspi.Password(user, password))
server = anysspi.accept("NTLM", credential=anysspi.Accounts({user: password}))
server.step(client.step(server.step(client.step())))
message = bytes(64 << 20)
threading.Thread(target=client.context.wrap, args=(message,), daemon=True).start()
time.sleep(0.02)
""")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def command(*arguments: str, text: str = "") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "anysspi", *arguments],
        input=text,
        capture_output=True,
        text=True,
        timeout=30,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_command_line_lists_the_packages() -> None:
    code, out, err = command("packages")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == [
        "Negotiate",
        "NTLM",
        "Kerberos",
        "CREDSSP",
        "PKU2U",
    ]


@pytest.mark.parametrize("package", ["NTLM", "Negotiate", "CREDSSP"])
def test_the_command_line_shows_a_login(package: str) -> None:
    code, out, err = command("demo", package)
    assert (code, err) == (0, "")
    assert r"the server knows the client as CORP\alice" in out
    assert "the package is NTLM" in out
    assert "opened   hello" in out
    assert "secret" not in out


def test_the_command_line_says_its_version() -> None:
    assert command("--version") == (0, f"anysspi {anysspi.__version__}\n", "")


TOKEN = next(ends()[0])
BASE64 = base64.b64encode(TOKEN).decode()


def shown(text: str = "", *, argument: str = "-") -> str:
    code, out, err = command("inspect", argument, text=text)
    assert (code, err) == (0, "")
    return out


@pytest.mark.parametrize(
    "text",
    [
        TOKEN.hex(),
        TOKEN.hex().upper(),
        BASE64,
        f"Negotiate {BASE64}",
        f"NTLM {BASE64}",
        f"CredSSP {BASE64}",
    ],
    ids=[
        "hex",
        "capital hex",
        "base64",
        "a header of Negotiate",
        "a header of NTLM",
        "a header of CredSSP",
    ],
)
def test_the_command_line_reads_a_token_as_it_comes(text: str, tmp_path: Path) -> None:
    expected = f"{anysspi.inspect(TOKEN)}\n"
    assert shown(argument=text) == expected
    assert shown(f"{text}\n") == expected
    file = tmp_path / "token"
    file.write_text(f"{text}\n", encoding="ascii")
    assert shown(argument=f"@{file}") == expected


def test_the_command_line_reads_a_binary_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    for token in (TOKEN, b"@" + TOKEN, bytes.fromhex("ff00")):
        file.write_bytes(token)
        assert shown(argument=f"@{file}") == f"{anysspi.inspect(token)}\n"


def test_the_command_line_reads_bytes_on_standard_input() -> None:
    command = [sys.executable, "-m", "anysspi", "inspect", "-"]
    done = subprocess.run(command, input=TOKEN, capture_output=True, timeout=30)
    assert done.stdout.decode().splitlines() == str(anysspi.inspect(TOKEN)).splitlines()


@pytest.mark.parametrize(
    "text",
    [base64.encodebytes(TOKEN * 3).decode(), (TOKEN * 3).hex(" ", 2)],
    ids=["base64 in lines", "hex in groups"],
)
def test_the_command_line_reads_a_token_of_many_words(text: str, tmp_path: Path) -> None:
    expected = f"{anysspi.inspect(TOKEN * 3)}\n"
    file = tmp_path / "token"
    file.write_text(text, encoding="ascii")
    assert shown(argument=f"@{file}") == expected
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("inspect", "neither!"), "neither hex nor base64"),
        (("inspect", "@/nowhere/at/all"), "/nowhere/at/all"),
        (("demo", "Kerberos5"), "SEC_E_SECPKG_NOT_FOUND"),
    ],
)
def test_an_error_on_the_command_line_is_one_line(arguments: tuple[str, ...], said: str) -> None:
    code, out, err = command(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert said in err
    assert err.count("\n") == 1


def test_a_command_line_that_is_wrong_shows_the_usage() -> None:
    code, _, err = command("nonsense")
    assert code == 2
    assert "usage: python -m anysspi" in err
