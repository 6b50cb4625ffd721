"""`up` is two processes: both begin, and both end, however it is ended."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.terminal import hears_ctrl_c

START_SECONDS = 60  # on a machine that builds other things at the same time
END_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settings(folder: Path, port: int) -> Path:
    """A site whose only source can never be found: names under `.invalid` do not resolve."""
    path = folder / "wirecopy.toml"
    path.write_text(
        f"""
[site]
port = {port}
contact = "desk@example.org"
[[publisher]]
name = "Nowhere"
domain = "nowhere.example"
[[publisher.feed]]
url = "https://nowhere.invalid/feed"
section = "world"
"""
    )
    return path


def answers(port: int) -> bool:
    with socket.socket() as caller:
        caller.settimeout(0.5)
        return caller.connect_ex(("127.0.0.1", port)) == 0


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether a condition came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


@contextmanager
def running(folder: Path, verb: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The command with its site answering, and the port of the site."""
    port = free_port()
    path = settings(folder, port)
    command = [sys.executable, "-m", "wirecopy", "--settings", str(path), verb]
    with (folder / "err").open("w") as err:
        process = subprocess.Popen(
            command,
            stdout=err,
            stderr=err,
            text=True,
            cwd=folder,
            start_new_session=True,
            preexec_fn=hears_ctrl_c,
        )
    try:
        assert until(lambda: answers(port) or process.poll() is not None, START_SECONDS)
        assert process.poll() is None, (folder / "err").read_text()
        yield process, port
    finally:
        for child in psutil.Process(process.pid).children(recursive=True) if alive(process) else []:
            child.kill()
        process.kill()
        process.wait()


def alive(process: subprocess.Popen[str]) -> bool:
    return process.poll() is None


@pytest.mark.slow
@pytest.mark.parametrize(("signal_", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_up_ends_cleanly_with_both_its_processes(
    signal_: signal.Signals, code: int, tmp_path: Path
) -> None:
    with running(tmp_path, "up") as (process, port):
        family = psutil.Process(process.pid).children(recursive=True)
        assert family  # the web, and what reads pages

        process.send_signal(signal_)

        assert process.wait(END_SECONDS) == code, (tmp_path / "err").read_text()
        assert until(lambda: not any(child.is_running() for child in family), END_SECONDS)
        assert not answers(port)
    said = (tmp_path / "err").read_text()
    assert "Traceback" not in said
    assert f"The newspaper is at http://127.0.0.1:{port}" in said
    assert "1 publisher, 1 feed." in said
    assert "no publisher is link-only" in said


@pytest.mark.slow
def test_the_web_ends_when_up_is_killed(tmp_path: Path) -> None:
    with running(tmp_path, "up") as (process, port):
        process.kill()
        process.wait()

        assert until(lambda: not answers(port), END_SECONDS)


@pytest.mark.slow
def test_up_twice_says_that_the_port_is_in_use(tmp_path: Path) -> None:
    with running(tmp_path, "up") as (_, port):
        again = subprocess.run(
            [sys.executable, "-m", "wirecopy", "--settings", tmp_path / "wirecopy.toml", "up"],
            capture_output=True,
            text=True,
            check=False,
        )

        assert again.returncode == 2
        assert f"Port {port} on 127.0.0.1 is in use." in again.stderr


@pytest.mark.slow
def test_run_once_with_a_dead_source_ends_with_0(tmp_path: Path) -> None:
    path = settings(tmp_path, free_port())

    done = subprocess.run(
        [sys.executable, "-m", "wirecopy", "--settings", path, "run", "--once"],
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS,
    )

    assert done.returncode == 0
    assert done.stdout == (
        "0 feeds and 0 pages answered; 0 articles announced, 0 published, 0 held back.\n"
    )
    assert "Traceback" not in done.stderr
