"""What is to be put right before starting: one clear sentence, and nothing is touched."""

from __future__ import annotations

import codecs
import os
import pwd
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bench.street import settings_text
from wirecopy import cli, gather, replay, verifying
from wirecopy.store.db import open_store

HOST = "harbour.example"
VERBS = [("run", "--once"), ("up",), ("serve",), ("verify", "--all"), ("replay",)]
# Loaded now, as root: nobody may not look into our folder, nor into Python's.
LOADED = (gather, replay, verifying, codecs.lookup("utf-8-sig"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Settings with one publisher; nothing was gathered yet."""
    path = tmp_path / "wirecopy.toml"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = settings_text(tmp_path / "data", [HOST])
    path.write_text(text.replace("[site]\n", f"[site]\nport = {port}\n"))
    return path


def said(capsys: pytest.CaptureFixture[str], path: Path, *verb: str) -> tuple[int, str]:
    """The exit code and the one sentence."""
    code = cli.execute(["--settings", str(path), *verb])
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    [sentence] = [line for line in err.splitlines() if line.startswith("wirecopy: ")]
    return code, sentence.removeprefix("wirecopy: ")


@contextmanager
def as_nobody(*folders: Path) -> Iterator[None]:
    """Without root's powers, whom no folder refuses; the folders can still be looked into."""
    for folder in folders:
        for above in (folder, *folder.parents):
            if above.stat().st_uid == os.getuid() and above != Path("/"):
                above.chmod(above.stat().st_mode | 0o055)
    was = os.geteuid()
    if was == 0:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(was)


def everything(folder: Path) -> dict[str, bytes]:
    files = (one for one in folder.rglob("*") if one.is_file())
    return {str(one.relative_to(folder)): one.read_bytes() for one in files}


@pytest.mark.parametrize("verb", VERBS)
def test_a_database_of_a_newer_version_is_left_as_it_is(
    verb: tuple[str, ...], path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    (data / "archive").mkdir(parents=True)
    open_store(f"sqlite:///{data / 'wirecopy.db'}").close()
    with closing(sqlite3.connect(data / "wirecopy.db")) as c:
        c.execute("UPDATE alembic_version SET version_num = '9999'")
        c.commit()
        c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = (data / "wirecopy.db").read_bytes()

    code, sentence = said(capsys, path, *verb)

    assert code == 3
    assert "was written by a newer Wirecopy (tables 9999" in sentence
    assert "Install that Wirecopy again, or name another database." in sentence
    assert (data / "wirecopy.db").read_bytes() == before
    assert not list((data / "archive").glob("*.warc.gz*"))


def test_a_read_only_folder_is_told_before_anything_is_asked(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o555)

    with as_nobody(tmp_path):
        code, sentence = said(capsys, path, "run", "--once")

    assert code == 2
    assert sentence == (
        f"The folder {data} cannot be written (Permission denied). "
        "Give yourself the right to write there, or set folder under [storage]."
    )
    assert everything(data) == {}


def test_a_read_only_archive_is_told(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "archive").mkdir(mode=0o555)
    data.chmod(0o777)

    with as_nobody(tmp_path):
        code, sentence = said(capsys, path, "run", "--once")

    assert code == 3
    assert sentence == (
        f"The archive {data / 'archive'} cannot be written: the folder is read-only. "
        "Give the user that runs Wirecopy the right to write there."
    )
    assert list((data / "archive").iterdir()) == []


def test_a_read_only_database_is_told(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    open_store(f"sqlite:///{data / 'wirecopy.db'}").close()
    data.chmod(0o777)
    (data / "wirecopy.db").chmod(0o444)

    with as_nobody(tmp_path):
        code, sentence = said(capsys, path, "run", "--once")

    assert code == 3
    assert f"The database {data / 'wirecopy.db'} cannot be written" in sentence
    assert "the right to write there" in sentence


@pytest.mark.parametrize("verb", [("run", "--once"), ("up",), ("serve",), ("check",), ("export",)])
def test_settings_that_may_not_be_read_are_told(
    verb: tuple[str, ...], path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.chmod(0)

    with as_nobody(tmp_path):
        code, sentence = said(capsys, path, *verb)

    assert code == 2
    assert sentence == f"{path}: may not be read by you. Run `chmod u+r {path}`."
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("verb", ["up", "serve"])
def test_a_port_in_use_is_told_before_anything_is_asked(
    verb: str, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        path.write_text(re.sub(r"port = \d+", f"port = {port}", path.read_text()))

        code, sentence = said(capsys, path, verb)

    assert code == 2
    assert sentence == (
        f"Port {port} on 127.0.0.1 is in use. "
        "Stop the programme that listens there, or choose another port."
    )
    assert everything(tmp_path / "data") == {}


def test_a_second_gatherer_is_told(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from wirecopy.archive import Archive

    archive = tmp_path / "data" / "archive"
    with Archive(archive, software="other/1"):
        code, sentence = said(capsys, path, "run", "--once")

    assert code == 3
    assert sentence == (
        f"Another gatherer writes to the archive {archive}. "
        "Stop it first, or give this one a folder of its own."
    )
