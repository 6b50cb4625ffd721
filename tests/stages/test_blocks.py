"""A page cut into blocks, and what is counted of them, on small pages that a person can count."""

from __future__ import annotations

import numpy as np
import pytest
from selectolax.lexbor import LexborHTMLParser

from wirecopy.stages.block_claims import CLAIMS, Said, claims, folded
from wirecopy.stages.block_layout import LAYOUT, layout
from wirecopy.stages.block_words import NAMES, marks_of
from wirecopy.stages.blocks import (
    BOLD,
    BREAKS,
    DEPTH,
    ELEMENT,
    FIRST,
    LAST,
    LINKED,
    LINKS,
    NAME,
    PARENT,
    PICTURES,
    SLANTED,
    Blocks,
    cut,
)


def page_of(body: str) -> Blocks:
    return cut(LexborHTMLParser(f"<html><body>{body}</body></html>"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("<p>One <b>and</b>\n two</p>", ["One and two"]),
        ("<div>One<p>Two</p>three</div>", ["One", "Two", "three"]),
        ("<p>One<br>line</p>", ["One line"]),
        ("<p>One<br><br>Two</p>", ["One", "Two"]),
        ("<p>One<br> <br>Two</p>", ["One", "Two"]),
        ("<ul><li>One<ul><li>Two</li></ul></li></ul>", ["One", "Two"]),
        ("<table><tr><td>One</td><td>Two</td></tr></table>", ["One", "Two"]),
        ("<article>One</article><script>x</script><style>x</style>", ["One"]),
        ("<nav>Menu</nav><p>One</p><footer>Imprint</footer><button>Send</button>", ["One"]),
        ("<p>One</p><noscript>x</noscript><iframe>x</iframe><svg><title>x</title></svg>", ["One"]),
        ("<p>One<!-- hidden -->more</p>", ["Onemore"]),
        ("<p> \n </p><p>\u00a0</p>", []),
        ("", []),
    ],
)
def test_a_block_is_what_no_tag_and_no_blank_line_divides(body: str, expected: list[str]) -> None:
    assert expected == page_of(body).text


def test_nothing_is_cut_from_nothing() -> None:
    assert len(cut(LexborHTMLParser(""))) == 0
    assert len(cut(LexborHTMLParser("<html></html>"))) == 0


def test_letters_in_links_bold_and_italics_are_counted_without_spaces() -> None:
    page = page_of("<p>By <a href=/a>Ada Lind</a>, <b>old <i>hand</i></b><br>here</p>")
    (counts,) = page.counts
    assert counts[LINKED] == len("AdaLind")
    assert counts[LINKS] == 1
    assert counts[BOLD] == len("oldhand")
    assert counts[SLANTED] == len("hand")
    assert counts[BREAKS] == 1


def test_an_element_knows_its_blocks_its_pictures_and_what_is_around_it() -> None:
    page = page_of("<div class=story><p>One</p><figure><img src=x></figure><p>Two</p></div>")
    body, story = page.elements[0], page.elements[1]
    assert (body[FIRST], body[LAST], body[DEPTH]) == (0, 2, 0)
    assert (story[FIRST], story[LAST], story[DEPTH], story[PARENT]) == (0, 2, 1, 0)
    assert page.names[story[NAME]].label == "story"
    assert [page.elements[counts[ELEMENT]][PARENT] for counts in page.counts] == [1, 1]
    figures = [row for row in page.elements if page.names[row[NAME]].tag == "figure"]
    assert [row[PICTURES] for row in figures] == [1]
    assert figures[0][FIRST] == figures[0][LAST] == 1  # no block in it


def test_a_piece_knows_the_element_that_holds_it() -> None:
    page = page_of("<p>By <a href=/ada>Ada</a><br>May</p>")
    assert [(text, node.tag) for text, node in page.pieces[0]] == [
        ("By ", "p"),
        ("Ada", "a"),
        (" ", "br"),
        ("May", "p"),
    ]


