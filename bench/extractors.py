"""Programs that find an article on a page, each behind one function, each in a process of its own.

`python -m bench.extractors NAME` reads questions from standard input, one JSON object a line with
`file` and `url` (and nothing of the truth), and answers each with a line: the prediction, the CPU
seconds, and the memory over the start, when the program was imported and had seen no page. It
imports only the one program, and nobody gets the network: a peer that would fetch a picture or a
list is refused.
"""

from __future__ import annotations

import gc
import gzip
import json
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from bench.scoring import Prediction

Extractor = Callable[[bytes, str], Prediction]

READY = "ready"  # the first line, when the program could be imported
PAGE_SECONDS = 60  # a page that takes longer counts as a crash


# Steps that do what the other programs do: text, headline, byline and day. Ours also tells what
# kind of page it is and proves every word, which is told apart.
COMPARED = frozenset({"decode", "extract"})
# Reasons by which a page is said to be something else than an article; others (a failed proof, too
# many tags) say that an article may stand there.
NO_ARTICLE = frozenset({"not-an-article", "no-article", "not-html"})
# Reasons for which a page was read before it was refused; the others spare a parser hostile bytes.
PARSED = frozenset({"not-an-article", "no-article", "unsure"})


class StopWatch:
    """CPU seconds of the steps that are compared, by their marks."""

    def __init__(self, clock: Callable[[], float] = time.process_time) -> None:
        self.clock = clock
        self.start = self.last = clock()
        self.compared = 0.0

    def __call__(self, step: str) -> None:
        now = self.clock()
        if step in COMPARED:
            self.compared += now - self.last
        self.last = now

    def aside(self) -> float:
        return self.clock() - self.start - self.compared


def wirecopy() -> Extractor:
    from selectolax.lexbor import LexborHTMLParser

    from wirecopy.engine.local import GARBAGE
    from wirecopy.model import Held
    from wirecopy.stages import pages
    from wirecopy.stages.assemble import assemble
    from wirecopy.stages.decode import decode
    from wirecopy.stages.metadata import read_metadata
    from wirecopy.stages.proof import prove_title
    from wirecopy.stages.source import Source

    at = datetime(2026, 11, 1, tzinfo=UTC)  # when the page is said to be read; decides nothing here
    gc.freeze()  # as the processes do that read pages
    gc.set_threshold(*GARBAGE)

    def extract(page: bytes, url: str) -> Prediction:
        """What stands after the proof. A page that is taken for no article, or in which no text is
        found, is scored by what it says all the same: the other programs refuse none, and refusals
        are told below the table."""
        watch = StopWatch()
        decoded = decode(page, "text/html")
        watch("decode")
        draft = pages.extract(decoded, url, at, mark=watch)
        watch("extract")
        if isinstance(draft, Held):
            title, day = "", ""
            if draft.reason in PARSED:
                about = read_metadata(LexborHTMLParser(decoded.text), url, at)
                day = str(about.published_day or "")
                watch("extract")
                stated = prove_title(Source(decoded.text, decoded.charset), about.titles)
                title = stated.text if stated else ""
            return Prediction(
                title=title,
                date=day,
                is_article=draft.reason not in NO_ARTICLE,
                held=draft.reason,
                aside_seconds=watch.aside(),
            )
        proved = assemble(draft, Source(decoded.text, decoded.charset), url)
        aside = watch.aside()
        if isinstance(proved, Held):
            return Prediction(
                title=proved.title.text if proved.title else "",
                date=str(draft.published_day or ""),
                is_article=proved.reason not in NO_ARTICLE and not draft.not_article,
                held=proved.reason,
                aside_seconds=aside,
            )
        return Prediction(
            title=proved.title,
            authors=proved.authors,
            date=str(draft.published_day or ""),
            text=proved.text,
            is_article=not draft.not_article,
            held="not-an-article" if draft.not_article else "",
            aside_seconds=aside,
        )

    return extract


def trafilatura() -> Extractor:
    import trafilatura as peer

    def extract(page: bytes, url: str) -> Prediction:
        found: Any = peer.bare_extraction(page, url=url, with_metadata=True, include_comments=False)
        if found is None:
            return Prediction()
        return Prediction(
            title=found.title or "",
            authors=tuple((found.author or "").split("; ")),
            date=found.date or "",
            text=found.text or "",
        )

    return extract


def readability() -> Extractor:
    import lxml.html
    from readability import Document

    def extract(page: bytes, url: str) -> Prediction:
        found = Document(_decoded(page), url=url)
        body = lxml.html.fromstring(found.summary(html_partial=True))
        text = "\n".join(str(part) for part in body.itertext())
        return Prediction(title=found.short_title(), text=text)

    return extract


def newspaper4k() -> Extractor:
    from newspaper import Article
    from newspaper.configuration import Configuration

    settings = Configuration()
    settings.fetch_images = False
    settings.memorize_articles = False

    def extract(page: bytes, url: str) -> Prediction:
        found = Article(url, config=settings)
        found.download(input_html=_decoded(page))
        found.parse()
        return Prediction(
            title=found.title or "",
            authors=tuple(found.authors or ()),
            date=_day(found.publish_date),
            text=found.text or "",
        )

    return extract


