"""Tries the installed package as a new user would: the examples of the README, as they stand.

Runs by itself, in an environment with nothing but the package.
"""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import anysspi

ROOT = Path(__file__).parent.parent.parent


def examples(name: str) -> list[str]:
    """The blocks of Python in a file that are more than a sketch."""
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / name).read_text("utf-8"), re.M | re.S)
    assert blocks, f"{name} has no example in Python"
    return blocks


def main() -> None:
    place = Path(anysspi.__file__).resolve()
    assert ROOT / "bindings-python" not in place.parents, place
    for name in ["README.md", "bindings-python/README.md", "docs/python.md"]:
        for number, example in enumerate(examples(name)):
            # Each by itself, as somebody would copy it.
            code = compile(example, f"{name}, example {number}", "exec")
            with contextlib.redirect_stdout(io.StringIO()):
                exec(code, {"__name__": "__main__"})
    for arguments in [["packages"], ["demo"], ["demo", "NTLM"]]:
        command = [sys.executable, "-m", "anysspi", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print(f"anysspi {anysspi.__version__} works in Python {sys.version.split()[0]}")


main()
