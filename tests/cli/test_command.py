"""The command: what it answers, how it ends, and that it answers at once."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from wirecopy import cli, cli_newspaper, config
from wirecopy.errors import ConfigError, StoreError

LIST = b"""<opml version="2.0"><body>
<outline text="The Example" xmlUrl="https://example.org/feed" category="/world"/>
<outline text="Second" xmlUrl="https://second.example/rss"/>
</body></opml>"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def verb() -> Iterator[Callable[[BaseException], str]]:
    """Gives the command a verb for the length of a test; it raises what it is given."""

    def make(error: BaseException) -> str:
        def fails() -> None:
            raise error

        cli.main.add_command(click.Command("fails", callback=fails))
        return "fails"

    yield make
    cli.main.commands.pop("fails", None)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.execute(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "--help")

    assert code == 0
    for words in ("To begin:", "wirecopy demo", "wirecopy init", "wirecopy up", "Exit codes:"):
        assert words in out
    for exit_code in cli.EXIT_CODES:
        assert f"\n    {exit_code} " in out


def test_no_verb_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys)

    assert code == 0
    assert "To begin:" in out


@pytest.mark.parametrize("verb", list(cli.main.commands))
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, verb, "--help")

    assert code == 0
    assert out.startswith(f"Usage: wirecopy {verb}")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "--version") == (0, "wirecopy 0.1.0\n", "")


def test_a_verb_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, "chek")

    assert code == 2
    assert "Did you mean 'check'?" in err


