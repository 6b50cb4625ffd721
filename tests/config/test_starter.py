"""The starter list: real publishers, each feed with its section and the list it was read in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wirecopy import config, config_text
from wirecopy.errors import ConfigError
from wirecopy.model import BasisKind
from wirecopy.stages.sections import SECTIONS, section

NAMED_IN_THE_PLAN = [
    "abplive.com",
    "hindustantimes.com",
    "thehindu.com",
    "dawn.com",
    "bbc.co.uk",
    "theguardian.com",
    "aljazeera.com",
    "dw.com",
    "france24.com",
    "npr.org",
    "globalvoices.org",
]


@pytest.fixture
def settings(tmp_path: Path) -> config.Settings:
    path = tmp_path / "wirecopy.toml"
    config_text.write_new(path, config_text.starter())
    return config.load(path)


def test_it_is_right_as_it_stands(settings: config.Settings) -> None:
    assert settings.private
    assert settings.site.name == "Wirecopy"


def test_it_has_forty_publishers_of_many_countries_and_languages(
    settings: config.Settings,
) -> None:
    assert len(settings.publishers) >= 40
    assert len({publisher.country for publisher in settings.publishers}) >= 8
    assert len({publisher.language for publisher in settings.publishers}) >= 5


@pytest.mark.parametrize("domain", NAMED_IN_THE_PLAN)
def test_it_has(domain: str, settings: config.Settings) -> None:
    assert domain in {publisher.id for publisher in settings.publishers}


def test_every_feed_has_a_section_and_names_the_list_it_was_read_in(
    settings: config.Settings,
) -> None:
    for publisher in settings.publishers:
        for feed in publisher.feeds:
            assert feed.section, feed.url
            assert re.search(r"\S.*, read 20\d\d-\d\d-\d\d$", feed.listed_in), feed.url
            assert feed.url.startswith("https://"), feed.url


def test_every_section_is_one_of_ours_or_top_which_leaves_it_to_the_page(
    settings: config.Settings,
) -> None:
    known = {key for key, _ in SECTIONS} | {"top"}
    assert {f.section for p in settings.publishers for f in p.feeds} - known == set()
    assert section("top", "", (), "https://example.org/a") == ("", "")


def test_a_basis_is_none_or_quotes_terms_with_their_address(settings: config.Settings) -> None:
    for publisher in settings.publishers:
        basis = publisher.basis
        if basis.kind is not BasisKind.NONE:
            assert basis.evidence
            assert basis.evidence_url.startswith("https://")
            assert basis.recorded is not None


def test_what_its_notes_show_is_right_when_the_notes_are_taken_away(tmp_path: Path) -> None:
    text = config_text.starter()
    head, _, rest = text.partition("# ----")
    shown = re.sub(r"^# (?=\w+ = )", "", head, flags=re.MULTILINE)
    path = tmp_path / "wirecopy.toml"
    path.write_text(shown + "# ----" + rest, encoding="utf-8")

    settings = config.load(path)

    assert settings.site.contact == "you@example.org"
    assert settings.database_url.startswith("postgresql+psycopg://")


def test_a_contact_is_written_where_its_note_stands(tmp_path: Path) -> None:
    path = tmp_path / "wirecopy.toml"
    config_text.write_new(path, config_text.starter("desk@example.org"))

    assert config.load(path).site.contact == "desk@example.org"


def test_a_file_that_is_there_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "wirecopy.toml"
    path.write_text("mine")

    with pytest.raises(ConfigError, match="exists already"):
        config_text.write_new(path, config_text.starter())

    assert path.read_text() == "mine"


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        config_text.write_new(tmp_path / "no" / "wirecopy.toml", "")
