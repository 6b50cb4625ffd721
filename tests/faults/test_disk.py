"""A full disk: one clear sentence, nothing half-written, and on again when there is room."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.faults_store import DATABASE, lost, standing
from bench.street import Answer, Street, playing, settings_text, story
from wirecopy import config
from wirecopy.progress import SilentReport
from wirecopy.replay import replay
from wirecopy.verifying import verify_published

HOSTS = [f"paper{number}.example" for number in range(1, 7)]
PAGES = 8  # each
RUN_SECONDS = 240


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    """Six publishers with eight articles each; a page is 60 KB that do not pack well.

    No page declares its language, so that the model of languages is asked.
    """
    street = Street()
    for at, host in enumerate(HOSTS):
        numbers = range(at * PAGES, (at + 1) * PAGES)
        street.publish(host, {f"/{n}": Answer(body=page(n)) for n in numbers})
    with playing(street):
        yield street


def page(number: int) -> bytes:
    noise = os.urandom(30_000).hex().encode()
    undeclared = story(number).replace(b" lang='en'", b"")
    return undeclared.replace(b"</head>", b"<!-- " + noise + b" --></head>")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    disk = tmp_path / "disk"
    disk.mkdir()
    try:
        mount("-t", "tmpfs", "-o", "size=60m", "tmpfs", disk)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no file system can be mounted here: {error.stderr.strip()}")
    yield disk
    subprocess.run(["umount", disk], check=True)


def resize(disk: Path, size: str) -> None:
    mount("-o", f"remount,size={size}", disk)


def mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *arguments], capture_output=True, text=True, check=True)


def run_once(street: Street, path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`wirecopy run --once`."""
    command = [sys.executable, "-m", "tests.faults.command", str(street.port)]
    return subprocess.run(
        [*command, "--settings", str(path), "run", "--once"],
        capture_output=True,
        text=True,
        check=False,
        timeout=RUN_SECONDS,
        env=os.environ | environment,
    )


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """What it said of its end, which must be one sentence with its cure, and no traceback."""
    assert "Traceback" not in done.stderr, done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("wirecopy: ")]
    assert len(said) == 1, done.stderr
    return said[0]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("small", "size", "words"),
    [
        ("everything", "1500k", r"cannot grow: (the|its) disk is full"),
        ("archive", "1000k", r"The archive \S+ cannot grow: the disk is full\."),
        ("database", "600k", r"The database \S+ cannot grow: the disk is full\."),
    ],
)
def test_a_full_disk_is_told_and_the_next_start_goes_on(
    small: str, size: str, words: str, street: Street, disk: Path, tmp_path: Path
) -> None:
    resize(disk, size)
    roomy = tmp_path / "roomy"
    folder = roomy if small == "database" else disk
    database = (roomy if small == "archive" else disk) / DATABASE
    path = tmp_path / "wirecopy.toml"
    path.write_text(settings_text(folder, HOSTS, database=database))

    done = run_once(street, path)

    assert done.returncode == 3, done.stderr
    said = complaint(done)
    assert re.search(words, said)
    assert "Free some space" in said
    before = standing(folder, database)
    assert len(before.published) < len(HOSTS) * PAGES

    resize(disk, "60m")
    again = run_once(street, path)

    assert again.returncode == 0, again.stderr
    after = standing(folder, database)
    assert lost(before, after) == []
    assert after.doubled == []
    assert after.published == after.articles.keys()
    assert len(after.published) == len(HOSTS) * PAGES
    settings = config.load(path)
    assert verify_published(settings, None, SilentReport()).problems == []
    assert replay(settings, SilentReport()).differences == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_full_temporary_folder_is_told_too(street: Street, disk: Path, tmp_path: Path) -> None:
    """The language model is unpacked there; a machine with one disk has it full as well."""
    resize(disk, "100k")
    path = tmp_path / "wirecopy.toml"
    path.write_text(settings_text(tmp_path / "data", HOSTS))

    done = run_once(street, path, TMPDIR=str(disk))

    assert done.returncode == 3, done.stderr
    assert "The disk is full" in complaint(done)
    assert run_once(street, path).returncode == 0
    assert len(standing(tmp_path / "data").published) == len(HOSTS) * PAGES
