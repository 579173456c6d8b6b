"""Tokens and what is seen in them."""

from __future__ import annotations

from datetime import datetime, timezone
from operator import itemgetter
from typing import Any

import anysspi
import pytest
from anysspi import Field
from support import Exchange, ends, read_cases


@pytest.mark.parametrize("case", read_cases("inspect.json"), ids=itemgetter("name"))
def test_the_shared_cases_pass(case: dict[str, Any]) -> None:
    inspection = anysspi.inspect(bytes.fromhex(case["token"]))
    assert (inspection.protocol, inspection.message) == (case["protocol"], case["message"])
    assert inspection.problems == case["problems"]
    assert len(inspection.flatten()) == len(case["fields"])
    assert dict(inspection.flatten()) == case["fields"]
    assert inspection.length == len(case["token"]) // 2


def tokens() -> list[bytes]:
    exchange = Exchange(*ends())
    exchange.run()
    return exchange.tokens


def field(fields: list[Field], name: str) -> Field:
    return next(field for field in fields if field.name == name)


def test_a_field_holds_a_value_of_its_kind() -> None:
    _, challenge, _ = (anysspi.inspect(token).fields for token in tokens())
    kind = field(challenge, "MessageType")
    assert (kind.value, str(kind), kind.offset, kind.length) == (2, "2", 8, 4)
    assert kind.fields == []
    flags = field(challenge, "NegotiateFlags").value
    assert isinstance(flags, list)
    assert "NTLMSSP_NEGOTIATE_UNICODE" in flags
    assert isinstance(field(challenge, "ServerChallenge").value, bytes)
    time = field(field(challenge, "TargetInfo").fields, "MsvAvTimestamp").value
    assert isinstance(time, datetime)
    assert abs((datetime.now(timezone.utc) - time).total_seconds()) < 60


def test_what_could_be_cracked_is_not_shown() -> None:
    proof = tokens()[2]
    inspection = anysspi.inspect(proof)
    response = field(inspection.fields, "NtChallengeResponse")
    proof_string = field(response.fields, "Response")
    key = field(inspection.fields, "EncryptedRandomSessionKey")
    for hidden in (proof_string, key, field(inspection.fields, "MIC")):
        assert (hidden.hidden, hidden.value) == (True, None)
        at = slice(hidden.offset, hidden.offset + hidden.length)
        assert hidden.length == 16
        assert proof[at].hex() not in f"{inspection}{inspection!r}{hidden!r}"
    assert not field(inspection.fields, "UserName").hidden


def test_a_str_is_a_tree_and_a_repr_is_one_line() -> None:
    first = tokens()[0]
    inspection = anysspi.inspect(first)
    assert str(inspection).count("\n") > 3
    assert repr(inspection) == f"<Inspection NTLM NEGOTIATE_MESSAGE, {len(first)} bytes>"
    assert repr(inspection.fields[0]) == "<Field Signature: NTLMSSP>"


@pytest.mark.parametrize("token", [b"", b"\0", b"NTLMSSP\0", b"`" * 70_000, bytes(range(256))])
def test_no_token_makes_it_fail(token: bytes) -> None:
    for kind in (bytes, bytearray, memoryview):
        inspection = anysspi.inspect(kind(token))
        assert inspection.length == len(token)
        assert inspection.problems
        assert str(inspection)


def test_every_cut_of_a_token_can_be_inspected() -> None:
    for token in tokens():
        assert anysspi.inspect(token).problems == []
        for cut in range(len(token)):
            inspection = anysspi.inspect(token[:cut])
            # The oldest clients end their first token after the flags.
            assert inspection.problems or inspection.message == "NEGOTIATE_MESSAGE", cut
            assert inspection.length == cut


def test_a_token_in_base64_is_refused_with_a_hint() -> None:
    with pytest.raises(TypeError, match=r"token must be bytes, not str.*base64\.b64decode"):
        anysspi.inspect("TlRMTVNTUAAB")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="token must be bytes, bytearray or memoryview, not int"):
        anysspi.inspect(3)  # type: ignore[arg-type]
