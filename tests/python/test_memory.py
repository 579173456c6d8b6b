"""Nothing is kept of handshakes that are over, whether they stood or failed."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import anysspi
import pytest

HANDSHAKES = 100_000
MIB = 1 << 20


def resident() -> int:
    """The bytes of this process that are in memory."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def run(count: int, right: anysspi.Credential, wrong: anysspi.Credential) -> None:
    accounts = anysspi.Credential("NTLM", anysspi.Accounts({"alice": "secret"}))
    for number in range(count):
        client = anysspi.initiate("NTLM", credential=wrong if number % 2 else right)
        server = anysspi.accept("NTLM", credential=accounts)
        try:
            for token in client:
                answer = server.step(token)
                if answer is not None and not client.done:
                    client.receive(answer)
        except anysspi.LogonDenied:
            assert number % 2
            continue
        assert not number % 2
        assert server.context.unwrap(client.context.wrap(b"hello")) == b"hello"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_hundred_thousand_handshakes_leave_memory_as_it_was() -> None:
    right = anysspi.Credential("NTLM", anysspi.Password("alice", "secret"))
    wrong = anysspi.Credential("NTLM", anysspi.Password("alice", "wrong"))
    run(2_000, right, wrong)
    before = resident()
    run(HANDSHAKES, right, wrong)
    grown = resident() - before
    assert grown < 2 * MIB, f"{grown / MIB:.2f} MiB more"
