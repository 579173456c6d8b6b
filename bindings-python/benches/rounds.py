"""Ratios: ours and a peer's take turns in short rounds, and of each the best round counts.

Both are made several times, because where their memory happens to be makes up to a factor of two.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

Turn = Callable[[], object]
# The name, the unit, the peer, how many units are in a call, and what makes the two calls.
Row = tuple[str, str, str, float, Callable[[], tuple[Turn, Turn]]]

MAKINGS = 5
ROUNDS = 3
ROUND = 0.06


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("name", nargs="?", default="python")
    parser.add_argument("--json", action="store_true")
    return parser


def seconds_per_call(turn: Turn, calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        turn()
    return (time.perf_counter() - start) / calls


def calls_per_round(turn: Turn) -> int:
    calls = 1
    while True:
        seconds = seconds_per_call(turn, calls) * calls
        if seconds > ROUND / 4:
            return max(1, int(ROUND * calls / seconds))
        calls *= 2


def measure(make: Callable[[], tuple[Turn, Turn]]) -> tuple[float, float]:
    our_best = peer_best = float("inf")
    # They stay, so that the next ones are elsewhere.
    made = []
    for _ in range(MAKINGS):
        ours, peer = make()
        made.append((ours, peer))
        our_calls, peer_calls = calls_per_round(ours), calls_per_round(peer)
        for _ in range(ROUNDS):
            our_best = min(our_best, seconds_per_call(ours, our_calls))
            peer_best = min(peer_best, seconds_per_call(peer, peer_calls))
    return our_best, peer_best


def show(as_json: bool, name: str, unit: str, peer: str, ours: float, theirs: float) -> None:
    ratio = ours / theirs
    if as_json:
        row = {"name": name, "ours": round(ours, 1), "unit": unit, "peer": peer}
        print(json.dumps(row | {"peer_value": round(theirs, 1), "ratio": round(ratio, 2)}))
    else:
        print(f"{name:27} {ours:>12.1f} {theirs:>12.1f}  {unit:8} {ratio:>6.2f}  {peer}")


def run(row: Row, as_json: bool) -> float:
    """Measures a row and shows it; gives our rate."""
    name, unit, peer, units, make = row
    ours, theirs = (units / seconds for seconds in measure(make))
    show(as_json, name, unit, peer, ours, theirs)
    return ours
