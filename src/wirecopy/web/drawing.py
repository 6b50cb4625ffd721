"""A story's coverage over time as a small picture: one square an article, stacked by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wirecopy.web.lines import ArticleLine

COLUMNS = 32
CELL = 12  # units of the drawing; a square is CELL - 2 wide
HIGHEST = 8  # squares in a column; higher ones are drawn flatter


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """One article."""

    x: float
    y: float
    width: float
    height: float
    repeats: bool
    href: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Squares on a base line, in units of a view box."""

    width: int
    height: int
    squares: tuple[Square, ...]
    start: datetime
    end: datetime


def coverage(articles: Sequence[ArticleLine]) -> Drawing:
    """Own texts and copies, from the first article to the last; at least one article."""
    start, end = articles[0].published, articles[-1].published
    length = (end - start).total_seconds()
    columns: dict[int, list[ArticleLine]] = {}
    for article in articles:
        share = (article.published - start).total_seconds() / length if length else 0.0
        columns.setdefault(min(COLUMNS - 1, int(share * COLUMNS)), []).append(article)
    tallest = max(len(column) for column in columns.values())
    step = CELL * min(1.0, HIGHEST / tallest)
    height = round(step * max(tallest, 2))
    squares = tuple(
        Square(
            x=column * CELL,
            y=round(height - (level + 1) * step, 2),
            width=CELL - 2,
            height=round(max(1.0, step - 2), 2),
            repeats=bool(article.repeats),
            href=article.href,
            label=f"{article.publisher.name}: {article.headline}",
        )
        for column, stacked in sorted(columns.items())
        for level, article in enumerate(stacked)
    )
    return Drawing(width=COLUMNS * CELL, height=height + 1, squares=squares, start=start, end=end)
