"""The page of one story: all publishers' coverage of one event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from wirecopy.model import ArticleId
from wirecopy.stages import passages
from wirecopy.store import reading, reading_articles, reading_stories
from wirecopy.web.lines import ArticleLine, PublisherRef, StoryLine, article_line, story_line
from wirecopy.web.site import Site
from wirecopy.web.views import Moved, NoSuchPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Why an article stands in this story."""

    kind: str  # "opened", "joined", "copy"
    score: float  # 0..1, the grouping's own
    words: str
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An article in the story's order of time, with the copies of its text folded under it."""

    article: ArticleLine
    first: bool
    copies: tuple[ArticleLine, ...]
    together: Together | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """Words of one speaker, and the articles that carry them in the same letters."""

    words: str
    speaker: str
    articles: tuple[ArticleLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """One article crediting another publisher, with the words that do it."""

    article: ArticleLine
    words: str
    name: str
    cited: ArticleLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How many words of an article are its own, and whose the others are, with the evidence."""

    article: ArticleLine
    words: int  # of the text shown
    own: int  # words that stand in no passage of the article it repeats
    repeats: ArticleLine | None
    credited: tuple[str, ...]  # agencies that it names itself, in its own words


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """A story with all of its coverage."""

    story: StoryLine
    reports: tuple[Report, ...]
    articles: tuple[ArticleLine, ...]  # every one, in the order of time
    quotes: tuple[Saying, ...]
    credits: tuple[Credit, ...]
    origins: tuple[Origin, ...]  # of articles that repeat another or name an agency
    started: datetime
    ended: datetime


def story(c: Connection, site: Site, id: str) -> StoryPage:
    """One story. Raises NoSuchPage, or Moved when it was merged into another."""
    row = reading_stories.row(c, id)
    if isinstance(row, str):
        raise Moved(f"/s/{row}")
    lines = reading_stories.coverage(c, id) if row else []
    if row is None or not lines:
        raise NoSuchPage("There is no story at this address.")
    held = {line.id: line for line in lines}
    lead = held.get(row.lead, lines[0])
    shown = {line.id: article_line(line, site) for line in lines}
    credits = reading_stories.credits(c, list(shown))
    own_first = sorted(lines, key=lambda line: line.repeats is not None)
    return StoryPage(
        story=story_line(row, lead, own_first, None, site),
        reports=_reports(lines, shown),
        articles=tuple(shown.values()),
        quotes=_sayings(reading_stories.said(c, list(shown)), shown),
        credits=_credits(credits, shown),
        origins=_origins(c, lines, credits, shown),
        started=lines[0].published,
        ended=lines[-1].published,
    )


def _reports(
    lines: Sequence[reading.Line], shown: dict[ArticleId, ArticleLine]
) -> tuple[Report, ...]:
    held = {line.id: line for line in lines}
    copies: dict[str, list[ArticleLine]] = {}
    roots: list[reading.Line] = []
    for line in lines:
        root = _root(line, held)
        if root is line:
            roots.append(line)
        else:
            copies.setdefault(root.id, []).append(shown[line.id])
    return tuple(
        Report(
            article=shown[line.id],
            first=line is lines[0],
            copies=tuple(copies.get(line.id, ())),
            together=_together(line),
        )
        for line in roots
    )


def _root(line: reading.Line, held: dict[ArticleId, reading.Line]) -> reading.Line:
    """The article at the end of a chain of repeats, as far as the story holds it."""
    seen = {line.id}
    while line.repeats in held and line.repeats not in seen:
        line = held[line.repeats]
        seen.add(line.id)
    return line


def _together(line: reading.Line) -> Together | None:
    placed = line.placement
    if placed is None:
        return None
    return Together(
        kind=placed.kind,
        score=placed.score,
        words=placed.words,
        names=placed.shared_names,
        numbers=placed.shared_numbers,
        terms=placed.shared_terms,
    )


def _sayings(
    said: Sequence[reading_stories.Said], shown: dict[ArticleId, ArticleLine]
) -> tuple[Saying, ...]:
    """Quotes with the same letters together, those that most articles carry first."""
    found: dict[str, list[reading_stories.Said]] = {}
    for one in said:
        found.setdefault(one.words.rstrip(",. "), []).append(one)
    sayings = [
        Saying(
            words=same[0].words,
            speaker=next((one.speaker for one in same if one.speaker), ""),
            articles=tuple(shown[id] for id in dict.fromkeys(one.article for one in same)),
        )
        for same in found.values()
    ]
    return tuple(sorted(sayings, key=lambda one: -len(one.articles)))


def _credits(
    found: Sequence[reading_stories.Credit], shown: dict[ArticleId, ArticleLine]
) -> tuple[Credit, ...]:
    return tuple(
        Credit(
            article=shown[one.article],
            words=one.words,
            name=one.target_name,
            cited=shown.get(one.cited) if one.cited else None,
        )
        for one in found
    )


def _origins(
    c: Connection,
    lines: Sequence[reading.Line],
    credits: Sequence[reading_stories.Credit],
    shown: dict[ArticleId, ArticleLine],
) -> tuple[Origin, ...]:
    agencies: dict[ArticleId, dict[str, None]] = {}
    for credit in credits:
        if credit.kind == "agency":
            agencies.setdefault(credit.article, {})[credit.words or credit.target_name] = None
    told = [line for line in lines if line.repeats or line.id in agencies]
    wanted = {id_ for line in told for id_ in (line.id, line.repeats) if id_}
    texts = {id_: found.text for id_, found in reading_articles.texts(c, wanted).items()}
    origins = []
    for line in told:
        text = texts.get(line.id, "")
        found = passages.shared(text, texts.get(line.repeats, "") if line.repeats else "")
        origins.append(
            Origin(
                article=shown[line.id],
                words=found.words,
                own=found.own,
                repeats=shown.get(line.repeats) if line.repeats else None,
                credited=tuple(agencies.get(line.id, ())),
            )
        )
    return tuple(origins)


def publishers(page: StoryPage) -> tuple[PublisherRef, ...]:
    """The story's publishers, each once, in the order of their first article."""
    return tuple({line.publisher.id: line.publisher for line in page.articles}.values())