@pytest.mark.parametrize(
    ("tag", "label", "expected"),
    [
        ("div", "storyBody", {"story", "body"}),
        ("div", "story-body", {"story", "body"}),
        ("div", "posts", {"post"}),
        ("div", "compost", set()),
        ("p", "", {"in-paragraph"}),
        ("aside", "related-links", {"in-aside", "related"}),
        ("div", "AD", {"advert"}),
        ("div", "road", set()),
        ("img", "", set()),
    ],
)
def test_names_are_groups_of_words(tag: str, label: str, expected: set[str]) -> None:
    bits = marks_of(tag, label)
    assert expected == {name for number, name in enumerate(NAMES) if bits >> number & 1}


def laid_out(body: str) -> dict[str, list[float]]:
    return dict(zip(LAYOUT, layout(page_of(body)).tolist(), strict=True))


LONG = "The harbour master closed the old quay on Monday after divers found a crack in it, he said."


def test_shares_are_of_the_pages_letters_and_of_its_paragraphs() -> None:
    found = laid_out(f"<div><p>{LONG}</p><p>{LONG}</p></div><div><a href=/x>More news</a></div>")
    letters = len(LONG.replace(" ", ""))
    whole = 2 * letters + len("Morenews")
    assert found["size"] == [letters, letters, 8]
    assert found["linked"] == [0, 0, 1]
    assert found["share_own"] == pytest.approx([letters / whole, letters / whole, 8 / whole])
    assert found["share_parent"] == pytest.approx([2 * letters / whole] * 2 + [1])
    assert found["long_parent"] == [1, 1, 1]
    assert found["paragraphs_own"] == [1, 1, 0]
    assert found["size+1"] == [letters, 8, 0]
    assert found["size-1"] == [0, letters, letters]
    assert found["in_best"] == [1, 1, 0]
    assert found["same-1"] == [0, 1, 0]
    assert found["own:in-paragraph"] == [1, 1, 0]


def test_blocks_marked_up_alike_are_counted_together() -> None:
    card = "<div class=card><h3>Rope</h3></div>"
    found = laid_out(f"{card * 4}<p>{LONG}</p>")
    assert found["alike_many_own"] == [4, 4, 4, 4, 1]
    assert found["alike_size_own"][0] == 4
    assert found["from_h1"] == [-30] * 5  # there is none
    assert found["headings_before"] == [1, 2, 3, 4, 4]


def compared(texts: list[str], said: Said) -> dict[str, list[float]]:
    rows = claims(Blocks(text=texts), said, range(len(texts)))
    return dict(zip(CLAIMS, rows.tolist(), strict=True))


def test_claims_are_compared_without_marks_and_case() -> None:
    said = Said(
        titles=("Quay closed: divers find a crack",),
        description="The harbour master closed the old quay on Monday after divers…",
        body=LONG * 3,
        authors=("Ada Lind",),
    )
    found = compared(["Quay closed – divers find a crack", "Divers", LONG, "By Ada LIND"], said)
    assert found["is_title"] == [1, 0, 0, 0]
    assert found["in_title"] == [1, 1, 0, 0]
    assert found["is_description"] == [0, 0, 1, 0]
    assert found["in_body"] == [-1, 1, 1, -1]
    assert found["is_author"] == [0, 0, 0, 1]


@pytest.mark.parametrize("text", ["Ada – Lind!", "ADA LIND", "ada\u00a0lind"])
def test_folded_texts_have_letters_alone(text: str) -> None:
    assert folded(text) == "adalind"


def test_no_block_is_compared_where_none_is_asked_for() -> None:
    assert claims(Blocks(text=["Quay"]), Said(), []).shape == (len(CLAIMS), 0)


def test_a_table_has_no_number_that_is_none() -> None:
    pages = ("<p>x</p>", "<a href=/x>y</a>", "<h1>x</h1><h2>y</h2>", f"<p>{LONG}</p>" * 50)
    for body in pages:
        assert np.isfinite(layout(page_of(body))).all()
