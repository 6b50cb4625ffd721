"""Adding to a settings file: what stands there stays byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from wirecopy import config, config_text
from wirecopy.errors import ConfigError, SettingsError
from wirecopy.model import Feed, Publisher, PublisherId

TWO = """\
# mine
[site]
name = "Morning"   # kept

[[publisher]]
name = "A"
domain = "a.org"
[[publisher.feed]]
url = "https://a.org/feed"

# about B
[[publisher]]
name = "B"
domain = "b.org"
[[publisher.feed]]
url = "https://b.org/feed"
"""


def publisher(domain: str, *urls: str, name: str = "New") -> Publisher:
    me = PublisherId(domain)
    feeds = tuple(Feed(url=url, publisher=me, section="world") for url in urls)
    return Publisher(id=me, name=name, home=f"https://{domain}/", domains=(me,), feeds=feeds)


def written(folder: Path, text: str) -> Path:
    path = folder / "wirecopy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_new_publisher_goes_to_the_end(tmp_path: Path) -> None:
    path = written(tmp_path, TWO)

    added = config_text.add(path, [publisher("c.org", "https://c.org/feed")], "Added today.")

    assert added.publishers == 1
    assert path.read_text("utf-8") == (
        TWO
        + """
# Added today.
[[publisher]]
name = "New"
domain = "c.org"
basis = "none"
[[publisher.feed]]
url = "https://c.org/feed"
section = "world"
"""
    )


def test_a_new_feed_of_a_known_publisher_goes_into_its_block(tmp_path: Path) -> None:
    path = written(tmp_path, TWO)

    added = config_text.add(path, [publisher("a.org", "https://a.org/more")], "Added today.")

    assert added.publishers == 0
    settings = config.load(path)
    assert [feed.url for feed in settings.publishers[0].feeds] == [
        "https://a.org/feed",
        "https://a.org/more",
    ]
    assert [feed.url for feed in settings.publishers[1].feeds] == ["https://b.org/feed"]
    text = path.read_text("utf-8")
    assert (
        text.replace(
            '# Added today.\n[[publisher.feed]]\nurl = "https://a.org/more"\nsection = "world"\n',
            "",
        )
        == TWO
    )


def test_a_feed_of_the_last_publisher(tmp_path: Path) -> None:
    path = written(tmp_path, TWO.rstrip("\n"))

    config_text.add(path, [publisher("b.org", "https://b.org/more")], "Added today.")

    assert [feed.url for feed in config.load(path).publishers[1].feeds] == [
        "https://b.org/feed",
        "https://b.org/more",
    ]


def test_a_known_feed_is_left_out_and_the_file_untouched(tmp_path: Path) -> None:
    path = written(tmp_path, TWO)
    before = path.stat().st_mtime_ns

    added = config_text.add(path, [publisher("a.org", "https://a.org/feed")], "Added today.")

    assert (len(added.feeds), len(added.known)) == (0, 1)
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize("url", ["http://a.org/feed", "https://www.a.org/feed/"])
def test_f54_a_known_feed_at_another_of_its_addresses_is_left_out(url: str, tmp_path: Path) -> None:
    path = written(tmp_path, TWO)

    added = config_text.add(path, [publisher("a.org", url)], "Added today.")

    assert (len(added.feeds), len(added.known)) == (0, 1)
    assert path.read_text("utf-8") == TWO


def test_the_same_feed_twice_in_one_addition_stands_once(tmp_path: Path) -> None:
    path = written(tmp_path, TWO)

    added = config_text.add(
        path,
        [publisher("c.org", "https://c.org/feed"), publisher("d.org", "https://c.org/feed")],
        "Added today.",
    )

    assert (len(added.feeds), len(added.known)) == (1, 1)
    assert [p.id for p in config.load(path).publishers] == ["a.org", "b.org", "c.org"]


def test_a_file_with_a_mistake_is_not_added_to(tmp_path: Path) -> None:
    path = written(tmp_path, "[site]\nport = 0\n")

    with pytest.raises(SettingsError, match=r"site\.port"):
        config_text.add(path, [publisher("c.org", "https://c.org/feed")], "")

    assert path.read_text() == "[site]\nport = 0\n"


def test_an_addition_that_would_not_be_right_changes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, TWO)

    with pytest.raises(ConfigError, match="left as it is"):
        config_text.add(path, [publisher("c.org", "ftp://c.org/feed")], "")

    assert path.read_text("utf-8") == TWO
    assert [entry.name for entry in tmp_path.iterdir()] == ["wirecopy.toml"]


def test_the_files_rights_stay(tmp_path: Path) -> None:
    path = written(tmp_path, TWO)
    path.chmod(0o640)

    config_text.add(path, [publisher("c.org", "https://c.org/feed")], "")

    assert path.stat().st_mode & 0o777 == 0o640


@given(name=st.text(min_size=1).filter(lambda text: text.strip()))
@hypothesis_settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_name_can_be_written_and_read_back(name: str, tmp_path: Path) -> None:
    written_name = config_text.quoted(name)
    path = written(
        tmp_path, f'[[publisher]]\nname = "N"\ndomain = "a.org"\nsection = {written_name}'
    )
    mistakes = config.mistakes(path)

    assert [error.key for error in mistakes] == ["publisher[1].feed"]  # and not the text
