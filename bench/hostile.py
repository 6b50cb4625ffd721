"""Hostile feeds and what each costs: CPU seconds and memory beyond that of the bytes themselves.

The inputs are made here (no `--data`), for lines H14 to H20 of the conformance page; each program
reads each of them in a process of its own, which is ended after `--limit` seconds of CPU.
What gives our figures are bounds on bytes, attributes, depth and entries; tests assert those.
"""

from __future__ import annotations

import argparse
import importlib.util
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from bench import Ask, CannotRun

OURS = "wirecopy"
PEERS = ("feedparser", "fastfeedparser")
SECONDS, MEGABYTES = 1.0, 100.0  # what no input may cost us
_PAST = "past the limit of CPU"

_HEAD = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>http://a.example/'
    b"</link><item><title>One</title><link>http://a.example/1</link></item>"
)
_TAIL = b"</channel></rss>"


def _item(inside: bytes) -> bytes:
    about = b"<item><title>Two</title><link>http://a.example/2</link><description>"
    return _HEAD + about + inside + b"</description></item>" + _TAIL


def _declared(declarations: bytes, use: bytes) -> bytes:
    return _item(use).replace(b"?>", b"?><!DOCTYPE rss [" + declarations + b"]>", 1)


def _many(count: int) -> bytes:
    return b"".join(
        b"<item><title>Entry %d</title><link>http://a.example/%d</link><description>"
        b"Words of this entry, which is one of very many.</description></item>" % (n, n)
        for n in range(count)
    )


_LAUGHS = b'<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 10) for n in range(9)
)
_ATTRIBUTES = b" ".join(b'a%d="x"' % number for number in range(100_000))

INPUTS: dict[str, Callable[[], bytes]] = {
    "H14 100,000 attributes": lambda: _item(b"<b " + _ATTRIBUTES + b"/>"),
    "H14 the same on the root": lambda: _HEAD.replace(b"<rss", b"<rss " + _ATTRIBUTES) + _TAIL,
    "H15 billion laughs": lambda: _declared(_LAUGHS, b"&j;"),
    "H15 quadratic, 500 MB": lambda: _declared(
        b'<!ENTITY a "' + b"a" * 50_000 + b'">', b"&a;" * 10_000
    ),
    "H16 external entity": lambda: _declared(b'<!ENTITY a SYSTEM "file:///etc/hosts">', b"&a;"),
    "H17 100,000 entries": lambda: _HEAD + _many(100_000) + _TAIL,
    "H18 200,000 deep, XML": lambda: _item(b"<b>" * 200_000),
    "H18 200,000 deep, HTML": lambda: _item(b"<![CDATA[" + b"<div>" * 200_000 + b"]]>"),
    "H19 10 MB attribute": lambda: _item(b'<b a="' + b"x" * 10_000_000 + b'"/>'),
    "H19 10 MB text": lambda: _item(b"word " * 2_000_000),
    "H19 1 MB of <": lambda: _item(b"<" * 1_000_000),
    "H19 200,000 &#": lambda: _item(b"&#" * 200_000),
    "H20 100,000 unclosed": lambda: _HEAD + b"<item><title>N</title>" * 100_000,
    "H20 cut in the middle": lambda: (_HEAD + _many(4_000))[:-200],
    "H20 two roots": lambda: _HEAD + _TAIL + _HEAD + _many(4_000) + _TAIL,
    "H20 a page behind it": lambda: _HEAD + _TAIL + b"<html><p>words" * 50_000,
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, default=20, metavar="SECONDS", help="of CPU (20)")


def run(ask: Ask) -> object:
    programs = (OURS, *(PEERS if ask.peers is None else ask.peers))
    for name in programs[1:]:
        if name not in PEERS:
            raise CannotRun(f"--peers {name}: known are {', '.join(PEERS)}")
        if importlib.util.find_spec(name) is None:
            raise CannotRun(f"{name} is not installed: `scripts/setup bench`")
    print(f"{'CPU s / MB':<27}" + "".join(f"{name:>24}" for name in programs), flush=True)
    table: dict[str, dict[str, Any]] = {}
    for name in INPUTS:
        table[name] = {program: _measure(program, name, ask.more.limit) for program in programs}
        told = "".join(f"{_cell(cell, ask.more.limit):>24}" for cell in table[name].values())
        print(f"{name:<27}{told}", flush=True)
    ours = [row[OURS] for row in table.values()]
    worst = max(cell["seconds"] for cell in ours), max(cell["megabytes"] for cell in ours)
    kept = worst[0] <= SECONDS and worst[1] <= MEGABYTES
    print(
        f"The most of ours: {worst[0]:.2f} s, {worst[1]:.0f} MB; the bound of {SECONDS:g} s and "
        f"{MEGABYTES:g} MB is {'kept' if kept else 'BROKEN'}."
    )
    return table


def _measure(program: str, name: str, limit: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.hostile_child", program, name, str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        seconds, megabytes, entries = done.stdout.split()
        return {
            "seconds": float(seconds),
            "megabytes": float(megabytes),
            "entries": int(entries),
        }
    stopped = done.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
    words = _PAST if stopped else (done.stderr.strip().splitlines() or ["no word"])[-1]
    return {"seconds": float(limit), "megabytes": 0.0, "entries": 0, "failed": words[:100]}


def _cell(cell: dict[str, Any], limit: int) -> str:
    if "failed" in cell:
        return f"> {limit} s" if cell["failed"] == _PAST else cell["failed"].partition(":")[0][-22:]
    return f"{cell['seconds']:.2f} / {cell['megabytes']:.0f} ({cell['entries']})"
