"""What the demo's publishers wrote: `publishers.toml` and `events/*.txt`, read into values.

An event file opens with lines about the event, then holds articles, each after a line
`@@ publisher/slug`: a head of `key: value` lines, an empty line, and the text. In a text,
`## ` opens a sub-heading, `- ` a list item, `> ` a quotation; anything else is a paragraph.
`[words](publisher/slug)` is a link to another article. Times are minutes from the demo's start,
negative ones lie before it. The head's keys:

    at, title, summary, author, section     what they say
    picture     drawing | caption | credit
    copy        publisher/slug first-last: those paragraphs of that article stand here, word for
                word; before the text, or where it has a line `...`
    borrows     the same, where too little is taken over to call the article a copy
    flags       paywall, noarchive, forbidden, broken, listing, moved
    edited      minutes; the second round's words follow in `was`/`now` pairs, `drop`, `add` and
                `title-now`; with `edited-openly` the page tells that it was edited
"""

from __future__ import annotations

import re
import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from wirecopy.model import Basis, BasisKind, BlockKind, Mode

HERE = Path(__file__).parent
FLAGS = frozenset({"paywall", "noarchive", "forbidden", "broken", "listing", "moved"})
_MARKS = {
    "## ": BlockKind.SUBHEADING,
    "- ": BlockKind.LIST_ITEM,
    "> ": BlockKind.QUOTATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedFeed:
    """A feed as played: where it stands, its format, and its fault if it has one."""

    path: str
    format: str  # "rss", "atom", "rdf", "json", "news-sitemap"
    fault: str = ""  # "gone", "hangs-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A publisher as the player plays it."""

    key: str
    name: str
    domain: str
    country: str
    language: str
    template: str
    path: str
    feeds: tuple[PlayedFeed, ...]
    offset_hours: float = 0
    charset: str = "utf-8"
    feed_type: str = ""  # a Content-Type that lies, where the feed has one
    tracking: str = ""  # a query that the feed puts behind addresses
    json_ld: bool = False
    entities: bool = False  # writes typographic marks as character references
    soft_hyphens: bool = False
    full_text: bool = False  # its feed carries whole articles
    slow: bool = False
    validators: bool = True  # sends ETag and Last-Modified
    basis: Basis = field(default_factory=Basis)

    @property
    def home(self) -> str:
        return f"http://{self.domain}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A paragraph, sub-heading, list item or quotation, with links and days still marked."""

    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing of `images/`, as one publisher shows it."""

    drawing: str
    caption: str
    credit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """An article's words in one round."""

    title: str
    summary: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What changed in the second round, and whether the page says so."""

    at: int
    openly: bool
    wording: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An article as its publisher wrote it; `event` and `copy_of` are truth, on no page."""

    key: str  # publisher/slug
    paper: Paper
    event: str
    happened: int
    at: int
    section: str
    authors: tuple[str, ...]
    wording: Wording
    picture: Picture | None = None
    copy_of: str = ""
    flags: frozenset[str] = field(default=frozenset())
    edit: Edit | None = None

    @property
    def number(self) -> int:
        """Seven digits that stay the same, as from a publisher's own database."""
        return 1_000_000 + zlib.crc32(self.key.encode()) % 9_000_000

    @property
    def path(self) -> str:
        slug = self.key.partition("/")[2]
        return self.paper.path.format(slug=slug, number=self.number, section=self.section)

    @property
    def url(self) -> str:
        return f"http://{self.paper.domain}{self.path}"

    @property
    def round(self) -> int:
        """The round in which it is first there."""
        return 2 if self.at > 0 else 1

    def words(self, round: int) -> Wording:
        return self.edit.wording if round > 1 and self.edit else self.wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, and who wrote about it."""

    key: str
    title: str
    pieces: tuple[Piece, ...]


@cache
def papers() -> dict[str, Paper]:
    """Every publisher, by key, in the order of the file."""
    found = tomllib.loads((HERE / "publishers.toml").read_text("utf-8"))["publisher"]
    return {row["key"]: _paper(row) for row in found}


@cache
def events() -> tuple[Event, ...]:
    """Every event, by name of its file. Raises ValueError, with file and article, for a slip."""
    sheets = [_Sheet(path) for path in sorted((HERE / "events").glob("*.txt"))]
    passages = {head["key"]: text for sheet in sheets for head, text in sheet.articles}
    return tuple(
        Event(
            key=sheet.key,
            title=sheet.head["event"],
            pieces=tuple(
                _Writing(sheet, head, text, passages).piece() for head, text in sheet.articles
            ),
        )
        for sheet in sheets
    )


@cache
def pieces() -> dict[str, Piece]:
    """Every article, by key."""
    return {piece.key: piece for event in events() for piece in event.pieces}


def _paper(row: dict[str, object]) -> Paper:
    feeds = row.pop("feeds")
    basis = row.pop("basis", None)
    assert isinstance(feeds, list)
    known = Basis()
    if isinstance(basis, dict):
        known = Basis(**{**basis, "kind": BasisKind(basis["kind"]), "mode": Mode(basis["mode"])})
    return Paper(feeds=tuple(PlayedFeed(**feed) for feed in feeds), basis=known, **row)  # type: ignore[arg-type]


class _Sheet:
    """One event's file, cut into its head and its articles."""

    def __init__(self, path: Path) -> None:
        self.key = path.stem
        top, *rest = re.split(r"^@@ ", path.read_text("utf-8"), flags=re.MULTILINE)
        self.head = dict(_head(top))
        self.articles = [_article(part) for part in rest]


def _article(part: str) -> tuple[dict[str, str], tuple[Passage, ...]]:
    key, _, rest = part.partition("\n")
    head, _, text = rest.partition("\n\n")
    rows = [("key", key.strip()), *_head(head)]
    found = {name: value for name, value in rows if name not in ("was", "now", "drop", "add")}
    changes = [row for row in rows if row[0] in ("was", "now", "drop", "add")]
    found["changes"] = "\n".join(f"{name}: {value}" for name, value in changes)
    return found, tuple(_passages(text))


def _head(text: str) -> Iterator[tuple[str, str]]:
    for line in text.strip().splitlines():
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError(f"not a `key: value` line: {line!r}")
        yield name.strip(), value.strip()


def _passages(text: str) -> Iterator[Passage]:
    for line in text.splitlines():
        if line.strip():
            yield _passage(line.strip())


def _passage(line: str) -> Passage:
    for mark, kind in _MARKS.items():
        if line.startswith(mark):
            return Passage(kind=kind, text=line.removeprefix(mark).strip())
    return Passage(kind=BlockKind.PARAGRAPH, text=line)


class _Writing:
    """One article on its way from the file: copies put in, second round's words made."""

    def __init__(
        self,
        sheet: _Sheet,
        head: dict[str, str],
        text: tuple[Passage, ...],
        known: dict[str, tuple[Passage, ...]],
    ) -> None:
        self.sheet, self.head, self.own, self.known = sheet, head, text, known

    def piece(self) -> Piece:
        head = self.head
        key = head["key"]
        flags = frozenset(head.get("flags", "").split())
        if unknown := flags - FLAGS:
            raise ValueError(f"{self.sheet.key}: {key}: unknown flags {sorted(unknown)}")
        wording = Wording(
            title=head["title"], summary=head.get("summary", ""), passages=self.passages()
        )
        return Piece(
            key=key,
            paper=papers()[key.partition("/")[0]],
            event=self.sheet.key,
            happened=int(self.sheet.head["happened"]),
            at=int(head["at"]),
            section=head.get("section", self.sheet.head["section"]),
            authors=tuple(a.strip() for a in head.get("author", "").split(",") if a.strip()),
            wording=wording,
            picture=self.picture(),
            copy_of=head.get("copy", "").partition(" ")[0],
            flags=flags,
            edit=self.edit(wording),
        )

    def passages(self) -> tuple[Passage, ...]:
        source, _, run = self.head.get("copy", self.head.get("borrows", "")).partition(" ")
        if not source:
            return self.own
        first, _, last = run.partition("-")
        copied = self.known[source][int(first) - 1 : int(last)]
        texts = [passage.text for passage in self.own]
        at = texts.index("...") if "..." in texts else 0
        rest = self.own[at + 1 :] if "..." in texts else self.own
        return (*self.own[:at], *copied, *rest)

    def picture(self) -> Picture | None:
        if "picture" not in self.head:
            return None
        drawing, caption, credit = (part.strip() for part in self.head["picture"].split("|"))
        return Picture(drawing=drawing, caption=caption, credit=credit)

    def edit(self, before: Wording) -> Edit | None:
        openly = "edited-openly" in self.head
        at = self.head.get("edited-openly", self.head.get("edited", ""))
        if not at:
            return None
        after = replace(before, title=self.head.get("title-now", before.title))
        was = ""
        for name, value in _head(self.head["changes"]):
            if name == "was":
                was = value
            else:
                after = self.changed(after, name, was, value)
        if after == before:
            raise ValueError(f"{self.head['key']}: an edit that changes nothing")
        return Edit(at=int(at), openly=openly, wording=after)

    def changed(self, wording: Wording, name: str, was: str, value: str) -> Wording:
        passages = wording.passages
        if name == "add":
            return replace(wording, passages=(*passages, _passage(value)))
        wanted = value if name == "drop" else was
        if not any(wanted in text for text in (wording.summary, *(p.text for p in passages))):
            raise ValueError(f"{self.head['key']}: {wanted!r} is not in the text")
        if name == "drop":
            kept = tuple(p for p in passages if not p.text.startswith(value))
            return replace(wording, passages=kept)
        mended = tuple(replace(p, text=p.text.replace(was, value)) for p in passages)
        return replace(wording, summary=wording.summary.replace(was, value), passages=mended)