def test_init_writes_a_file_that_is_right(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, out, _ = said(capsys, "init", "--contact", "desk@example.org")

    assert code == 0
    assert out == "Wrote wirecopy.toml. Next: `wirecopy check`, then `wirecopy up`.\n"
    assert config.load(folder / "wirecopy.toml").site.contact == "desk@example.org"


def test_init_never_touches_a_file(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "wirecopy.toml").write_text("mine")

    code, _, err = said(capsys, "init", "--contact", "desk@example.org")

    assert code == 2
    assert err == (
        "wirecopy: wirecopy.toml exists already; it was left as it is. "
        "Move it away, or name another with --settings.\n"
    )


def test_init_with_a_contact_that_is_none(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, _, err = said(capsys, "init", "--contact", "me")

    assert code == 2
    assert '"me" is neither an e-mail address nor a web address' in err
    assert not (folder / "wirecopy.toml").exists()


def test_no_settings_is_one_sentence_with_its_cure(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, "up")

    assert (code, out) == (2, "")
    assert err == (
        "wirecopy: wirecopy.toml: there is no such file. Run `wirecopy init` to write one.\n"
    )


def test_every_mistake_in_the_settings_is_a_line(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "wirecopy.toml").write_text("[site]\nport = 0\nnmae = 1\n")

    code, _, err = said(capsys, "check")

    assert code == 2
    assert err.splitlines() == [
        "wirecopy: wirecopy.toml, line 2: site.port: 0 is out of range. "
        "Write a number from 1 to 65535.",
        "wirecopy: wirecopy.toml, line 3: site.nmae: is not a key Wirecopy knows. "
        "Did you mean name?",
    ]


def test_check_of_the_settings_alone(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "my.toml").write_text('[site]\ncontact = "desk@example.org"\n')

    code, out, _ = said(capsys, "--settings", "my.toml", "check", "--settings-only")

    assert code == 0
    assert out == (
        "Settings: right. 0 publishers, 0 feeds; a private site at http://127.0.0.1:8000\n"
    )


def test_up_without_a_publisher_says_how_to_get_one(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "wirecopy.toml").write_text("")

    code, _, err = said(capsys, "up")

    assert code == 2
    assert "names no publisher" in err
    assert "wirecopy add URL" in err


def test_show_before_anything_was_gathered(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "wirecopy.toml").write_text("")

    code, _, err = said(capsys, "show", "https://example.org/a")

    assert code == 2
    assert "Nothing has been gathered" in err


def test_verify_wants_one_article_or_all(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "wirecopy.toml").write_text("")

    assert said(capsys, "verify")[0] == 2
    code, _, err = said(capsys, "verify", "abc", "--all")
    assert code == 2
    assert "Name one article, or say --all." in err


def test_a_list_goes_in_and_comes_out(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "wirecopy.toml").write_text("")
    (folder / "list.opml").write_bytes(LIST)

    code, out, _ = said(capsys, "import", "list.opml")
    assert (code, out) == (
        0,
        "Added 2 feeds of 2 new publishers to wirecopy.toml; 0 known already, 0 of no use.\n",
    )
    code, out, _ = said(capsys, "import", "list.opml")
    assert "Added 0 feeds of 0 new publishers" in out
    assert "2 known already" in out

    code, out, _ = said(capsys, "export")
    assert code == 0
    assert 'xmlUrl="https://example.org/feed"' in out
    assert 'xmlUrl="https://second.example/rss"' in out


def test_a_list_that_is_not_there(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "wirecopy.toml").write_text("")

    code, _, err = said(capsys, "import", "no.opml")

    assert code == 2
    assert "no.opml cannot be read" in err


# ---------------------------------------------------------------- faults


def test_a_port_in_use_is_one_clear_sentence(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        (folder / "wirecopy.toml").write_text(f"[site]\nport = {port}\n")

        code, _, err = said(capsys, "serve")

    assert code == 2
    assert err == (
        f"wirecopy: Port {port} on 127.0.0.1 is in use. "
        "Stop the programme that listens there, or choose another port.\n"
    )


def test_an_address_of_another_machine_cannot_be_listened_on() -> None:
    with pytest.raises(ConfigError, match=r"192\.0\.2\.1 cannot be listened on"):
        cli_newspaper.ensure_free("192.0.2.1", 8000)


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(folder: Path) -> None:
    (folder / "file").write_text("")

    with pytest.raises(ConfigError, match=r"cannot be written \(Not a directory\)"):
        cli_newspaper.ensure_folder(folder / "file" / "data")


def test_a_read_only_folder_is_one_clear_sentence(folder: Path) -> None:
    (folder / "data").mkdir(mode=0o500)
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)  # root may write anywhere; nobody may not
    try:
        with pytest.raises(ConfigError, match=r"data cannot be written \(Permission denied\)"):
            cli_newspaper.ensure_folder(folder / "data")
    finally:
        os.seteuid(was)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OSError(28, "No space left on device", "a.warc.gz"), 3, "The disk is full (a.warc.gz)."),
        (PermissionError(13, "Permission denied", "a.db"), 2, "a.db cannot be opened"),
        (OSError(30, "Read-only file system", "a.db"), 2, "Read-only file system"),
        (ExceptionGroup("", [StoreError("The database is newer.", cure="Upgrade.")]), 3, "newer"),
    ],
)
def test_what_the_disk_refuses_is_a_sentence(
    error: Exception,
    code: int,
    words: str,
    verb: Callable[[BaseException], str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended, _, err = said(capsys, verb(error))

    assert ended == code
    assert words in err
    assert err.startswith("wirecopy: ")
    assert len(err.splitlines()) == 1


def test_a_defect_is_loud(verb: Callable[[BaseException], str]) -> None:
    name = verb(OSError(5, "Input/output error"))

    with pytest.raises(OSError, match="Input/output error"):
        cli.execute([name])


def test_an_end_of_file_that_nobody_typed_is_loud(verb: Callable[[BaseException], str]) -> None:
    name = verb(EOFError("unexpected EOF"))

    with pytest.raises(EOFError, match="unexpected EOF"):
        cli.execute([name])


def test_ctrl_c_ends_with_130_and_a_line(
    verb: Callable[[BaseException], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, verb(KeyboardInterrupt())) == (130, "", "\nStopped.\n")


def test_sigterm_is_a_clean_end(
    verb: Callable[[BaseException], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, verb(cli.Terminated())) == (0, "", "")


# ---------------------------------------------------------------- quickness


def test_help_loads_nothing_heavy() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from wirecopy.cli import main; "
            "print(*({'aiohttp', 'sqlalchemy', 'lxml', 'rich', 'structlog', 'fastapi',"
            " 'trafilatura', 'feedparser'} & set(sys.modules)))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == ""


def test_python_m_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wirecopy", "--version"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "wirecopy 0.1.0\n")
