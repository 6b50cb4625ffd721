"""Ctrl-C: the command ends soon, keeps all that was got, and the next start goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.faults_store import Standing, lost, standing
from bench.street import Answer, Street, playing, settings_text, story
from tests.terminal import hears_ctrl_c
from wirecopy import config
from wirecopy.progress import SilentReport
from wirecopy.replay import replay
from wirecopy.verifying import verify_published

HOSTS = [f"paper{number}.example" for number in range(1, 11)]
PAGES = 20  # each
START_SECONDS = 120  # on a machine that builds other things at the same time
END_SECONDS = 30  # what is in line is recorded first: 64 answers at most

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    street = Street()
    for at, host in enumerate(HOSTS):
        numbers = range(at * PAGES, (at + 1) * PAGES)
        street.publish(host, {f"/{n}": Answer(body=story(n)) for n in numbers})
    with playing(street):
        yield street


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "wirecopy.toml"
    path.write_text(settings_text(tmp_path / "data", HOSTS))
    return path


def command(street: Street, path: Path) -> list[str]:
    ours = [sys.executable, "-m", "tests.faults.command", str(street.port)]
    return [*ours, "--settings", str(path), "run", "--once"]


def interrupted(street: Street, path: Path, when: Callable[[], bool]) -> tuple[int, float, str]:
    """Exit code, seconds it took to end, and what it said; Ctrl-C as a terminal sends it."""
    with subprocess.Popen(
        command(street, path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=hears_ctrl_c,
    ) as process:
        deadline = time.monotonic() + START_SECONDS
        while not when() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert process.poll() is None, process.communicate()[0]
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the whole group
        said, _ = process.communicate(timeout=2 * END_SECONDS)
        return process.returncode, time.monotonic() - began, said


def finish(street: Street, path: Path) -> Standing:
    done = subprocess.run(
        command(street, path),
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return standing(path.parent / "data")


def test_ctrl_c_keeps_what_was_got_and_the_next_start_goes_on(street: Street, path: Path) -> None:
    asked = street.asked

    code, seconds, said = interrupted(street, path, lambda: street.asked > asked + 80)

    assert code == 130, said
    assert seconds < END_SECONDS
    assert said.splitlines()[-1] == "Stopped."
    assert "Traceback" not in said
    before = standing(path.parent / "data")
    assert 0 < len(before.published) < len(HOSTS) * PAGES
    assert before.in_line == 0  # what was archived is in the store
    after = finish(street, path)
    assert lost(before, after) == []
    assert len(after.published) == len(HOSTS) * PAGES
    assert after.doubled == []
    settings = config.load(path)
    assert verify_published(settings, None, SilentReport()).problems == []
    assert replay(settings, SilentReport()).differences == []


@pytest.mark.parametrize("seconds", [0.0, 0.6, 1.5])
def test_ctrl_c_while_it_starts_is_quiet(seconds: float, street: Street, path: Path) -> None:
    """The workers' server is starting then, and loads what they share."""
    opened: list[float] = []

    def when() -> bool:
        if not opened and (path.parent / "data" / "archive").exists():
            opened.append(time.monotonic())
        return bool(opened) and time.monotonic() - opened[0] >= seconds

    code, took, said = interrupted(street, path, when)

    assert "Traceback" not in said, said
    assert (code, said.splitlines()[-1]) == (130, "Stopped.")
    assert took < END_SECONDS
