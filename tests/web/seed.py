"""A day of news written for the tests of the pages: five publishers of record, one that is held.

Everything is fictional. Texts stand here as paragraphs; quotes and citations are named by their
words, and their spans are looked up. `fill` puts it all into a store's tables.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import Connection

from tests.web import texts
from wirecopy.images import shrink
from wirecopy.model import ArticleId, Block, BlockKind, Found, Proof, Ranked, Span, StoryId, Weight
from wirecopy.store import schema, search
from wirecopy.store.serial import blocks_json, proof_json, ranking_json

NOW = datetime(2026, 11, 23, 14, 10, tzinfo=UTC)

PRIVATE = {
    "signal": "private-site",
    "mode": "full",
    "words": "This site is private: the text is shown for private use and not exported.",
    "notice": False,
}
PAYWALL = {
    "signal": "paywall",
    "mode": "link",
    "words": "The publisher marks the article as not free to read.",
    "notice": False,
}
SNIPPET = {
    "signal": "basis",
    "mode": "excerpt",
    "words": "The operator allows an excerpt of this publisher.",
    "notice": False,
}


@dataclass(kw_only=True)
class Piece:
    """An article of the seed, and its place in the news."""

    id: str
    publisher: str
    at: int  # minutes before NOW
    headline: str
    text: str = ""  # paragraphs parted by blank lines; signs as in `body`
    section: str = "world"
    language: str = "en"
    authors: tuple[str, ...] = ()
    mode: str = "full"
    state: str = "published"
    story: str = ""
    repeats: str = ""
    share: float = 0.97
    says: tuple[tuple[str, str], ...] = ()  # (words, speaker's name as written)
    cites: tuple[tuple[str, str, str], ...] = ()  # (words, kind, target)
    cited: dict[str, str] = field(default_factory=dict)  # target -> article held here
    was: tuple[str, ...] = ()  # earlier headlines, oldest first
    was_text: str = ""  # the text of the first version
    held: tuple[str, str] = ("", "")
    reasons: tuple[dict[str, Any], ...] = (PRIVATE,)
    placed: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] = ((), (), ())
    picture: bool = False
    responses: int = 0


def url(piece: Piece) -> str:
    return f"https://{piece.publisher}/{piece.section}/{piece.id}"


def body(piece: Piece, text: str) -> tuple[str, list[Block]]:
    """The text as it is published, and its blocks."""
    kinds = {
        "## ": BlockKind.SUBHEADING,
        "> ": BlockKind.QUOTATION,
        "- ": BlockKind.LIST_ITEM,
        "! ": BlockKind.STANDFIRST,
    }
    words: list[str] = []
    blocks: list[Block] = []
    at = 0
    for raw in text.strip().split("\n\n") if text.strip() else []:
        kind = next((k for sign, k in kinds.items() if raw.startswith(sign)), BlockKind.PARAGRAPH)
        plain = raw if kind is BlockKind.PARAGRAPH else raw.split(" ", 1)[1]
        plain = " ".join(plain.split())
        blocks.append(Block(kind=kind, start=at, end=at + len(plain)))
        words.append(plain)
        at += len(plain) + 2
    return "\n\n".join(words), blocks


def fill(c: Connection, images: Path) -> None:
    """Put the whole day into empty tables; drawn lead images go into the folder."""
    images.mkdir(parents=True, exist_ok=True)
    _publishers(c)
    for position, piece in enumerate(texts.pieces(), start=1):
        _article(c, piece, position, images)
    for piece in texts.pieces():
        _marks(c, piece)
        if piece.state == "published":
            shown = body(piece, piece.text)[0] if piece.mode == "full" else ""
            search.put(c, ArticleId(piece.id), piece.headline, shown, piece.language)
    _stories(c)
    _editions(c)
    c.execute(schema.cursor.insert().values(id=1, file="a.warc.gz", offset=90_000))


def _publishers(c: Connection) -> None:
    for position, (id, name, country, language, basis, feeds) in enumerate(texts.PUBLISHERS):
        c.execute(
            schema.publishers.insert().values(
                id=id,
                name=name,
                home=f"https://{id}/",
                domains=[id],
                country=country,
                language=language,
                basis=basis,
                position=position,
                active=True,
            )
        )
        for place, (section, state) in enumerate(feeds):
            address = f"https://{id}/feeds/{section}.xml"
            c.execute(
                schema.feeds.insert().values(
                    url=address,
                    publisher=id,
                    section=section,
                    language=language,
                    listed_in="written for the tests",
                    position=place,
                    active=True,
                )
            )
            c.execute(
                schema.feed_states.insert().values(
                    {**_FRESH, "feed": address, "due_at": NOW + timedelta(minutes=22)} | state
                )
            )


_FRESH: dict[str, Any] = {
    "why": "published 4 articles in the last hour",
    "polled_at": NOW - timedelta(minutes=8),
    "answered_at": NOW - timedelta(minutes=8),
    "status": 200,
    "etag": '"a1"',
    "last_modified": "",
    "body_sha256": "0" * 64,
    "interval_seconds": 1800,
    "failures": 0,
    "error": "",
    "cure": "",
    "polls": 48,
    "not_modified": 36,
    "bytes": 412_000,
    "gone": False,
    "moved_to": "",
    "moved_times": 0,
}


def _article(c: Connection, piece: Piece, position: int, images: Path) -> None:
    at = NOW - timedelta(minutes=piece.at)
    versions = _versions(piece)
    read = piece.state != "held" and bool(versions)
    capture = _capture(c, piece, at + timedelta(minutes=2), position)
    text, _ = body(piece, piece.text)
    shown = text[:160].rsplit(" ", 1)[0] if text else ""
    c.execute(
        schema.articles.insert().values(
            id=piece.id,
            position=position,
            url=url(piece),
            publisher=piece.publisher,
            feed=f"https://{piece.publisher}/feeds/{texts.feed_of(piece)}.xml",
            state=piece.state,
            mode=piece.mode,
            reasons=list(piece.reasons),
            held_reason=piece.held[0],
            held_detail=piece.held[1],
            first_seen=at + timedelta(minutes=1),
            published=at,
            updated=None,
            section=piece.section,
            section_from="feed",
            language=piece.language,
            headline=piece.headline,
            headline_from="page" if read else "feed",
            authors=list(piece.authors),
            lead=shown if piece.mode in ("full", "excerpt") else "",
            words=len(text.split()),
            image=_image(piece, images),
            canonical=url(piece),
            revision=len(versions) if read else 0,
            headline_edits=len(piece.was),
            word_edits=1 if piece.was_text else 0,
            capture=capture,
            repeats=piece.repeats or None,
            repeat=_repeat(piece),
            story=piece.story or None,
            placement=_placement(piece),
            responses=piece.responses,
        )
    )
    if not read:
        return
    for number, (title, words) in enumerate(versions, start=1):
        _revision(c, piece, number, title, words, at, capture)


def _versions(piece: Piece) -> list[tuple[str, str]]:
    versions = [(title, piece.was_text or piece.text) for title in piece.was]
    if piece.was_text and not piece.was:
        versions = [(piece.headline, piece.was_text)]
    return [*versions, (piece.headline, piece.text)]


def _revision(
    c: Connection, piece: Piece, number: int, title: str, raw: str, at: datetime, capture: int
) -> None:
    whole, blocks = body(piece, raw)
    text = whole
    if piece.mode == "link":
        text, blocks = "", []
    elif piece.mode == "excerpt":
        text = whole[:160].rsplit(" ", 1)[0]
        blocks = [Block(kind=BlockKind.PARAGRAPH, start=0, end=len(text))]
    proof = Proof(
        charset="utf-8",
        title=Found(text=title, where="h1", spans=(Span(start=100, end=100 + len(title)),)),
        authors=(),
        blocks=tuple((Span(start=500 + b.start, end=500 + b.end),) for b in blocks),
    )
    kind = "first" if number == 1 else ("headline" if piece.was else "words")
    c.execute(
        schema.revisions.insert().values(
            article=piece.id,
            number=number,
            kind=kind,
            at=at + timedelta(minutes=2 + 45 * (number - 1)),
            title=title,
            authors=list(piece.authors),
            text=text,
            blocks=blocks_json(blocks),
            proof=proof_json(proof),
            sha256=hashlib.sha256(f"{title}\n{whole}".encode()).hexdigest(),
            published=at,
            updated=None,
            language=piece.language,
            extractor="written 1",
            capture=capture,
        )
    )


def _capture(c: Connection, piece: Piece, at: datetime, position: int) -> int:
    c.execute(
        schema.captures.insert().values(
            id=position,
            file="wirecopy-20261123-000.warc.gz",
            offset=position * 4_000,
            length=3_900,
            url=url(piece),
            final_url=url(piece),
            purpose="page",
            status=200,
            at=at,
            sha256=hashlib.sha256(piece.id.encode()).hexdigest(),
            size=48_213,
            content_type="text/html; charset=utf-8",
        )
    )
    return position


def _repeat(piece: Piece) -> dict[str, Any] | None:
    if not piece.repeats:
        return None
    return {"article": piece.id, "of": piece.repeats, "kind": "copy", "share": piece.share}


def _placement(piece: Piece) -> dict[str, Any] | None:
    if not piece.story:
        return None
    names, numbers, terms = piece.placed
    opened = piece.story == piece.id
    kind = "opened" if opened else "copy" if piece.repeats else "joined"
    words = {
        "opened": "First article of its story.",
        "copy": "Its text repeats an article of this story.",
        "joined": f"Shares {', '.join(names)} with this story.",
    }[kind]
    return {
        "article": piece.id,
        "story": piece.story,
        "kind": kind,
        "score": 1.0 if opened else 0.91,
        "shared_names": list(names),
        "shared_numbers": list(numbers),
        "shared_terms": list(terms),
        "words": words,
    }


def _marks(c: Connection, piece: Piece) -> None:
    text, _ = body(piece, piece.text)
    for words, speaker in piece.says:
        start = text.index(words)
        named = text.index(speaker) if speaker else 0
        c.execute(
            schema.quotes.insert().values(
                article=piece.id,
                start=start,
                end=start + len(words),
                speaker_start=named,
                speaker_end=named + len(speaker),
                cue_start=0,
                cue_end=0,
            )
        )
    for words, kind, target in piece.cites:
        start = text.index(words)
        c.execute(
            schema.citations.insert().values(
                article=piece.id,
                start=start,
                end=start + len(words),
                kind=kind,
                target=target,
                url="",
                cited=piece.cited.get(target),
            )
        )


def _stories(c: Connection) -> None:
    of: dict[str, list[Piece]] = {}
    for piece in texts.pieces():
        if piece.story and piece.state == "published":
            of.setdefault(piece.story, []).append(piece)
    country = {row[0]: row[2] for row in texts.PUBLISHERS}
    for story, mine in of.items():
        mine.sort(key=lambda one: -one.at)
        c.execute(
            schema.stories.insert().values(
                id=story,
                opened=NOW - timedelta(minutes=mine[0].at),
                touched=NOW - timedelta(minutes=mine[-1].at),
                lead=texts.LEADS.get(story, story),
                section=mine[0].section,
                articles=len(mine),
                publishers=len({one.publisher for one in mine}),
                own_texts=sum(1 for one in mine if not one.repeats),
                countries=len({country[one.publisher] for one in mine}),
                languages=len({one.language for one in mine}),
                edits=sum(len(one.was) + bool(one.was_text) for one in mine),
                merged_into=None,
            )
        )
    c.execute(
        schema.stories.insert().values(
            id="00000000aaaa",
            opened=NOW,
            touched=NOW,
            lead=texts.RANKED[0],
            section="world",
            articles=0,
            publishers=0,
            own_texts=0,
            countries=0,
            languages=0,
            edits=0,
            merged_into=texts.RANKED[0],
        )
    )


def _editions(c: Connection) -> None:
    section_of = {one.id: one.section for one in texts.pieces()}
    for section in ("", *sorted(set(section_of.values()))):
        ranking = [
            Ranked(story=StoryId(story), score=9.42 - 0.61 * place, weights=_WEIGHTS)
            for place, story in enumerate(texts.RANKED)
            if section in ("", section_of[story])
        ]
        c.execute(
            schema.editions.insert().values(at=NOW, section=section, ranking=ranking_json(ranking))
        )


_WEIGHTS = (
    Weight(name="publishers", value=5.5, words="5 publishers wrote about it"),
    Weight(name="own texts", value=2.2, words="4 texts of their own"),
    Weight(name="age", value=-1.28, words="1.3 hours since its latest article"),
)


def _image(piece: Piece, folder: Path) -> dict[str, Any] | None:
    if not piece.picture:
        return None
    made = shrink(_drawing(piece.id))
    file = f"{hashlib.sha256(made.body).hexdigest()}.webp"
    (folder / file).write_bytes(made.body)
    return {
        "url": f"https://{piece.publisher}/images/{piece.id}.png",
        "caption": texts.CAPTIONS[piece.id][0],
        "credit": texts.CAPTIONS[piece.id][1],
        "alt": texts.CAPTIONS[piece.id][2],
        "file": file,
        "width": made.width,
        "height": made.height,
    }


def _drawing(seed: str) -> bytes:
    """Hills under a sky, in colours that follow from the name."""
    tint = hashlib.sha256(seed.encode()).digest()
    width, height = 960, 600
    picture = Image.new("RGB", (width, height))
    pen = ImageDraw.Draw(picture)
    for y in range(height):
        share = y / height
        pen.line(
            [(0, y), (width, y)],
            fill=(int(150 + 80 * share), int(170 + 50 * share), int(200 - 10 * share)),
        )
    pen.ellipse([620 + tint[0] // 2, 90, 700 + tint[0] // 2, 170], fill=(250, 240, 214))
    for layer in range(5):
        base = 300 + layer * 60
        hill = [(0, height)]
        hill += [
            (
                x,
                base
                - int(50 * ((x * (layer + 2) + tint[layer] * 9) % 377) / 377 * (1.5 - layer / 5)),
            )
            for x in range(0, width + 40, 40)
        ]
        hill.append((width, height))
        shade = 120 - layer * 20
        pen.polygon(hill, fill=(shade - 20, shade + 5, shade + 12))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
