"""What the peers in Python share: one JSON object per line comes in, and one per line goes out.

A request names what to do as "do", which is a method of the peer; bytes are base64. An answer is
{"ok": what the method returns}, or {"error": the class of the exception, "message": its text,
"token": what it leaves for the peer}.
"""

from __future__ import annotations

import base64
import json
import sys


def to_text(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def to_bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


def serve(peer: object) -> None:
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"ok": getattr(peer, request["do"])(request)}
        except Exception as error:
            token = to_text(getattr(error, "token", None))
            answer = {"error": type(error).__name__, "message": str(error), "token": token}
        print(json.dumps(answer), flush=True)
