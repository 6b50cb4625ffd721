"""What pages say of themselves: headline, bylines, day, lead image; by set, beside others.

The folder holds truth.jsonl and html/*.gz. `wirecopy` is what stands after the proof: a headline or
a name that is not found in the page does not count. `trafilatura` reads metadata alone, without the
text; `json-ld` takes what the page's JSON-LD says, and nothing else. ms is CPU time a page, parsing
included (proving not). `wirecopy+rescue` asks trafilatura and htmldate for what is missing. A lead
image is right when its file has the name of the truth's cover. --parts leaves out one part after
the other and prints what it costs.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from bench import Ask, CannotRun
from bench.extraction import read_truth
from bench.scoring import Prediction, Truth, score
from wirecopy.stages.decode import Decoded, decode
from wirecopy.stages.headline import find_author, find_headline, statements
from wirecopy.stages.metadata import read_metadata
from wirecopy.stages.source import Source
from wirecopy.stages.stated import name_of, read_stated, text_of

AT = datetime(2026, 11, 1, tzinfo=UTC)  # when the pages are said to be read: after all of them
COLUMNS = ("title", "authors", "date", "image", "ms")

# Part -> the function that is replaced, and by what.
PARTS: Mapping[str, tuple[str, str, Callable[..., Any]]] = {
    "h1 told again": ("titles", "_told_again", lambda *_: ""),
    "printed bylines": ("bylines", "_printed", lambda *_: []),
    "bylines by a word": ("bylines", "_by_word", lambda *_: []),
    "bylines by a mark": ("bylines", "_by_mark", lambda *_: []),
    "bylines by a label": ("bylines", "_by_label", lambda *_: []),
    "site is no author": ("bylines", "_is_site", lambda *_: False),
    "printed days": ("dates_on_page", "_printed", lambda *_: None),
    "days in addresses": ("dates_on_page", "_in_address", lambda *_: None),
    "days in scripts": ("dates_on_page", "_drawn_literals", lambda *_: iter(())),
    "the page's own day": ("dates_on_page", "_own_day", lambda moment, _: moment.when.date()),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What one program says of one page."""

    prediction: Prediction
    image: str
    seconds: float  # CPU


Reader = Callable[[Decoded, bytes, str], Said]


def wirecopy(decoded: Decoded, page: bytes, url: str) -> Said:
    """Ours, proved."""
    start = time.process_time()
    found = read_metadata(LexborHTMLParser(decoded.text), url, AT)
    seconds = time.process_time() - start
    source = Source(decoded.text, decoded.charset)
    stated = statements(source)
    titles = (find_headline(source, stated, title) for title in found.titles)
    names = (find_author(source, stated, name) for name in found.authors)
    return Said(
        Prediction(
            title=next((title.text for title in titles if title), ""),
            authors=tuple(name.text for name in names if name),
            date=str(found.published_day or ""),
        ),
        found.image.url if found.image else "",
        seconds,
    )


def trafilatura(decoded: Decoded, page: bytes, url: str) -> Said:
    """The peer's metadata, from its own parse."""
    from trafilatura.metadata import extract_metadata

    start = time.process_time()
    found: Any = extract_metadata(page, default_url=url)
    seconds = time.process_time() - start
    if found is None:
        return Said(Prediction(), "", seconds)
    authors = tuple((found.author or "").split("; "))
    prediction = Prediction(title=found.title or "", authors=authors, date=found.date or "")
    return Said(prediction, found.image or "", seconds)


def json_ld(decoded: Decoded, page: bytes, url: str) -> Said:
    """The page's JSON-LD alone."""
    start = time.process_time()
    stated = read_stated(LexborHTMLParser(decoded.text))
    article = stated.article
    people = article.get("author")
    named = [
        name_of(one, stated.by_id) for one in (people if isinstance(people, list) else [people])
    ]
    image = article.get("image")
    image = image[0] if isinstance(image, list) and image else image
    prediction = Prediction(
        title=text_of(article.get("headline")),
        authors=tuple(name for name in named if name),
        date=text_of(article.get("datePublished"))[:10],
    )
    shown = text_of(image.get("url") if isinstance(image, dict) else image)
    return Said(prediction, shown, time.process_time() - start)


