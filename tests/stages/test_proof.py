"""The proof: what stands in the page is proved, whatever else is claimed is refused."""

from __future__ import annotations

import html
import random
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wirecopy.model import Block, BlockKind, Found, Held, Proof, Span
from wirecopy.stages.proof import BETWEEN, clip, prove, prove_title, verify
from wirecopy.stages.source import Source, collapse, squeeze, words

PAGE = """<html><head><title>Ferry returns - The Tidewater Post</title></head><body>
<nav><a href="/">News</a> <a href="/ferry">Ferry</a></nav>
<h1>Ferry returns</h1><p class="by">By Imelda Okafor</p>
<p>The ferry is <b>not</b> late, &ldquo;not at all&rdquo;, the captain said.</p>
<p>It is note<i>worthy</i> that no<!-- sic -->body<script>x = "bar";</script> com&shy;plained.</p>
<h2>Ferry</h2>
<p>It sails at&nbsp;six<br>and returns at <a href="/nine">nine</a>.</p>
</body></html>"""
BLOCKS = (
    "The ferry is not late, “not at all”, the captain said.",
    "It is noteworthy that nobody com\u00adplained.",
    "Ferry",
    "It sails at\u00a0six and returns at nine.",
)
TITLE = "Ferry returns"


def proved(page: str, blocks: tuple[str, ...], title: str = TITLE) -> Proof:
    proof = prove(Source(page), blocks, title, ())
    assert isinstance(proof, Proof), proof
    return proof


def refused(blocks: tuple[str, ...], page: str = PAGE, title: str = TITLE) -> Held:
    held = prove(Source(page), blocks, title, ())
    assert isinstance(held, Held), held
    assert held.reason == "proof-failed"
    return held


def lay(blocks: tuple[str, ...]) -> tuple[str, tuple[Block, ...]]:
    text, laid = BETWEEN.join(blocks), []
    at = 0
    for block in blocks:
        laid.append(Block(kind=BlockKind.PARAGRAPH, start=at, end=at + len(block)))
        at += len(block) + len(BETWEEN)
    return text, tuple(laid)


def problems(page: str, blocks: tuple[str, ...], proof: Proof) -> list[str]:
    text, laid = lay(blocks)
    return verify(page, proof.title.text, (), text, laid, proof)


# ---------------------------------------------------------------- what stands is proved


def test_every_block_is_proved_with_its_places() -> None:
    proof = proved(PAGE, BLOCKS)
    raw = [[PAGE[span.start : span.end] for span in block] for block in proof.blocks]
    assert raw == [
        ["The ferry is", "not", "late, &ldquo;not at all&rdquo;, the captain said."],
        ["It is note", "worthy", "that no", "body", "com&shy;plained."],
        ["Ferry"],
        ["It sails at&nbsp;six", "and returns at", "nine", "."],
    ]


def test_a_word_that_a_menu_holds_too_is_proved_where_the_article_has_it() -> None:
    proof = proved(PAGE, BLOCKS)
    assert proof.blocks[2][0].start == PAGE.index("<h2>Ferry") + len("<h2>")
    first = proved(PAGE, ("Ferry", "It sails at\u00a0six and returns at nine."))
    assert first.blocks[0][0].start == PAGE.index("<h2>Ferry") + len("<h2>")


def test_the_evidence_names_the_charset() -> None:
    proof = prove(Source(PAGE, "cp1252"), BLOCKS, TITLE, ())
    assert isinstance(proof, Proof)
    assert proof.charset == "cp1252"


def test_stored_evidence_holds() -> None:
    assert problems(PAGE, BLOCKS, proved(PAGE, BLOCKS)) == []


# ---------------------------------------------------------------- what does not is refused


@pytest.mark.parametrize(
    ("number", "lie"),
    [
        (0, "The ferry is late, “not at all”, the captain said."),  # a dropped not
        (0, "The ferry is not late, not at all, the captain said."),
        (0, 'The ferry is not late, "not at all", the captain said.'),  # straight quotes
        (0, "The ferry is not late, “not at all”, the captain said"),  # a block is whole
        (0, "ferry is not late, “not at all”, the captain said."),
        (0, "not late, “not at all”, the captain said."),
        (0, "The ferry is"),
        (0, "The ferry is not late, “not at all”, the captain said. It is late."),
        (0, "The ferry isnot late, “not at all”, the captain said."),
        (0, "The ferry is not l ate, “not at all”, the captain said."),
        (0, "The ferry is not\u00a0late, “not at all”, the captain said."),
        (0, "he ferry is not late, “not at all”, the captain said."),  # half a word
        (0, "The ferry is not late, “not at all”, the captain sai"),
        (0, "the ferry is not late, “not at all”, the captain said."),
        (1, "It is note worthy that nobody com\u00adplained."),
        (1, "It is noteworthy that no body com\u00adplained."),
        (1, "It is noteworthy that nobody complained."),  # the soft hyphen is the publisher's
        (1, "It is noteworthy that nobarbody com\u00adplained."),  # words out of a script
        (1, "It is noteworthy that no sic body com\u00adplained."),  # words out of a comment
        (1, "It is noteworthy that nobody com&shy;plained."),
        (3, "It sails at six and returns at nine."),  # the no-break space is the publisher's
        (3, "It sails at\u00a0sixand returns at nine."),
        (3, "It sails at\u00a0six\nand returns at nine."),
        (3, "It sails at\u00a0six and returns at  nine."),
        (3, " It sails at\u00a0six and returns at nine."),
        (3, ""),
    ],
)
def test_a_changed_block_is_refused(number: int, lie: str) -> None:
    refused((*BLOCKS[:number], lie, *BLOCKS[number + 1 :]))


