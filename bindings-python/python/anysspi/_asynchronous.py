"""The coroutines of a handshake. The work is done in a thread, so that the event loop goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anysspi._native import Handshake


async def step(handshake: Handshake, token: bytes | None = None) -> bytes | None:
    try:
        return await asyncio.to_thread(handshake.step, token)
    except asyncio.CancelledError:
        # Whoever gave up does not get the token: there is no way on from here.
        handshake.close()
        raise


async def advance(handshake: Handshake) -> bytes:
    token = await step(handshake)
    if token is None:
        raise StopAsyncIteration
    return token