def goose3() -> Extractor:
    from goose3 import Goose

    peer = Goose({"enable_image_fetching": False})

    def extract(page: bytes, url: str) -> Prediction:
        found = peer.extract(url=url, raw_html=_decoded(page))
        return Prediction(
            title=found.title or "",
            authors=tuple(_flat(found.authors)),
            date=_day(found.publish_datetime_utc or found.publish_date),
            text=found.cleaned_text or "",
        )

    return extract


_JUSTEXT_LISTS = {
    **{"ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German"},
    **{"el": "Greek", "es": "Spanish", "fa": "Persian", "fi": "Finnish", "fr": "French"},
    **{"he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "id": "Indonesian", "it": "Italian"},
    **{"ko": "Korean", "lt": "Lithuanian", "nl": "Dutch", "no": "Norwegian_Bokmal"},
    **{"nb": "Norwegian_Bokmal", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian"},
    **{"ru": "Russian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu"},
}


def justext() -> Extractor:
    import justext as peer

    lists: dict[str, frozenset[str]] = {}

    def extract(page: bytes, url: str) -> Prediction:
        declared = re.search(rb"<html[^>]*\blang=[\"']?([a-zA-Z]{2})", page)
        code = declared[1].decode().lower() if declared else "en"
        name = _JUSTEXT_LISTS.get(code, "English")
        if name not in lists:
            lists[name] = peer.get_stoplist(name)
        found = peer.justext(page, lists[name])
        return Prediction(text="\n".join(part.text for part in found if not part.is_boilerplate))

    return extract


def resiliparse() -> Extractor:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding
    from resiliparse.parse.html import HTMLTree

    def extract(page: bytes, url: str) -> Prediction:
        tree = HTMLTree.parse_from_bytes(page, detect_encoding(page) or "utf-8")
        return Prediction(
            title=tree.title or "",
            text=extract_plain_text(tree, main_content=True, alt_texts=False),
        )

    return extract


def turbohtml() -> Extractor:
    import turbohtml as peer

    def extract(page: bytes, url: str) -> Prediction:
        found = peer.parse(page, positions=False).article()
        return Prediction(
            title=found.title or "",
            authors=(found.byline,) if found.byline else (),
            date=found.date or "",
            text=found.text or "",
        )

    return extract


OURS = "wirecopy"
EXTRACTORS: dict[str, Callable[[], Extractor]] = {
    OURS: wirecopy,
    "trafilatura": trafilatura,
    "readability-lxml": readability,
    "newspaper4k": newspaper4k,
    "goose3": goose3,
    "justext": justext,
    "resiliparse": resiliparse,
    "turbohtml": turbohtml,
}
# What a program does not look for at all; that is no fault of its pages.
SILENT_ON: dict[str, tuple[str, ...]] = {
    "readability-lxml": ("authors", "date"),
    "justext": ("title", "authors", "date"),
    "resiliparse": ("authors", "date"),
}


def _decoded(page: bytes) -> str:
    """For peers that want text: UTF-8, which nearly all pages are, else the one-byte default."""
    try:
        return page.decode("utf-8")
    except UnicodeDecodeError:
        return page.decode("cp1252", "replace")


def _day(date: Any) -> str:
    return date.isoformat() if isinstance(date, datetime) else str(date or "")


def _flat(names: Any) -> Iterator[str]:
    """goose3 gives lists in lists where a page's structured data does."""
    if isinstance(names, list):
        for name in names:
            yield from _flat(name)
    elif names:
        yield str(names)


def _no_network(*_: object, **__: object) -> NoReturn:
    raise OSError("a benchmark asks nobody")


def _out_of_time(*_: object) -> NoReturn:
    raise TimeoutError(f"more than {PAGE_SECONDS} s")


class Memory:
    """How far this process has grown over its start, at the most, in MB."""

    def __init__(self) -> None:
        # Sets the high-water mark to what is used now (proc(5), clear_refs).
        Path("/proc/self/clear_refs").write_text("5")
        self._start = self._peak()

    @staticmethod
    def _peak() -> int:
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0])

    def over_start(self) -> float:
        return (self._peak() - self._start) / 1024


def answer(extract: Extractor, question: dict[str, str], memory: Memory) -> dict[str, Any]:
    """One page's line: the prediction (empty after a crash), seconds, memory, error."""
    page = gzip.decompress(Path(question["file"]).read_bytes())
    error = ""
    start = time.process_time()
    signal.alarm(PAGE_SECONDS)
    try:
        found = extract(page, question["url"])
    except Exception as crash:  # noqa: BLE001  a peer's crash is a figure of the table
        found = Prediction()
        error = f"{type(crash).__name__}: {crash}"[:300]
    finally:
        signal.alarm(0)
    seconds = time.process_time() - start
    return {**asdict(found), "seconds": seconds, "mb": memory.over_start(), "error": error}


def main(name: str) -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a peer prints is no answer
    extract = EXTRACTORS[name]()
    setattr(socket.socket, "connect", _no_network)  # noqa: B010  not ours to assign, says mypy
    socket.getaddrinfo = _no_network
    signal.signal(signal.SIGALRM, _out_of_time)
    memory = Memory()
    print(READY, file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(extract, json.loads(line), memory)), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
