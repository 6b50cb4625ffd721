"""Settings: what is right is read, and what is wrong is named with its cure."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from wirecopy import config
from wirecopy.errors import SettingsError
from wirecopy.model import BasisKind, Mode

PUBLISHER = """
[[publisher]]
name = "The Example"
domain = "example.org"
[[publisher.feed]]
url = "https://example.org/feed"
section = "world"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "wirecopy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def the_mistake(folder: Path, text: str) -> SettingsError:
    """The only mistake of a file."""
    found = config.mistakes(written(folder, text))
    assert len(found) == 1, [str(one) for one in found]
    return found[0]


def test_an_empty_file_is_a_private_site_on_this_machine(tmp_path: Path) -> None:
    settings = config.load(written(tmp_path, ""))

    assert settings.private
    assert settings.site.host == "127.0.0.1"
    assert settings.site.port == 8000
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.site.timezone == "UTC"
    assert settings.storage.keep_days == 0
    assert settings.publishers == ()


def test_the_folder_is_relative_to_the_file(tmp_path: Path) -> None:
    settings = config.load(written(tmp_path, '[storage]\nfolder = "data"'))

    assert settings.storage.folder == tmp_path / "data"
    assert settings.archive_folder == tmp_path / "data" / "archive"
    assert settings.database_url == f"sqlite:///{tmp_path}/data/wirecopy.db"


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    settings = config.load(
        written(
            tmp_path,
            """
[site]
name = "Morning"
public = true
host = "0.0.0.0"
port = 8080
base_url = "https://morning.example.org/"
contact = "desk@example.org"
timezone = "Asia/Kolkata"
languages = ["en", "hi", "en"]
muted_words = ["lottery"]

[gather]
delay_seconds = 2
page_limit_mb = 5

[stories]
across_languages = true

[storage]
folder = "d"
database_url = "postgresql://me:secret@localhost/wirecopy"
keep_days = 90
disk_limit_gb = 12.5

[[publisher]]
name = "The Example"
domain = "WWW.Example.org"
other_domains = ["example.net"]
home = "https://www.example.org/"
country = "in"
language = "en"
section = "world"
[publisher.basis]
kind = "licence"
mode = "full"
licence = "CC BY 4.0"
evidence = "You may republish."
evidence_url = "https://example.org/terms"
recorded = 2026-01-31
[[publisher.feed]]
url = "https://www.example.org/feed"
listed_in = "a list, read 2026-11-23"
[[publisher.feed]]
url = "https://www.example.org/hindi"
section = "politics"
language = "hi"

[[takedown]]
url = "https://example.org/story"
reason = "privacy"
date = 2026-02-01
""",
        )
    )

    assert not settings.private
    assert settings.base_url == "https://morning.example.org"
    assert settings.user_agent == "Wirecopy/0.1.0 (desk@example.org)"
    assert settings.site.languages == ("en", "hi")
    assert settings.gather.delay_seconds == 2.0
    assert settings.stories.across_languages
    assert settings.database_url == "postgresql+psycopg://me:secret@localhost/wirecopy"
    assert settings.storage.disk_limit_gb == 12.5
    (publisher,) = settings.publishers
    assert publisher.id == "example.org"
    assert publisher.domains == ("example.org", "example.net")
    assert publisher.country == "IN"
    assert publisher.basis.kind is BasisKind.LICENCE
    assert publisher.basis.mode is Mode.FULL
    assert publisher.basis.recorded == date(2026, 1, 31)
    first, second = publisher.feeds
    assert (first.section, first.language) == ("world", "en")
    assert (second.section, second.language) == ("politics", "hi")
    assert first.listed_in == "a list, read 2026-11-23"
    (takedown,) = settings.takedowns
    assert takedown == config.Takedown(
        url="https://example.org/story", reason="privacy", date=date(2026, 2, 1)
    )


def test_a_contact_that_is_an_address_is_sent_as_crawlers_send_theirs(tmp_path: Path) -> None:
    settings = config.load(written(tmp_path, '[site]\ncontact = "https://example.org/about"'))

    assert settings.user_agent == "Wirecopy/0.1.0 (+https://example.org/about)"