def rescued(decoded: Decoded, page: bytes, url: str) -> Said:
    """Ours; where it finds no author or no day, trafilatura's and htmldate's searches are asked."""
    from htmldate import find_date
    from trafilatura.metadata import extract_author
    from trafilatura.utils import load_html

    said = wirecopy(decoded, page, url)
    start = time.process_time()
    authors, day = said.prediction.authors, said.prediction.date
    if not authors or not day:
        tree = load_html(decoded.text)
        if tree is not None and not authors:
            authors = tuple(name for name in (extract_author(tree) or "").split("; ") if name)
        if tree is not None and not day:
            day = find_date(tree, url=url, original_date=True, max_date=AT.date().isoformat()) or ""
    prediction = Prediction(title=said.prediction.title, authors=authors, date=day)
    return Said(prediction, said.image, said.seconds + time.process_time() - start)


READERS: Mapping[str, Reader] = {
    "wirecopy": wirecopy,
    "wirecopy+rescue": rescued,
    "trafilatura": trafilatura,
    "json-ld": json_ld,
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parts", action="store_true", help="leave out one part after the other")


def run(ask: Ask) -> list[dict[str, Any]]:
    """Print a line for each program and set."""
    folder = ask.folder()
    rows = known(folder)
    peers = READERS if ask.peers is None else ("wirecopy", *ask.peers)
    for peer in peers:
        if peer not in READERS:
            raise CannotRun(f"There is no peer {peer!r}; there are {', '.join(READERS)}")
    print(f"{len(rows)} pages\n")
    print(f"{'':22}{'set':18}{'pages':>6}" + "".join(f"{key:>9}" for key in COLUMNS))
    table: list[dict[str, Any]] = []
    for peer in peers:
        table += table_of(peer, rows, read_all(READERS[peer], rows, folder))
    if ask.more.parts:
        for part, (module, name, instead) in PARTS.items():
            with _replaced(f"wirecopy.stages.{module}", name, instead):
                table += table_of(f"- {part}", rows, read_all(wirecopy, rows, folder))
    return table


def known(folder: Path) -> list[Truth]:
    """The pages of which anything is known but their text."""
    fields = ("title", "authors", "date", "images")
    return [row for row in read_truth(folder) if any(row.get(field) for field in fields)]


def read_all(reader: Reader, rows: Sequence[Truth], folder: Path) -> list[Said]:
    said: list[Said] = []
    for row in rows:
        page = gzip.decompress((folder / row["file"]).read_bytes())
        said.append(reader(decode(page, "text/html"), page, row["url"]))
    return said


@contextmanager
def _replaced(module: str, name: str, instead: Callable[..., Any]) -> Iterator[None]:
    home = importlib.import_module(module)
    kept = getattr(home, name)
    setattr(home, name, instead)
    try:
        yield
    finally:
        setattr(home, name, kept)


def table_of(name: str, rows: Sequence[Truth], said: Sequence[Said]) -> list[dict[str, Any]]:
    """A row for all pages and one for each set, printed."""
    sets: dict[str, list[tuple[Truth, Said]]] = defaultdict(list)
    for row, one in zip(rows, said, strict=True):
        sets[str(row.get("set") or "")].append((row, one))
    table = []
    for key, pairs in [("all", list(zip(rows, said, strict=True))), *sorted(sets.items())]:
        measured = score([(row, one.prediction) for row, one in pairs])
        images = [right for row, one in pairs if (right := _image(row, one.image)) is not None]
        line: dict[str, Any] = {
            "name": name,
            "set": key,
            "pages": len(pairs),
            "title": measured.title,
            "authors": measured.authors,
            "date": measured.date,
            "image": sum(images) / len(images) if images else None,
            "ms": 1e3 * sum(one.seconds for _, one in pairs) / len(pairs),
        }
        cells = "".join(f"{_cell(line[column]):>9}" for column in COLUMNS)
        print(f"{name:22}{key:18}{len(pairs):>6}{cells}", flush=True)
        table.append(line)
    return table


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _image(row: Mapping[str, Any], address: str) -> bool | None:
    """Whether the file has the name of the truth's cover; None where that is not known."""
    covers = [image for image in row.get("images") or () if image.get("cover")]
    names = {_file_name(url) for cover in covers for url in cover["urls"]}
    return _file_name(address) in names if names else None


def _file_name(address: str) -> str:
    return address.partition("?")[0].rpartition("/")[2].lower()
