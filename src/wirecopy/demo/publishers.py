"""The demo's publishers as the gatherer knows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from wirecopy.demo.content import Paper, papers
from wirecopy.model import Basis, BasisKind, Feed, Publisher, PublisherId

DEAD = PublisherId("oldmillgazette.example")  # one feed gone (410), one that hangs up
SLOW = PublisherId("quillmouthcourier.example")  # answers late
LEGACY = PublisherId("falkenbruecker-anzeiger.example")  # windows-1252, called iso-8859-1
LYING = PublisherId("mandarasandesh.example")  # an RDF feed called text/plain


def publishers(start: datetime) -> tuple[Publisher, ...]:
    """Every publisher with its feeds; grounds are recorded on the day of `start`."""
    return tuple(_publisher(paper, start) for paper in papers().values())


def _publisher(paper: Paper, start: datetime) -> Publisher:
    me = PublisherId(paper.domain)
    known = paper.basis.kind is not BasisKind.NONE
    feeds = tuple(
        Feed(
            url=f"http://{paper.domain}{feed.path}",
            publisher=me,
            language=paper.language,
            listed_in="the demo edition",
        )
        for feed in paper.feeds
    )
    return Publisher(
        id=me,
        name=paper.name,
        home=paper.home,
        domains=(me,),
        country=paper.country,
        language=paper.language,
        basis=replace(paper.basis, recorded=start.date()) if known else Basis(),
        feeds=feeds,
    )
