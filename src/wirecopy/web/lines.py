"""Articles and stories as lists show them: what the site renders and `/api` serialises alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wirecopy.model import ArticleId, Ranked, StoryId
from wirecopy.store.reading import Line
from wirecopy.store.reading_stories import StoryRow
from wirecopy.web.site import Site

# Languages mostly written from right to left, by their primary tags
_RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "iw", "khw", "ks", "ps", "sd", "syr", "ug", "ur", "yi"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherRef:
    """A publisher, named."""

    id: str  # its main domain
    name: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRef:
    """A lead image that this site serves itself."""

    href: str
    width: int
    height: int
    alt: str
    caption: str
    credit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLine:
    """An article in a list."""

    id: str
    href: str  # on this site
    url: str  # at the publisher
    headline: str
    language: str
    direction: str  # "ltr" or "rtl"
    publisher: PublisherRef
    feed: str  # address of the publisher's feed that announced it
    authors: tuple[str, ...]
    published: datetime
    changed: datetime  # when its words last changed here
    first_seen: datetime
    mode: str
    section: str
    section_guessed: bool  # told by its words, as its publisher named none
    lead: str
    words: int
    story: str
    repeats: str  # id of the article whose text it repeats
    share: float
    responses: int
    headline_edits: int
    word_edits: int
    image: ImageRef | None
    disclaimer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One line of the sum that ranks a story."""

    name: str
    value: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """A story in a list, under the headline of its lead article."""

    id: str
    href: str
    section: str
    section_guessed: bool  # told by words, as no publisher named it
    opened: datetime
    touched: datetime
    articles: int
    publishers: int
    same_text: int
    edits: int
    countries: int
    languages: int
    lead: ArticleLine
    others: tuple[ArticleLine, ...]  # two or three other publishers' headlines
    more: int  # publishers that are not named by lead and others
    score: float
    why: tuple[Why, ...]


def direction(language: str) -> str:
    """ "rtl" for languages written from right to left."""
    primary = language.lower().split("-")[0]
    return "rtl" if primary in _RIGHT_TO_LEFT else "ltr"


def article_line(line: Line, site: Site) -> ArticleLine:
    image = line.image
    return ArticleLine(
        id=line.id,
        href=f"/a/{line.id}",
        url=line.url,
        headline=line.headline,
        language=line.language,
        direction=direction(line.language),
        publisher=publisher_ref(line.publisher, line.publisher_name),
        feed=line.feed,
        authors=line.authors,
        published=line.published,
        changed=line.changed,
        first_seen=line.first_seen,
        mode=line.mode.value,
        section=line.section,
        section_guessed=line.section_guessed,
        lead=line.lead,
        words=line.words,
        story=line.story or "",
        repeats=line.repeats or "",
        share=line.share,
        responses=line.responses,
        headline_edits=line.headline_edits,
        word_edits=line.word_edits,
        image=None
        if image is None
        else ImageRef(
            href=f"/image/{image.file}",
            width=image.width,
            height=image.height,
            alt=image.alt,
            caption=image.caption,
            credit=image.credit,
        ),
        disclaimer=site.disclaimer(line.publisher),
    )


def publisher_ref(id: str, name: str) -> PublisherRef:
    return PublisherRef(id=id, name=name, href=f"/p/{id}")


def story_lines(
    ranking: Iterable[Ranked],
    rows: Mapping[StoryId, StoryRow],
    samples: Mapping[StoryId, Sequence[Line]],
    leads: Mapping[ArticleId, Line],
    site: Site,
) -> list[StoryLine]:
    """Ranked stories with their headlines; one whose articles are all gone is left out."""
    found = []
    for ranked in ranking:
        row = rows.get(ranked.story)
        near = samples.get(ranked.story, ())
        if row is None or not near:
            continue
        found.append(story_line(row, leads.get(row.lead, near[0]), near, ranked, site))
    return found


def story_line(
    row: StoryRow, lead: Line, near: Sequence[Line], ranked: Ranked | None, site: Site
) -> StoryLine:
    """One story; `near` are some of its articles, own texts first."""
    others: dict[str, Line] = {}
    for line in near:
        if line.publisher != lead.publisher and line.headline != lead.headline:
            others.setdefault(line.publisher, line)
    shown = list(others.values())[:3]
    return StoryLine(
        id=row.id,
        href=f"/s/{row.id}",
        section=row.section,
        section_guessed=row.section_guessed,
        opened=row.opened,
        touched=row.touched,
        articles=row.articles,
        publishers=row.publishers,
        same_text=row.articles - row.own_texts,
        edits=row.edits,
        countries=row.countries,
        languages=row.languages,
        lead=article_line(lead, site),
        others=tuple(article_line(line, site) for line in shown),
        more=max(0, row.publishers - 1 - len(shown)),
        score=ranked.score if ranked else 0.0,
        why=tuple(
            Why(name=weight.name, value=weight.value, words=weight.words)
            for weight in (ranked.weights if ranked else ())
        ),
    )