# text of the file -> line, key path, and words that must stand in the one error
WRONG = {
    "an unknown key is refused with the nearest": (
        '[site]\nname = "X"\nprot = 80',
        3,
        "site.prot",
        ["is not a key Wirecopy knows", "Did you mean port?"],
    ),
    "a key in the wrong table is sent to the right one": (
        "[site]\ndelay_seconds = 3",
        2,
        "site.delay_seconds",
        ["belongs in [gather]"],
    ),
    "an unknown table": ("[sight]\nx = 1", 1, "sight", ["Did you mean site?"]),
    "a number in quotes": (
        '[site]\nport = "80"',
        2,
        "site.port",
        ['"80" is text, not a whole number', "from 1 to 65535, without quotes"],
    ),
    "true is not a number": ("[site]\nport = true", 2, "site.port", ["true is true or false"]),
    "a number out of range": (
        "[site]\nport = 70000",
        2,
        "site.port",
        ["70000 is out of range", "from 1 to 65535"],
    ),
    "not a number at all": (
        "[gather]\ndelay_seconds = nan",
        2,
        "gather.delay_seconds",
        ["nan is out of range"],
    ),
    "a switch in words": (
        '[site]\npublic = "yes"',
        2,
        "site.public",
        ['"yes" is text', "Write true or false"],
    ),
    "languages joined by count": (
        "[stories]\nacross_languages = 2",
        2,
        "stories.across_languages",
        ["2 is a number, not true or false", "Write true or false"],
    ),
    "a key that is written like one of its table and belongs in another": (
        "[site]\nacross_languages = true",
        2,
        "site.across_languages",
        ["belongs in [stories]"],
    ),
    "a timezone that is not one": (
        '[site]\ntimezone = "Asia/Kolkatta"',
        2,
        "site.timezone",
        ['"Asia/Kolkatta" is not a known timezone', 'did you mean "Asia/Kolkata"?'],
    ),
    "languages as text": (
        '[site]\nlanguages = "en"',
        2,
        "site.languages",
        ['"en" is text, not a list', '["en", "hi"]'],
    ),
    "a language by its name": (
        '[site]\nlanguages = ["english"]',
        2,
        "site.languages",
        ["is not a language code"],
    ),
    "a private site shown to others": (
        '[site]\nhost = "0.0.0.0"',
        2,
        "site.host",
        ['"0.0.0.0" would show a private site to others', "public = true"],
    ),
    "a database we do not know": (
        '[storage]\ndatabase_url = "mysql://u:secret@h/d"',
        2,
        "storage.database_url",
        ["is not a database Wirecopy knows", "u:***@h"],
    ),
    "an empty name": ('[site]\nname = " "', 2, "site.name", ["is empty"]),
    "a contact that is neither": (
        '[site]\ncontact = "me at home"',
        2,
        "site.contact",
        ["is neither an e-mail address nor a web address"],
    ),
    "a publisher without a feed": (
        '[[publisher]]\nname = "X"\ndomain = "x.org"',
        1,
        "publisher[1].feed",
        ["is missing", "[[publisher.feed]]"],
    ),
    "a publisher without a name": (
        '[[publisher]]\ndomain = "x.org"\n[[publisher.feed]]\nurl = "https://x.org/"',
        1,
        "publisher[1].name",
        ["is missing", 'name = "The Example"'],
    ),
    "a feed that is not on the web": (
        PUBLISHER + '[[publisher.feed]]\nurl = "ftp://example.org/"',
        9,
        "publisher[1].feed[2].url",
        ['"ftp://example.org/" is not a web address'],
    ),
    "a feed with a password in it": (
        PUBLISHER + '[[publisher.feed]]\nurl = "https://me:hidden@example.org/f"',
        9,
        "publisher[1].feed[2].url",
        ["holds a user name or password", "me:***@example.org"],
    ),
    "the same feed twice": (
        PUBLISHER + '[[publisher.feed]]\nurl = "https://example.org/feed"',
        9,
        "publisher[1].feed[2].url",
        ["stands in publisher[1].feed[1] too"],
    ),
    "the same feed at another of its addresses": (
        PUBLISHER + '[[publisher.feed]]\nurl = "http://www.example.org/feed/"',
        9,
        "publisher[1].feed[2].url",
        ["stands in publisher[1].feed[1] too"],
    ),
    "the same domain twice": (
        PUBLISHER
        + '[[publisher]]\nname = "Y"\ndomain = "www.example.org"\n'
        + '[[publisher.feed]]\nurl = "https://y.org/"',
        10,
        "publisher[2].domain",
        ['"example.org" stands in publisher[1] too'],
    ),
    "a domain that is an address": (
        '[[publisher]]\nname = "X"\ndomain = "https://x.org/"\n'
        '[[publisher.feed]]\nurl = "https://x.org/"',
        3,
        "publisher[1].domain",
        ["is not a domain", 'Write only the name: "example.org"'],
    ),
    "a mode that does not exist": (
        PUBLISHER.replace(
            "[[publisher.feed]]",
            'basis = { kind = "own", mode = "ful", evidence = "ours", recorded = 2026-01-31 }\n'
            "[[publisher.feed]]",
        ),
        5,
        "publisher[1].basis.mode",
        ['"ful" is not one of the known words', 'did you mean "full"?'],
    ),
    "a licence without its address": (
        PUBLISHER.replace(
            "[[publisher.feed]]",
            'basis = { kind = "licence", mode = "full", evidence = "x", recorded = 2026-01-31 }\n'
            "[[publisher.feed]]",
        ),
        5,
        "publisher[1].basis.evidence_url",
        ["A licence needs the address of its terms"],
    ),
    "a takedown without a reason we tell": (
        '[[takedown]]\nurl = "https://x.org/a"\nreason = "because"\ndate = 2026-01-31',
        3,
        "takedown[1].reason",
        ['"because" is not one of the known words', '"privacy"'],
    ),
    "a day in quotes": (
        '[[takedown]]\nurl = "https://x.org/a"\nreason = "court"\ndate = "2026-01-31"',
        4,
        "takedown[1].date",
        ["is text", "2026-01-31, without quotes"],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_named_with_file_line_key_value_and_cure(case: str, tmp_path: Path) -> None:
    text, line, key, words = WRONG[case]

    error = the_mistake(tmp_path, text)

    assert (error.line, error.key) == (line, key)
    assert str(error).startswith(f"{tmp_path}/wirecopy.toml, line {line}: {key}: ")
    assert error.cure
    for word in words:
        assert word in str(error)
    assert "secret" not in str(error)
    assert "hidden" not in str(error)


SYNTAX = {
    "a colon for an equals sign": ("[site]\nport: 80", 2, "equals sign"),
    "Python's True": ("[site]\npublic = True", 2, "true or false"),
    "text without quotes": ("[site]\nname = Morning", 2, "Put text in quotes"),
    "a quote that is not closed": ('[site]\nname = "Morning', 2, "missing quote"),
    "a key twice": ("[site]\nport = 1\nport = 2", 3, ""),
    "a table that is cut": ("[site", 1, ""),
}


@pytest.mark.parametrize("case", SYNTAX)
def test_a_syntax_error_names_its_line_and_what_is_often_meant(case: str, tmp_path: Path) -> None:
    text, line, cure = SYNTAX[case]

    error = the_mistake(tmp_path, text)

    assert error.line == line
    assert "is not TOML here" in str(error)
    assert cure in error.cure


def test_every_mistake_is_told_not_only_the_first(tmp_path: Path) -> None:
    path = written(tmp_path, '[site]\nport = 0\ntimezone = "Mars"\n[gather]\ndelay = 1')

    with pytest.raises(SettingsError) as caught:
        config.load(path)

    assert [caught.value.key, *(one.key for one in caught.value.more)] == [
        "site.port",
        "site.timezone",
        "gather.delay",
    ]


def test_a_public_site_says_who_it_is(tmp_path: Path) -> None:
    found = config.mistakes(written(tmp_path, "[site]\npublic = true"))

    assert [error.key for error in found] == ["site.base_url", "site.contact"]
    assert all("the site is public" in str(error) for error in found)
    assert all("public = false" in error.cure for error in found)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1"])
def test_a_private_site_may_listen_on_this_machine(host: str, tmp_path: Path) -> None:
    assert config.load(written(tmp_path, f'[site]\nhost = "{host}"')).private


def test_no_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no such file") as caught:
        config.load(tmp_path / "wirecopy.toml")

    assert "wirecopy init" in caught.value.cure


def test_a_folder_is_not_a_settings_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is a folder"):
        config.load(tmp_path)


def test_bytes_that_are_not_text_are_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "wirecopy.toml"
    path.write_bytes(b'[site]\nname = "caf\xe9"\n')

    with pytest.raises(SettingsError, match="is not UTF-8 text") as caught:
        config.load(path)

    assert caught.value.line == 2


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "wirecopy.toml"
    path.write_bytes(b'\xef\xbb\xbf[site]\nname = "X"\n')

    assert config.load(path).site.name == "X"


def test_deep_nesting_is_a_mistake_and_not_a_crash(tmp_path: Path) -> None:
    error = the_mistake(tmp_path, "a = " + "[" * 100_000)

    assert "nested too deeply" in str(error)


def test_a_key_inside_a_long_text_does_not_move_the_lines(tmp_path: Path) -> None:
    path = written(tmp_path, '[site]\nname = """\nport = 1\n"""\nport = 0')

    assert [(error.key, error.line) for error in config.mistakes(path)] == [
        ("site.name", 2),
        ("site.port", 5),
    ]


def test_a_basis_may_be_a_table_and_its_evidence_several_lines(tmp_path: Path) -> None:
    settings = config.load(
        written(
            tmp_path,
            """
[[publisher]]
name = "The Example"
domain = "example.org"
[publisher.basis]
kind = "permission"
mode = "excerpt"
evidence = '''
You may show
the first lines.'''
recorded = 2026-01-31
[[publisher.feed]]
url = "https://example.org/feed"
""",
        )
    )

    (publisher,) = settings.publishers
    assert publisher.basis.mode is Mode.EXCERPT
    assert publisher.basis.evidence == "You may show the first lines."
    assert publisher.feeds[0].url == "https://example.org/feed"


def test_a_mistake_in_a_basis_table_has_its_own_line(tmp_path: Path) -> None:
    error = the_mistake(
        tmp_path,
        PUBLISHER.replace(
            "[[publisher.feed]]",
            '[publisher.basis]\nkind = "own"\nmode = "all"\nevidence = "x"\n'
            "recorded = 2026-01-31\n[[publisher.feed]]",
        ),
    )

    assert (error.key, error.line) == ("publisher[1].basis.mode", 7)
