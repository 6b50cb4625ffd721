"""A small press on loopback: pages and feeds of a few lines, gathered by the real gatherer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from sqlalchemy import Connection

from tests.clock import START, FakeClock
from tests.conformance.server import Play, Server, page, status
from wirecopy.config import Settings, Site, Storage, Takedown
from wirecopy.dial import ReplayDialer
from wirecopy.engine import Failure
from wirecopy.fetch import Manners
from wirecopy.gather import Gatherer, open_gatherer
from wirecopy.model import Basis, BasisKind, Feed, Mode, Publisher, PublisherId
from wirecopy.progress import SilentReport
from wirecopy.stages import address
from wirecopy.store import articles
from wirecopy.store.articles import ArticleRow
from wirecopy.store.db import Store, open_store

T = TypeVar("T")
R = TypeVar("R")

HOST = "harbour.example"
FEED = f"http://{HOST}/feed"
FERRY = f"http://{HOST}/ferry"
BRIDGE = f"http://{HOST}/bridge"

FERRY_TEXT = (
    "The early ferry to Corran did not leave the quay on Monday morning, and neither did the one "
    "after it, because the harbour master found a crack in the ramp that both of them use.",
    "Some two hundred passengers were taken across by the pilot boats, twelve at a time, until "
    "the weather turned and the boats had to stay in the harbour as well.",
    "“We have asked the yard for a new ramp and hope to have it by the end of the week,” the "
    "harbour master, Ida Quill, told the passengers who were waiting in the hall.",
)
BRIDGE_TEXT = (
    "The council of Ostrey has voted to rebuild the old bridge over the Sallow rather than to "
    "replace it, after an engineer's report found that its stone piers are sound.",
    "The work is to begin in the spring and will take about fourteen months, during which the "
    "traffic is to be led over the railway bridge one kilometre further up the river.",
    "Opponents of the plan had argued that a new bridge would cost less over thirty years; the "
    "report says that the difference is smaller than the margin of its own estimate.",
)
OWN = Basis(kind=BasisKind.PERMISSION, mode=Mode.FULL, evidence="A letter.", recorded=START.date())
NONE = Basis()


def article(title: str, text: Iterable[str], *, head: str = "") -> bytes:
    paragraphs = "\n".join(f"<p>{words}</p>" for words in text)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}'
        f'<meta property="og:type" content="article"></head><body><nav><a href="/">Home</a></nav>'
        f"<article><h1>{title}</h1>\n{paragraphs}\n</article>"
        "<footer>The Harbour, Quay 1</footer></body></html>"
    ).encode()


def feed(*items: tuple[str, str]) -> bytes:
    rows = "".join(
        f"<item><title>{title}</title><link>{url}</link><guid>{url}</guid></item>"
        for url, title in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>The Harbour'
        f"</title><link>http://{HOST}/</link>{rows}</channel></rss>"
    ).encode()


class HereAndNow:
    """An engine without workers: starting them takes longer than reading so few pages."""

    capacity = 1

    async def run(self, function: Callable[[T], R], item: T) -> R | Failure:
        return function(item)

    async def close(self) -> None:
        pass


@dataclass(slots=True)
class Press:
    """One publisher with a ferry and a bridge; `put` changes what it says from then on."""

    folder: Path
    routes: dict[str, Play] = field(default_factory=dict)
    clock: FakeClock = field(default_factory=FakeClock)
    server: Server = field(init=False)
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.server = Server(self.routes)
        self.settings = settings(self.folder)
        self.announce((FERRY, "Ferry stays in harbour"), (BRIDGE, "Old bridge to be rebuilt"))
        self.write(FERRY, "Ferry stays in harbour", FERRY_TEXT)
        self.write(BRIDGE, "Old bridge to be rebuilt", BRIDGE_TEXT)

    async def __aenter__(self) -> Press:
        await self.server.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.server.__aexit__(kind, error, trace)

    # ------------------------------------------------------------ what is published

    def announce(self, *items: tuple[str, str]) -> None:
        self.put(FEED, page(feed(*items), ("Content-Type", "application/rss+xml")))

    def write(self, url: str, title: str, text: Iterable[str], *headers: tuple[str, str]) -> None:
        body = article(title, text)
        self.put(url, page(body, ("Content-Type", "text/html; charset=utf-8"), *headers))

    def take_back(self, url: str, code: int) -> None:
        self.put(url, status(code))

    def put(self, url: str, play: Play) -> None:
        self.routes[url.removeprefix("http://")] = play

    def asked(self, url: str) -> int:
        return sum(each.url == url for each in self.server.asked)

    # ------------------------------------------------------------ what the operator decides

    def decide(
        self,
        *,
        basis: Basis | None = None,
        takedown: str = "",
        publishers: tuple[Publisher, ...] | None = None,
        **site: object,
    ) -> None:
        """Other settings from the next run on; what is not named goes back to the usual."""
        made = settings(self.folder, basis=basis or OWN)
        taken = (Takedown(url=takedown, reason="privacy", date=date(2026, 3, 2)),)
        self.settings = replace(
            made,
            site=replace(made.site, **site),  # type: ignore[arg-type]
            takedowns=taken if takedown else (),
            publishers=made.publishers if publishers is None else publishers,
            storage=self.settings.storage,
        )

    # ------------------------------------------------------------ gathering and looking

    @asynccontextmanager
    async def gatherer(self) -> AsyncIterator[Gatherer]:
        async with open_gatherer(
            self.settings,
            dialer=ReplayDialer(self.server.port),
            clock=self.clock,
            manners=Manners(user_agent=self.settings.user_agent, delay_seconds=0),
            engine=HereAndNow(),
            report=SilentReport(),
        ) as gatherer:
            yield gatherer

    async def run(self, **later: float) -> None:
        """One run, some time later than the last."""
        self.clock.step(**later)
        async with self.gatherer() as gatherer:
            await gatherer.once()

    def store(self) -> Store:
        return open_store(self.settings.database_url, read_only=True)

    def row(self, url: str) -> ArticleRow:
        with self.store() as store, store.connect() as c:
            return row(c, url)


def row(c: Connection, url: str) -> ArticleRow:
    found = articles.get(c, address.article_id(url))
    assert found is not None, f"{url} was never announced"
    return found


def settings(folder: Path, *, basis: Basis = OWN) -> Settings:
    """A public site with one publisher."""
    publisher = Publisher(
        id=PublisherId(HOST),
        name="The Harbour",
        home=f"http://{HOST}/",
        domains=(HOST,),
        country="IE",
        language="en",
        basis=basis,
        feeds=(Feed(url=FEED, publisher=PublisherId(HOST), language="en"),),
    )
    site = Site(name="Test", public=True, base_url="http://127.0.0.1:8000", contact="a@b.example")
    return Settings(
        site=site,
        storage=Storage(folder=folder),
        publishers=(publisher,),
        path=folder / "wirecopy.toml",
    )
