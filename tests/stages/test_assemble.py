"""From an extractor's strings, right and wrong, to the source's own words."""

from __future__ import annotations

from wirecopy.model import BlockKind, Draft, DraftBlock, Held, Image
from wirecopy.stages.assemble import Assembled, assemble
from wirecopy.stages.decode import decode
from wirecopy.stages.pages import extract
from wirecopy.stages.source import Source

URL = "http://tidewater.example/a"


def draft(*texts: str, image: Image | None = None, kind: BlockKind = BlockKind.PARAGRAPH) -> Draft:
    return Draft(
        titles=("Ferry returns",),
        authors=(),
        published=None,
        updated=None,
        language="en",
        section="",
        description="",
        image=image,
        blocks=tuple(DraftBlock(kind=kind, text=text) for text in texts),
        canonical="",
        site_name="",
        extractor="test",
    )


def article(body: str, *claims: str, **more: object) -> Assembled | Held:
    page = f"<h1>Ferry returns</h1>{body}"
    return assemble(draft(*claims, **more), Source(page), URL)  # type: ignore[arg-type]


def texts(body: str, *claims: str) -> list[str]:
    found = article(body, *claims)
    assert isinstance(found, Assembled), found
    return [found.text[block.start : block.end] for block in found.blocks]


def test_the_sources_words_are_published_not_the_extractors() -> None:
    body = "<p>The fer&shy;ry &ldquo;is&rdquo;&nbsp;<b>late</b>.</p>"
    assert texts(body, "The ferry “is” late .") == ["The fer\u00adry “is”\u00a0late."]


def test_a_link_the_extractor_lost_is_put_back() -> None:
    body = "<p>The captain, <a href=/c>Ada Lind</a>, said the ferry would sail again.</p>"
    assert texts(body, "The captain, , said the ferry would sail again.") == [
        "The captain, Ada Lind, said the ferry would sail again."
    ]


def test_a_drop_cap_and_a_lost_first_word_are_put_back() -> None:
    body = "<p><span>T</span>he ferry sails at six in the morning.</p><p><b>Not</b> all agree.</p>"
    assert texts(body, "he ferry sails at six in the morning.", "all agree.") == [
        "The ferry sails at six in the morning.",
        "Not all agree.",
    ]


def test_a_paragraph_given_in_pieces_is_one() -> None:
    body = "<p>We use <code>sqlmock</code> now and then, but we prefer the real thing.</p>"
    claims = ("We use", "sqlmock", "now and then, but we prefer the real thing.")
    assert texts(body, *claims) == ["We use sqlmock now and then, but we prefer the real thing."]


def test_two_paragraphs_given_as_one_are_two() -> None:
    body = "<p>The ferry sails at six.</p><p>It returns at nine.</p>"
    assert texts(body, "The ferry sails at six. It returns at nine.") == [
        "The ferry sails at six.",
        "It returns at nine.",
    ]


def test_an_advertisement_between_is_left_out() -> None:
    body = (
        "<p>The ferry sails at six o'clock sharp.</p><div>Buy our excellent soap today, it is new"
        " and better than it ever was before.</div><p>It returns at nine, if the tide allows.</p>"
    )
    claim = "The ferry sails at six o'clock sharp. It returns at nine, if the tide allows."
    assert texts(body, claim) == [
        "The ferry sails at six o'clock sharp.",
        "It returns at nine, if the tide allows.",
    ]


def test_blocks_come_in_the_pages_order_and_once() -> None:
    body = "<p>First comes the morning ferry.</p><p>Then comes the evening ferry.</p>"
    claims = ("Then comes the evening ferry.", "First comes the morning ferry.")
    assert texts(body, *claims, claims[0]) == [claims[1], claims[0]]