def test_not_able_is_not_notable() -> None:
    page = "<h1>Ferry returns</h1><p>He is notable.</p><p>She is not<b> able</b>.</p>"
    assert proved(page, ("He is notable.", "She is not able."))
    refused(("He is not able.",), page.replace("not<b> able</b>", ""))
    refused(("She is notable.",), page.replace("He is notable", ""))


def test_paragraphs_stand_in_the_pages_order() -> None:
    held = refused((BLOCKS[1], BLOCKS[0]))
    assert held.detail.startswith("block 2 of 2 stands in the page, but before")


def test_a_first_or_last_word_in_a_tag_of_its_own_cannot_be_left_out() -> None:
    page = "<h1>Ferry returns</h1><p><b>Not</b> everyone agrees<i>, or will</i></p>"
    proved(page, ("Not everyone agrees, or will",))
    for lie in ("everyone agrees, or will", "Not everyone agrees"):
        refused((lie,), page)


def test_one_place_proves_one_block() -> None:
    refused((BLOCKS[0], BLOCKS[0]))


def test_the_first_block_that_fails_is_named() -> None:
    held = refused((BLOCKS[0], "Nobody said this.", "Nor this."))
    assert held.detail == (
        "block 2 of 3 does not stand in the page word for word: 'Nobody said this.'"
    )
    assert held.title is not None
    assert held.title.where == "h1"


def test_an_article_without_text_or_headline_is_held() -> None:
    assert refused(()).detail == "there is no text to prove"
    assert refused(BLOCKS, title="Ferry returned").detail == "no headline stands in the page"


def test_words_of_an_attribute_a_title_or_a_script_are_no_text() -> None:
    page = "<title>Ferry returns</title><img alt='Rain'><script>'Wind'</script><p>Sun.</p>"
    for word in ("Rain", "Wind", "Ferry returns"):
        refused((word,), page)


def test_the_next_candidate_is_the_headline_when_the_first_is_not_the_pages() -> None:
    proof = prove(Source(PAGE), BLOCKS, ("Ferry is back", "Ferry returns"), ())
    assert isinstance(proof, Proof)
    assert proof.title.text == "Ferry returns"
    assert prove_title(Source(PAGE), ("Ferry is back",)) is None


def test_an_author_who_stands_nowhere_is_left_out() -> None:
    proof = prove(Source(PAGE), BLOCKS, TITLE, ("Imelda Okafor", "Imelda Okafo", "Bo Li"))
    assert isinstance(proof, Proof)
    assert [(author.text, author.where) for author in proof.authors] == [("Imelda Okafor", "text")]


# ---------------------------------------------------------------- verifying


def test_tampered_evidence_is_found_out() -> None:
    proof = proved(PAGE, BLOCKS)
    text, laid = lay(BLOCKS)

    def check(changed: Proof, *, title: str = TITLE, words: str = text) -> list[str]:
        return verify(PAGE, title, (), words, laid, changed)

    def with_blocks(*blocks: tuple[Span, ...]) -> Proof:
        return Proof(charset="utf-8", title=proof.title, authors=(), blocks=blocks)

    first, second, third, fourth = proof.blocks
    assert check(proof) == []
    assert check(proof, words=text.replace("not late", "now late")) == [
        "block 1 differs from the page"
    ]
    assert check(proof, title="Ferry sinks") == ["the headline is not the one that was proved"]
    assert check(with_blocks(first, second, third)) == ["4 blocks, evidence for 3"]
    assert check(with_blocks(second, first, third, fourth))
    assert "words stand between" in check(with_blocks(first[::2], second, third, fourth))[0]
    assert "no evidence" in check(with_blocks((), second, third, fourth))[0]
    beyond = (Span(start=0, end=len(PAGE) + 9),)
    assert "are not text of the page" in check(with_blocks(beyond, second, third, fourth))[0]
    script = PAGE.index("x = ")
    inside = (Span(start=script, end=script + 3),)
    assert "are not text of the page" in check(with_blocks(first, inside, third, fourth))[0]


def test_another_page_is_not_the_evidence() -> None:
    proof = proved(PAGE, BLOCKS)
    assert problems(PAGE.replace("nine", "ten."), BLOCKS, proof)
    assert problems("", BLOCKS, proof)


def test_a_headline_from_a_feed_is_not_looked_for_in_the_page() -> None:
    found = Found(text="Ferry back", where="feed", spans=(Span(start=0, end=10),))
    proof = proved(PAGE, BLOCKS)
    other = Proof(charset="utf-8", title=found, authors=(), blocks=proof.blocks)
    text, laid = lay(BLOCKS)
    assert verify(PAGE, "Ferry back", (), text, laid, other) == []


