"""What the demo's publishers wrote: enough of everything, and all of it invented."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from wirecopy.demo import content
from wirecopy.demo.content import HERE, events, papers, pieces
from wirecopy.demo.truth import truth
from wirecopy.model import BlockKind

# Names of the kind a reader would take for the real thing.
REAL = (
    "Reuters|Associated Press|AFP|dpa|PTI|BBC|CNN|NPR|Guardian|New York Times|Washington Post|"
    "Al Jazeera|Hindustan|Times of India|Dawn|Le Monde|Der Spiegel|Die Zeit|El País|El Mundo|"
    "Bloomberg|NASA|FIFA|Pfizer|Moderna|Google|Apple|Microsoft|Facebook|Twitter|Amazon|Biden|"
    "Trump|Putin|Modi|Merkel|Macron|Messi|Carlsen|Gaza|Ukraine|Israel|Russia|Pakistan"
)


def test_there_are_at_least_twelve_publishers() -> None:
    assert len(papers()) == 16


def test_there_are_at_least_eighty_articles_of_twenty_events() -> None:
    assert len(pieces()) >= 100
    assert len(events()) >= 22


def test_five_languages_are_written_in_three_scripts() -> None:
    written = {piece.paper.language for piece in pieces().values()}
    letters = Counter(
        unicodedata.name(letter, "").split()[0]
        for piece in pieces().values()
        for letter in piece.wording.title
        if letter.isalpha()
    )
    assert written == {"en", "de", "es", "hi", "ar"}
    assert {script for script, count in letters.items() if count > 100} == {
        "LATIN",
        "DEVANAGARI",
        "ARABIC",
    }


def test_every_publisher_but_the_dead_one_has_articles() -> None:
    writing = {piece.paper.key for piece in pieces().values()}
    assert set(papers()) - writing == {"oldmill"}


def test_every_event_has_several_publishers() -> None:
    alone = {e.key for e in events() if len({piece.paper.key for piece in e.pieces}) < 2}
    assert alone == set()


def test_an_agency_copy_has_the_agency_s_words() -> None:
    copies = [piece for piece in pieces().values() if piece.copy_of]
    assert len(copies) >= 12
    for copy in copies:
        theirs = pieces()[copy.copy_of].wording.passages
        shared = [passage for passage in copy.wording.passages if passage in theirs]
        assert len(shared) >= 3, copy.key
        assert copy.at > pieces()[copy.copy_of].at, copy.key


def test_some_copies_add_paragraphs_and_some_leave_out() -> None:
    copies = [piece for piece in pieces().values() if piece.copy_of]
    whole = {p.key: pieces()[p.copy_of].wording.passages for p in copies}
    assert any(set(p.wording.passages) - set(whole[p.key]) for p in copies)
    assert any(set(whole[p.key]) - set(p.wording.passages) for p in copies)


def test_edits_between_the_rounds_are_silent_and_open() -> None:
    edits = [piece.edit for piece in pieces().values() if piece.edit]
    assert sum(1 for edit in edits if not edit.openly) >= 6
    assert sum(1 for edit in edits if edit.openly) >= 2


def test_an_edit_changes_a_number_a_headline_and_takes_a_quote_away() -> None:
    piece = pieces()["harbourpost/sallow-bridge-closed"]
    before, after = piece.words(1), piece.words(2)
    assert before.title.endswith("found in eastern hangers")
    assert after.title.endswith("found in hangers")
    assert "eleven of the 212 hangers" in before.passages[1].text
    assert "fourteen of the 212 hangers" in after.passages[1].text
    assert any("Bridie Hanlon" in passage.text for passage in before.passages)
    assert not any("Bridie Hanlon" in passage.text for passage in after.passages)


def test_the_second_round_brings_follow_ups() -> None:
    new = {piece.key for piece in pieces().values() if piece.round == 2}
    assert len(new) >= 8
    assert "harbourpost/test-was-put-off-twice" in new


@pytest.mark.parametrize("flag", sorted(content.FLAGS))
def test_every_kind_of_trouble_is_there(flag: str) -> None:
    assert any(flag in piece.flags for piece in pieces().values())


def test_a_quote_stands_in_the_same_words_at_several_publishers() -> None:
    words = "“I would rather apologise to a beach than to a board of inquiry,”"
    assert [p.key for p in pieces().values() if words in _text(p)] == ["meridian/pelican-launch"]
    words = "Nobody was in danger last night, and nobody will be"
    said = {p.paper.key for p in pieces().values() if words in _text(p)}
    assert said == {"harbourpost", "meridian", "ledger", "lantern", "kestrel"}


def test_other_publishers_are_cited_with_and_without_a_link() -> None:
    texts = {key: _text(piece) for key, piece in pieces().items()}
    assert sum(1 for text in texts.values() if re.search(r"\]\(\w+/", text)) >= 15
    assert "as per The Harbour Post" in texts["kestrel/cracks-close-corran-harbour-bridge"]


def test_articles_read_like_articles() -> None:
    marked = ("broken", "listing", "forbidden")
    for piece in pieces().values():
        if not piece.flags.intersection(marked) and not piece.copy_of:
            words = len(_text(piece).split())
            assert 75 <= words <= 450, (piece.key, words)
    headed = [p for p in pieces().values() if BlockKind.SUBHEADING in _kinds(p)]
    assert len(headed) >= 40


def test_no_real_outlet_or_person_is_named() -> None:
    for path in [*(HERE / "events").glob("*.txt"), HERE / "publishers.toml"]:
        assert re.findall(rf"\b(?:{REAL})\b", path.read_text("utf-8")) == [], path.name


def test_every_host_is_one_that_cannot_exist() -> None:
    assert all(paper.domain.endswith(".example") for paper in papers().values())  # RFC 2606


def test_articles_lie_within_the_day_before_the_start_or_the_hour_after() -> None:
    times = [piece.at for piece in pieces().values()]
    edits = [piece.edit.at for piece in pieces().values() if piece.edit]
    assert min(times) >= -20 * 60
    assert all(0 < at <= 60 for at in [*edits, *(at for at in times if at > 0)])
    assert all(piece.happened < piece.at for piece in pieces().values())


def test_every_drawing_is_used_and_small() -> None:
    used = {piece.picture.drawing for piece in pieces().values() if piece.picture}
    images = HERE / "images"
    assert {path.stem for path in images.glob("*.svg")} == used
    assert {path.stem for path in images.glob("*.png")} == used
    for path in images.glob("*.png"):
        assert path.stat().st_size <= 40_000, path.name
        with Image.open(path) as drawn:
            assert drawn.size == (960, 540), path.name


def test_the_demo_adds_less_than_two_megabytes() -> None:
    assert sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file()) < 2_000_000


def test_the_truth_names_every_article_once() -> None:
    lines = truth()
    assert len({line.url for line in lines}) == len(pieces())
    copies = {line.url: line.copy_of for line in lines if line.copy_of}
    assert set(copies.values()) <= {line.url for line in lines}
    assert sum(1 for line in lines if line.edited) == sum(1 for p in pieces().values() if p.edit)


def test_a_slip_in_a_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "slip.txt"
    path.write_text("event: A slip\n\n@@ meridian/slip\nat -10\n\nText.\n", "utf-8")
    with pytest.raises(ValueError, match="not a `key: value` line: 'at -10'"):
        content._Sheet(path)


def _text(piece: content.Piece) -> str:
    return "\n".join(passage.text for passage in piece.wording.passages)


def _kinds(piece: content.Piece) -> set[BlockKind]:
    return {passage.kind for passage in piece.wording.passages}
