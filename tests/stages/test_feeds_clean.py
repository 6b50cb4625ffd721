"""Publishers' markup made harmless, seen as a browser's parser would see it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

from wirecopy.stages.feeds_clean import clean, words

HARMLESS = set(
    """a abbr b big blockquote br caption center cite code dd del div dl dt em figcaption figure h1
    h2 h3 hr i ins kbd li ol p pre q s samp small span strike strong sub sup table tbody td tfoot
    th thead tr tt u ul var""".split()  # noqa: SIM905
)
QUIET = {"href", "hreflang", "rel", "dir", "lang", "title", "cite", "datetime", "start", "span"} | {
    "colspan",
    "rowspan",
    "headers",
    "scope",
}


def left(markup: str) -> str:
    """What is left of a fragment; fails when anything of it would be run, loaded or sent."""
    cleaned = clean(markup)
    for element in parser.fragment_fromstring(cleaned, create_parent="div").iterdescendants():
        assert element.tag in HARMLESS, cleaned
        assert set(element.attrib) <= QUIET, cleaned
        if element.tag == "a" and "href" in element.attrib:
            link = "".join(element.attrib["href"].split()).lower()
            assert link.startswith(("http://", "https://", "mailto:", "/", "#", "x")), cleaned
    assert clean(cleaned) == cleaned, "cleaned again, it would be something else"
    return cleaned


@pytest.mark.parametrize(
    "link",
    [
        "jav&#x09;ascript:alert(1)",
        "jav\tascript:alert(1)",
        "java\nscript:alert(1)",
        "&#1;javascript:alert(1)",
        "\x01javascript:alert(1)",
        " javascript:alert(1)",
        "&#14; javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript&colon;alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
    ],
)
def test_h03_a_link_in_disguise_is_taken_out_and_its_words_stay(link: str) -> None:
    cleaned = left(f'<a href="{link}">the words</a>')

    assert "href" not in cleaned
    assert words(cleaned) == "the words"


@pytest.mark.parametrize(
    "markup",
    [
        "<svg onload=alert(1)>x</svg>",
        '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
        '<svg><use href="data:image/svg+xml,#a"/></svg>x',
        "<svg><animate attributeName=href values=javascript:alert(1) /></svg>x",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph>x</table>",
        '<math href="javascript:alert(1)">x</math>',
        '<noscript><p title="</noscript><img src=y onerror=alert(1)>">x',
        '<svg></p><style><a id="</style><img src=y onerror=alert(1)>">x</a></style></svg>',
        '<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style>x">',
    ],
)
def test_h04_drawings_and_formulas_are_words_at_most(markup: str) -> None:
    assert "alert" not in left(markup)


@pytest.mark.parametrize(
    "markup",
    [
        "<![CDATA[<![CDATA[<script>alert(1)</script>]]>]]>x",
        "<!--[if IE]><script>alert(1)</script><![endif]-->x",
        "<!-- --!><img src=y onerror=alert(1)>x -->",
        "<!--><script>alert(1)</script>-->x",
        "<!-->x",
        "<<b>script>alert(1)<</b>/script>x",
        "<scr<script>ipt>alert(1)</scr</script>ipt>x",
        "<![if !IE]><img src=y onerror=alert(1)>x<![endif]>",
        "<!DOCTYPE x [<!ENTITY y '<script>'>]>x",
    ],
)
def test_h05_broken_comments_and_sections_leave_no_live_tag(markup: str) -> None:
    assert "x" in left(markup)


@pytest.mark.parametrize(
    "markup",
    [
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>x",
        "<iframe src=//evil.example></iframe>x",
        "<object data=//evil.example>x</object>",
        "<embed src=//evil.example>x",
        "<applet code=y>x</applet>",
        "<form action=//evil.example><input name=p autofocus onfocus=alert(1)>x</form>",
        "<button formaction=javascript:alert(1)>x</button>",
        "<meta http-equiv=refresh content='0;url=//evil.example'>x",
        "<base href=//evil.example/>x",
        "<link rel=stylesheet href=//evil.example/>x",
        "<template><img src=y onerror=alert(1)></template>x",
        "<frameset><frame src=//evil.example></frameset>x",
        "<video src=//evil.example autoplay><source onerror=alert(1)>x</video>",
        "<script src=//evil.example></script>x",
        "<portal src=//evil.example>x</portal>",
        "<isindex action=javascript:alert(1)>x",
    ],
)
def test_h06_what_embeds_sends_or_leads_away_is_taken_out(markup: str) -> None:
    assert "x" in left(markup)
    assert "evil.example" not in left(markup)


@pytest.mark.parametrize(
    "markup",
    [
        "<p style='background:url(//evil.example)'>x</p>",
        "<p style='position:fixed;inset:0;z-index:99'>x</p>",
        "<style>@import '//evil.example';</style>x",
        "<p class=overlay>x</p>",
        "<table background=//evil.example><tr><td>x</td></tr></table>",
        "<font face='y' style='width:expression(alert(1))'>x</font>",
    ],
)
def test_h07_no_style_of_theirs_is_left(markup: str) -> None:
    cleaned = left(markup)

    assert "x" in cleaned
    assert "evil.example" not in cleaned
    assert "style" not in cleaned


def test_h08_nothing_is_normalised_behind_the_cleaning() -> None:
    look_alikes = "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e \ufe64b\ufe65"

    assert clean(look_alikes) == look_alikes
    assert words(look_alikes) == look_alikes


def test_h09_names_are_dropped_and_links_tell_nothing() -> None:
    cleaned = left(
        "<a id=body name=location target=_top ping=//evil.example rel=opener"
        " href='https://a.example/'>x</a><p id=getElementById>y</p>"
    )

    assert cleaned == '<a href="https://a.example/" rel="noopener nofollow ugc">x</a><p>y</p>'


@pytest.mark.parametrize(
    "markup",
    [
        "<img src=//evil.example/p.gif width=1 height=1>x",
        "<img srcset='//evil.example/1.png 1x, //evil.example/2.png 2x'>x",
        "<picture><source srcset=//evil.example/1.webp><img src=//evil.example/1.png></picture>x",
        "<input type=image src=//evil.example/p.gif>x",
        "<img src=x lowsrc=//evil.example dynsrc=//evil.example>x",
    ],
)
def test_h10_no_picture_is_loaded_from_elsewhere(markup: str) -> None:
    assert left(markup) == "x"


@pytest.mark.parametrize(
    ("markup", "cleaned"),
    [
        ("<p>One <b>two</b><br>three</p>", "<p>One <b>two</b><br>three</p>"),
        ("5 < 7 & 8", "5 &lt; 7 &amp; 8"),
        ("<center>Old</center>", "<center>Old</center>"),
        ("<p lang=hi dir=ltr>बारिश", '<p lang="hi" dir="ltr">बारिश</p>'),
        ("Ra\x00in\ufffe", "Rain"),
    ],
)
def test_harmless_markup_stays(markup: str, cleaned: str) -> None:
    assert left(markup) == cleaned


@pytest.mark.parametrize("tag", ["div", "pre", "b", "font color=red", "section"])
def test_h18_markup_nested_deep_is_shown_as_words(tag: str) -> None:
    deep = f"<{tag}>" * 100_000 + "5 &lt; 7 <i>words</i><script>alert(1)</script>"

    assert clean(deep) == "5 &lt; 7 words"
    assert words(deep).split() == ["5", "<", "7", "words"]


@given(
    st.lists(
        st.sampled_from("<>/!-[]\"'= \tabisx&#;:")
        | st.sampled_from(
            [
                "<svg",
                "<math",
                "<style>",
                "</style>",
                "<a href=",
                "javascript:",
                " onerror=",
                "<![CDATA[",
                "<!--",
                "-->",
                "<p>",
                "<script",
                "<noscript>",
                "<title>",
                "<img src=x",
                "<table>",
                "&lt;",
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_whatever_is_written_nothing_live_is_left(markup: str) -> None:
    cleaned = clean(markup)
    for element in parser.fragment_fromstring(cleaned, create_parent="div").iterdescendants():
        assert not isinstance(element.tag, str) or not element.tag.startswith(("script", "img"))
        assert not any(name.startswith("on") for name in element.attrib)
        link = "".join(element.attrib.get("href", "").split()).lower()
        assert not link.startswith(("javascript:", "vbscript:", "data:"))