# ---------------------------------------------------------------- excerpts


def excerpt(size: int, page: str = PAGE, blocks: tuple[str, ...] = BLOCKS) -> str:
    proof = proved(page, blocks)
    text, laid = lay(blocks)
    clipped, fewer, evidence = clip(text, laid, proof, Source(page), size)
    assert verify(page, TITLE, (), clipped, fewer, evidence) == []
    assert len(clipped) <= size
    return clipped


def test_an_excerpt_ends_at_a_words_end_and_keeps_its_proof() -> None:
    assert excerpt(1000) == BETWEEN.join(BLOCKS)
    assert excerpt(54) == BLOCKS[0]
    assert excerpt(53) == "The ferry is not late, “not at all”, the captain"
    assert excerpt(14) == "The ferry is"
    assert excerpt(66) == BLOCKS[0] + BETWEEN + "It is"
    assert excerpt(5) == "The"
    assert excerpt(2) == ""
    assert excerpt(0) == ""


def test_an_excerpt_of_a_text_without_spaces_ends_anywhere_but_in_a_mark() -> None:
    page = "<h1>Ferry returns</h1><p>港の灯台、百年ぶりに点灯。</p>"
    assert excerpt(4, page, ("港の灯台、百年ぶりに点灯。",)) == "港の灯"
    assert excerpt(5, page, ("港の灯台、百年ぶりに点灯。",)) == "港の灯"
    assert excerpt(6, page, ("港の灯台、百年ぶりに点灯。",)) == "港の灯台、百"


# ---------------------------------------------------------------- laws

LETTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff"
)
WORD = st.text(alphabet=LETTERS, min_size=1, max_size=8)
SENTENCE = st.lists(WORD, min_size=1, max_size=12).map(" ".join)


def written(text: str, seed: int) -> str:
    """The text as a publisher may write it: escaped, tagged, commented, wrapped."""
    chance = random.Random(seed)
    parts: list[str] = []
    for character in text:
        if chance.random() < 0.12:
            tag = chance.choice(["b", "i", "a href='/x y'", 'span class="a>b"', "em"])
            parts.append(f"<{tag}></{tag.split()[0]}>" if chance.random() < 0.5 else "<!-- > x -->")
        if character == " ":
            parts.append(chance.choice([" ", "\n", "  \t", "&#32;", " <br>"]))
        elif chance.random() < 0.1:
            parts.append(chance.choice([f"&#{ord(character)};", f"&#x{ord(character):X};"]))
        else:
            parts.append(html.escape(character))
    return "".join(parts)


def is_plain(text: str) -> bool:
    """Without what HTML itself rewrites, nor an edge that nobody sees (see `Source.spans`)."""
    escaped = html.unescape("".join(f"&#{ord(character)};" for character in text))
    edges = bool(squeeze(text[:1]) and squeeze(text[-1:]))
    return edges and escaped == text and collapse(text) == text


@given(st.lists(SENTENCE, min_size=1, max_size=4), st.integers(0, 10_000))
def test_any_text_put_into_a_page_is_proved_and_verified(texts: list[str], seed: int) -> None:
    assume(all(is_plain(text) for text in texts))
    body = "\n".join(f"<p>{written(text, seed)}</p>" for text in texts)
    page = f"<html><title>Ferry returns</title><body>{body}</body></html>"
    proof = proved(page, tuple(texts))
    assert problems(page, tuple(texts), proof) == []
    spans = [span for block in proof.blocks for span in block]
    assert all(0 <= span.start < span.end <= len(page) for span in spans)
    assert all(left.end <= right.start for left, right in pairwise(spans))
    assert [words(page, block) for block in proof.blocks] == texts


@given(SENTENCE, st.integers(0, 10_000), st.data())
def test_any_one_letter_more_less_or_other_is_refused(
    text: str, seed: int, data: st.DataObject
) -> None:
    assume(is_plain(text))
    at = data.draw(st.integers(0, len(text) - 1))
    instead = data.draw(st.one_of(st.just(""), LETTERS, LETTERS.map(lambda c: text[at] + c)))
    lie = text[:at] + instead + text[at + 1 :]
    assume(lie != text)
    page = f"<title>Ferry returns</title><p>{written(text, seed)}</p>"
    assert isinstance(prove(Source(page), (lie,), TITLE, ()), Held)


@given(st.lists(SENTENCE, min_size=1, max_size=4), st.integers(0, 10_000), st.integers(0, 120))
def test_any_excerpt_keeps_its_proof(texts: list[str], seed: int, size: int) -> None:
    assume(all(is_plain(text) for text in texts))
    body = "".join(f"<p>{written(text, seed)}</p>" for text in texts)
    page = f"<title>Ferry returns</title>{body}"
    proof = proved(page, tuple(texts))
    text, laid = lay(tuple(texts))
    clipped, fewer, evidence = clip(text, laid, proof, Source(page), size)
    assert text.startswith(clipped)
    assert len(clipped) <= size
    assert verify(page, TITLE, (), clipped, fewer, evidence) == []
