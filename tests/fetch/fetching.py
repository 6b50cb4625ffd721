"""A fetcher that dials the test's own server, whatever name is asked for."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

import trustme

from tests.clock import FakeClock
from tests.conformance.server import Server
from wirecopy.dial import ReplayDialer
from wirecopy.fetch import Fetcher, Limits, Manners
from wirecopy.model import Miss, Response

AGENT = "Wirecopy/0.1 (+https://paper.example/about)"


class Kept(list[Response | Miss]):
    """What the fetcher hands on to be archived."""

    async def keep(self, item: Response | Miss) -> None:
        self.append(item)


def fetcher(
    server: Server,
    *,
    clock: FakeClock | None = None,
    delay_seconds: float = 0,
    limits: Limits | None = None,
    tls: ssl.SSLContext | None = None,
    kept: Kept | None = None,
    **more: object,
) -> Fetcher:
    return Fetcher(
        dialer=ReplayDialer(server.port, server.tls_port),
        clock=clock or FakeClock(),
        manners=Manners(user_agent=AGENT, delay_seconds=delay_seconds),
        limits=limits,
        tls=tls,
        keep=(kept if kept is not None else Kept()).keep,
        **more,  # type: ignore[arg-type]
    )


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority made for one test: what its server shows, and whom its client trusts."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def authority(*names: str) -> Authority:
    made = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert(*names).configure_cert(server)
    client = ssl.create_default_context()
    made.configure_trust(client)
    return Authority(server=server, client=client)
