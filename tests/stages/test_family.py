"""What sister pages share goes, what an article says stays, and every block left is proved."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.stages.test_assemble import draft
from wirecopy.model import BlockKind, Reading
from wirecopy.stages import family
from wirecopy.stages.assemble import assemble
from wirecopy.stages.citations import citations
from wirecopy.stages.family import Outcome
from wirecopy.stages.features import features
from wirecopy.stages.proof import verify
from wirecopy.stages.quotes import quotes
from wirecopy.stages.signals import read_signals
from wirecopy.stages.source import Source

AT = datetime(2026, 3, 2, tzinfo=UTC)
URL = "http://tidewater.example/a"
APPEAL = "Enjoying this story? Our letter brings one like it each Saturday morning."
BODY = (
    "The early ferry to Corran did not leave the quay on Monday morning, the harbour master said.",
    "“We have asked the yard for a new ramp and hope to have it soon,” said Ida Quill.",
    "Two hundred passengers were taken across by the pilot boats, twelve at a time, as before.",
)


def page(*texts: str) -> str:
    return "<h1>Ferry returns</h1>" + "".join(f"<p>{text}</p>" for text in texts)


def reading(*texts: str, subheading: str = "") -> Reading:
    source = Source(page(*texts))
    made = draft(*texts)
    found = assemble(made, source, URL)
    assert not hasattr(found, "reason"), found
    blocks = tuple(
        type(block)(
            kind=BlockKind.SUBHEADING
            if found.text[block.start : block.end] == subheading
            else block.kind,
            start=block.start,
            end=block.end,
        )
        for block in found.blocks
    )
    return Reading(
        title=found.title,
        authors=(),
        published=None,
        updated=None,
        language="en",
        section="",
        image=None,
        text=found.text,
        blocks=blocks,
        proof=found.proof,
        signals=read_signals((), source),
        quotes=quotes(found.text, blocks, "en"),
        citations=citations(found.text, blocks, found.links, "tidewater.example"),
        features=features(found.title, found.text, "en"),
        canonical="",
        extractor="test",
    )


def hashes(found: Reading) -> tuple[int, ...]:
    return family.block_hashes(found.text, found.blocks)


def sisters(count: int, *shared: str) -> list[bytes]:
    """Other articles, each of three blocks of its own and the shared ones."""
    made = []
    for number in range(count):
        own = (f"Article {number} says something of its own, point {each}." for each in range(3))
        made.append(family.packed(hashes(reading(*own, *shared))))
    return made


def trimmed(found: Reading, others: list[bytes]) -> Reading:
    mine = hashes(found)
    return family.without(found, mine, family.furniture(found, mine, family.shared(mine, others)))


def test_a_block_of_three_other_articles_goes_and_the_rest_stays_proved() -> None:
    found = reading(BODY[0], APPEAL, BODY[1], BODY[2])
    left = trimmed(found, sisters(3, APPEAL))
    assert left.text == "\n\n".join(BODY)
    source = page(BODY[0], APPEAL, BODY[1], BODY[2])
    assert verify(source, left.title, (), left.text, left.blocks, left.proof) == []
    assert left.features == features(left.title, left.text, "en")


def test_two_other_articles_are_too_few() -> None:
    found = reading(*BODY, APPEAL)
    assert trimmed(found, sisters(2, APPEAL)) is found


def test_white_space_alone_makes_no_other_block() -> None:
    found = reading(*BODY, APPEAL.replace(" ", "\u00a0", 1))
    assert trimmed(found, sisters(3, APPEAL)).text == "\n\n".join(BODY)


def test_quotes_move_with_their_block() -> None:
    found = reading(APPEAL, *BODY)
    left = trimmed(found, sisters(3, APPEAL))
    assert left.quotes == reading(*BODY).quotes
    assert left.quotes


def test_a_quote_goes_with_its_block() -> None:
    found = reading(*BODY)
    left = trimmed(found, sisters(3, BODY[1]))
    assert found.quotes
    assert left.quotes == ()


def test_copies_of_an_article_are_not_its_sisters() -> None:
    found = reading(*BODY, APPEAL)
    copy = family.packed(hashes(found))
    assert trimmed(found, [copy] * 5) is found


def test_nothing_goes_where_more_than_half_of_the_words_would() -> None:
    long = " ".join([APPEAL] * 4)
    found = reading(BODY[0], "A second line of its own.", long)
    assert trimmed(found, sisters(3, long)) is found


def test_a_subheading_between_paragraphs_stays_and_goes_with_what_it_heads() -> None:
    found = reading(BODY[0], "Background", BODY[1], BODY[2], subheading="Background")
    assert trimmed(found, sisters(3, "Background")) is found
    found = reading(*BODY, "Our letter", APPEAL, subheading="Our letter")
    assert trimmed(found, sisters(4, "Our letter", APPEAL)).text == "\n\n".join(BODY)


def outcomes(newest_first: str) -> list[Outcome]:
    return [Outcome(reason="no-article" if each == "x" else "") for each in newest_first]


def test_a_layout_is_broken_when_most_of_the_last_ten_fail_and_few_did_before() -> None:
    assert family.broken(outcomes("xxxxxx...." + "." * 10))
    assert not family.broken(outcomes("xxxxx....." + "." * 10))
    assert not family.broken(outcomes("xxxxxxxxxx" + "." * 9))  # too little is known
    assert not family.broken(outcomes("xxxxxxxxxx" + "xx.x......"))  # it was ever so


def test_three_pages_read_in_a_row_end_it() -> None:
    assert family.healed(outcomes("...xxxxxxx"))
    assert not family.healed(outcomes("..xxxxxxxx"))
    assert not family.healed(outcomes(".........."))
