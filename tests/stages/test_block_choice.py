"""Trees that are read by hand, and the choice of blocks that follows from chances."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from selectolax.lexbor import LexborHTMLParser

from wirecopy.model import BlockKind
from wirecopy.stages.block_choice import choose, expected
from wirecopy.stages.block_claims import Said
from wirecopy.stages.block_features import FEATURES, features
from wirecopy.stages.block_kinds import holder
from wirecopy.stages.block_layout import LAYOUT, layout
from wirecopy.stages.block_scorer import SCALE, Scored, forest_of, scorer_of
from wirecopy.stages.blocks import Blocks, cut

NOTHING = Said()
TREE = {"feature": [0, 1], "border": [0.5, 10], "leaf": [1, 20, 300, 4000]}


def page_of(body: str) -> Blocks:
    return cut(LexborHTMLParser(f"<html><body>{body}</body></html>"))


def test_a_tree_is_read_level_by_level_the_first_being_the_lowest_bit() -> None:
    forest = forest_of({"bias": 5, "features": ["a", "b"], "trees": [TREE, TREE]}, ["b", "a"])
    table = np.array([[0, 0, 20, 20, 10], [0, 1, 0, 1, 1]], np.float32)  # rows b, a
    assert forest.odds(table).tolist() == [7, 45, 605, 8005, 45]  # "over" means more than
    even = forest_of({"bias": 0, "features": ["a", "b"], "trees": [TREE]}, ["a", "b"])
    chance = even.chances(np.array([[1.0], [20.0]], np.float32))
    assert chance[0] == pytest.approx(1 / (1 + np.exp(-4000 / SCALE)))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"features": ["a", "colour"]}, "colour"),
        ({"trees": [{**TREE, "leaf": [1, 2]}]}, "leaves"),
        ({"trees": [{**TREE, "border": [1]}]}, "levels"),
    ],
)
def test_trees_that_fit_nothing_are_refused(change: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        forest_of({"bias": 0, "features": ["a", "b"], "trees": [TREE], **change}, ["a", "b"])


def one_question(feature: str, border: float, no: int, yes: int) -> dict[str, Any]:
    tree = {"feature": [0], "border": [border], "leaf": [no, yes]}
    return {"bias": 0, "features": [feature], "trees": [tree]}


def test_what_the_sieve_drops_is_not_looked_at_again() -> None:
    scorer = scorer_of(
        {
            "sieve": one_question("size", 5, -4 * SCALE, 0),
            **one_question("is_title", 0.5, -SCALE, SCALE),
        }
    )
    page = page_of("<p>Nets</p><p>Nets, ropes and buoys</p><p>Nets and ropes</p>")
    found = scorer.score(page, Said(titles=("Nets, ropes and buoys",)))
    assert found.numbers.tolist() == [1, 2]
    assert found.table.shape == (len(FEATURES), 2)
    assert found.chances == pytest.approx([1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1))])
    nothing = scorer.score(page_of("<p>Nets</p>"), NOTHING)
    assert nothing.numbers.size == 0
    assert choose(page_of("<p>Nets</p>"), nothing).blocks == ()


def test_a_table_of_some_blocks_is_that_of_all_at_those_places() -> None:
    page = page_of("<h1>Quay</h1><p>Nets, ropes</p><p>By Ada Lind</p>")
    laid_out = layout(page)
    whole = features(page, NOTHING, laid_out, np.arange(3))
    assert np.array_equal(whole[: len(LAYOUT)], laid_out)
    assert np.array_equal(features(page, NOTHING, laid_out, np.array([2])), whole[:, [2]])


def test_what_f1_is_expected_of_some_blocks() -> None:
    words, chances = np.array([10.0, 30.0]), np.array([0.9, 0.2], np.float32)
    taken = np.array([True, False])
    assert expected(words, chances, taken) == pytest.approx(2 * 9 / (10 + 9 + 6))
    assert expected(words, chances, ~(taken | True)) == 0


def chosen(body: str, chances: list[float], said: Said = NOTHING) -> list[tuple[BlockKind, str]]:
    page = page_of(body)
    numbers = np.arange(len(page))
    table = features(page, said, layout(page), numbers)
    found = choose(page, Scored(numbers, table, np.array(chances, np.float32)))
    return [(block.kind, block.text) for block in found.blocks]


TEXT = "The harbour master closed the old quay on Monday after divers found a crack."
P, H = BlockKind.PARAGRAPH, BlockKind.SUBHEADING


def test_blocks_that_are_likelier_in_than_out_are_taken() -> None:
    body = f"<p>{TEXT}</p><p>Nets.</p><p>Ropes.</p>"
    assert chosen(body, [0.99, 0.6, 0.4]) == [(P, TEXT), (P, "Nets.")]


def test_where_much_is_in_doubt_as_many_are_taken_as_make_the_expected_f1_highest() -> None:
    body = f"<p>{TEXT} One.</p><p>{TEXT} Two.</p><p>{TEXT} Three.</p>"
    # .45 each: taking one gives an expected F1 of .38, all three .62.
    assert len(chosen(body, [0.45, 0.45, 0.45])) == 3
    assert len(chosen(body, [0.45, 0.45, 0.01])) == 2


def test_headline_and_byline_are_no_part_of_the_text() -> None:
    said = Said(titles=("Quay closed",), authors=("Ada Lind",))
    body = f"<h1>Quay closed</h1><p>Ada Lind</p><p>Von Mia Berg</p><p>{TEXT}</p>"
    assert chosen(body, [0.9, 0.9, 0.9, 0.99], said) == [(P, TEXT)]


def test_a_line_that_tells_the_minute_is_no_part_of_the_text() -> None:
    body = f"<p>SOCIETY / 6213794 / 3 March 2026, 14:12</p><p>{TEXT}</p>"
    assert chosen(body, [0.9, 0.99]) == [(P, TEXT)]
    kept = "They met on 3 March 2026, at 14:12."
    assert len(chosen(f"<p>{kept}</p><p>{TEXT}</p>", [0.9, 0.99])) == 2


def test_headings_that_nothing_follows_are_another_texts() -> None:
    body = f"<h2>What was found</h2><p>{TEXT}</p><h2>Latest</h2><h3>Ferries</h3>"
    assert chosen(body, [0.9, 0.99, 0.9, 0.9]) == [(H, "What was found"), (P, TEXT)]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"<ul><li>{TEXT}</li></ul>", BlockKind.LIST_ITEM),
        (f"<ul><li><p>{TEXT}</p></li></ul>", BlockKind.LIST_ITEM),
        (f"<blockquote><p>{TEXT}</p></blockquote>", BlockKind.QUOTATION),
        (f"<figure><figcaption>{TEXT}</figcaption></figure>", BlockKind.CAPTION),
        (f"<div class='photo caption'><p>{TEXT}</p></div>", BlockKind.CAPTION),
        (f"<p>{TEXT}</p>", BlockKind.PARAGRAPH),
        (f"<div>{TEXT}</div>", BlockKind.PARAGRAPH),
    ],
)
def test_a_block_is_of_the_kind_of_the_nearest_element_that_tells(
    body: str, kind: BlockKind
) -> None:
    assert chosen(body, [0.99]) == [(kind, TEXT)]


def test_cells_of_one_row_are_one_block() -> None:
    body = "<table><tr><td>Nets</td><td>12</td></tr><tr><td>Ropes</td><td>7</td></tr></table>"
    assert chosen(body, [0.9] * 4) == [
        (BlockKind.TABLE_ROW, "Nets 12"),
        (BlockKind.TABLE_ROW, "Ropes 7"),
    ]


def test_a_block_that_is_called_a_pointer_elsewhere_must_be_likelier() -> None:
    body = f"<p>{TEXT}</p><div class=related-links><p>Ferries are back on Sunday.</p></div>"
    assert [text for _, text in chosen(body, [0.99, 0.9])] == [TEXT]
    assert len(chosen(body, [0.99, 0.97])) == 2


def test_a_quotation_is_taken_whole_or_not_at_all() -> None:
    post = f"<blockquote><p>{TEXT}</p><p>— Zoo</p></blockquote>"
    assert [text for _, text in chosen(post, [0.9, 0.2])] == [TEXT, "— Zoo"]
    assert chosen(f"<p>{TEXT}</p>{post}", [0.99, 0.3, 0.9]) == [(P, TEXT)]


def test_a_row_is_taken_whole_or_not_at_all() -> None:
    row = "<tr><td>1</td><td>Run easy for ten minutes</td><td>rest</td></tr>"
    body = f"<table>{row}<tr><td>2</td><td>Walk</td></tr></table>"
    rows = [text for _, text in chosen(body, [0.2, 0.9, 0.2, 0.9, 0.05])]
    assert rows == ["1 Run easy for ten minutes rest"]
    laid_out = f"<table><tr>{'<td>Menu</td>' * 20}<td>{TEXT}</td></tr></table>"
    assert [text for _, text in chosen(laid_out, [0.1] * 20 + [0.99])] == [TEXT]


def test_a_sentence_shown_twice_stands_once() -> None:
    body = f"<p>{TEXT} It was old.</p><aside><p>“{TEXT}”</p></aside><p>{TEXT}</p>"
    expected = [f"{TEXT} It was old.", TEXT]  # twice in paragraphs is the publisher's will
    assert [text for _, text in chosen(body, [0.99, 0.9, 0.9])] == expected


def test_a_notice_of_cookies_must_be_likelier() -> None:
    body = f"<p>We store cookies on your device.</p><p>{TEXT}</p>"
    assert [text for _, text in chosen(body, [0.8, 0.99])] == [TEXT]
    assert len(chosen(body, [0.95, 0.99])) == 2


@pytest.mark.parametrize("label", ["Advertisement", "ANZEIGE:", "広告", "- Publicité -"])
def test_what_stands_over_an_advertisement_is_no_text(label: str) -> None:
    assert chosen(f"<p>{TEXT}</p><p>{label}</p>", [0.99, 0.9]) == [(P, TEXT)]


def test_a_short_bold_paragraph_that_is_no_sentence_is_a_sub_heading() -> None:
    body = f"<p><b>What was found</b></p><p>{TEXT}</p><p><b>It was old.</b></p>"
    assert [kind for kind, _ in chosen(body, [0.9, 0.99, 0.9])] == [H, P, P]


LEAD = "Divers have found a crack in the footing of the harbour's oldest quay."


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (f"<p class=article__standfirst>{LEAD}</p>", BlockKind.STANDFIRST),
        (f"<div class=intro><p>{LEAD}</p></div>", BlockKind.STANDFIRST),
        (f"<h2>{LEAD}</h2>", BlockKind.STANDFIRST),
        (f"<p>{LEAD}</p>", P),
        (f"<p class=first>{LEAD}</p>", P),
        ("<p class=lead>Divers have found a crack.</p>", P),
    ],
)
def test_a_standfirst_is_called_so_or_is_a_heading_as_long_as_a_sentence(
    first: str, kind: BlockKind
) -> None:
    blocks = chosen(f"{first}<p>{TEXT}</p><p>{TEXT} Again.</p>", [0.9, 0.99, 0.99])
    assert blocks[0][0] is kind
    assert [one for one, _ in blocks[1:]] == [P, P]


def test_a_layout_is_the_element_that_holds_most_of_the_text() -> None:
    page = page_of(f"<p>{LEAD}</p><div class='story-body wide'><p>{TEXT}</p><p>{TEXT}</p></div>")
    assert holder(page, [0, 1, 2]) == "div.story-body"
    assert holder(page, [0]) == "body"
    assert holder(page, []) == ""