def test_a_word_that_the_menu_holds_too_is_taken_from_the_article() -> None:
    body = (
        "<ul><li>Ferry</li></ul><h2>Ferry</h2><p>The ferry sails at six in the morning.</p>"
        "<h2>Fares</h2><p>Children pay half, and dogs nothing at all.</p><ul><li>Fares</li></ul>"
    )
    claims = (
        "Ferry",
        "The ferry sails at six in the morning.",
        "Fares",
        "Children pay half, and dogs nothing at all.",
    )
    found = article(body, *claims)
    assert isinstance(found, Assembled)
    assert [found.text[b.start : b.end] for b in found.blocks] == list(claims)
    assert [str(block.kind) for block in found.blocks] == [
        "subheading",
        "paragraph",
        "subheading",
        "paragraph",
    ]


def test_kinds_that_the_extractor_lost_come_from_the_tags() -> None:
    body = (
        "<ul><li>Bread and butter.</li></ul><blockquote>We shall sail.</blockquote>"
        "<figure><figcaption>At the quay.</figcaption></figure>"
    )
    found = article(body, "Bread and butter.", "We shall sail.", "At the quay.")
    assert isinstance(found, Assembled)
    assert [str(block.kind) for block in found.blocks] == ["list-item", "quotation", "caption"]


def test_claims_that_stand_nowhere_hold_the_page_back() -> None:
    held = article(
        "<p>The ferry sails at six.</p>", "The ferry sails at six.", "The mayor resigned."
    )
    assert isinstance(held, Held)
    assert held.reason == "proof-failed"
    assert "The mayor resigned." in held.detail
    assert held.title is not None
    assert held.title.text == "Ferry returns"


def test_a_few_words_inside_another_paragraph_are_no_block() -> None:
    body = (
        "<p>Ada Lind</p><p>Children pay half, said Bo Berg of the county's ferry office on Monday, "
        "and that will stay so for the whole of the season, with dogs and bicycles for free.</p>"
    )
    held = article(body, "Bo Berg")
    assert isinstance(held, Held)


def test_numeric_references_to_windows_1252_are_as_browsers_read_them() -> None:
    body = "<p>The ferry &#147;sails&#148; at six &#150; at last.</p>"
    claim = "The ferry \x93sails\x94 at six \x96 at last."  # as libxml2 gives it
    assert texts(body, claim) == ["The ferry “sails” at six – at last."]


def test_control_characters_of_a_text_encoded_twice_are_kept_as_they_stand() -> None:
    twice = "They’ve said “yes”".encode().decode("latin-1")
    assert "\x80" in twice
    assert texts(
        f"<p>{twice} to the harbour's new plan.</p>", f"{twice} to the harbour's new plan."
    ) == [f"{twice} to the harbour's new plan."]


def test_a_captions_words_must_stand_in_the_page() -> None:
    image = Image(url="http://a.example/i.jpg", caption="At the quay", credit="Bo", alt="A ferry")
    body = "<img alt='A ferry'><p>At the quay</p><p>The ferry sails at six.</p>"
    found = article(body, "The ferry sails at six.", image=image)
    assert isinstance(found, Assembled)
    assert found.image == Image(url=image.url, caption="At the quay", credit="", alt="A ferry")


def test_links_have_their_words_and_absolute_addresses() -> None:
    body = (
        "<p><a class=x href='/one?a=1&amp;b=2'>One <b>fine</b></a> day, <a>no</a> "
        "<a href=https://b.example/>two</a> and <a href='mailto:x@b.example'>three</a>.</p>"
    )
    found = article(body, "One fine day, no two and three.")
    assert isinstance(found, Assembled)
    assert found.links == (
        ("One fine", "http://tidewater.example/one?a=1&b=2"),
        ("two", "https://b.example/"),
    )


def test_a_list_of_other_pages_is_no_article() -> None:
    rows = "".join(
        f"<li><a href='/{n}'>Report number {n} of the day, told in a long headline</a></li>"
        for n in range(12)
    )
    body = f"<h1>All reports</h1><article><p>Today:</p><ul>{rows}</ul></article>"
    page = f"<title>All reports</title>{body}"
    decoded = decode(page.encode(), "text/html; charset=utf-8")
    draft = extract(decoded, "http://a.example/all")
    assert not isinstance(draft, Held)

    found = assemble(draft, Source(decoded.text), "http://a.example/all")

    assert isinstance(found, Held)
    assert found.reason == "not-an-article"
