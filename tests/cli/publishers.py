"""A few publishers on loopback, told apart by the name they are asked by."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HTML = "text/html; charset=utf-8"
RSS = "application/rss+xml"


def rss(title: str, *titles: str, language: str = "en") -> bytes:
    items = "".join(
        f"<item><title>{one}</title><link>http://news.example/{number}</link>"
        f"<pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate></item>"
        for number, one in enumerate(titles)
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>'
        f"<link>http://news.example/</link><language>{language}</language>{items}"
        "</channel></rss>"
    ).encode()


@dataclass(slots=True)
class Street:
    """What stands at which address: (host, path) -> (status, content type, body)."""

    port: int
    pages: dict[tuple[str, str], tuple[int, str, bytes]] = field(default_factory=dict)
    moves: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)  # status, Location
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # host, path, User-Agent

    def put(self, url: str, body: bytes, kind: str = RSS, status: int = 200) -> None:
        host, _, path = url.removeprefix("http://").partition("/")
        self.pages[host, f"/{path}"] = (status, kind, body)

    def move(self, url: str, to: str, status: int = 301) -> None:
        host, _, path = url.removeprefix("http://").partition("/")
        self.moves[host, f"/{path}"] = (status, to)


@contextmanager
def street() -> Iterator[Street]:
    """Run the publishers until the block ends. Each has a robots.txt that allows everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers["Host"].partition(":")[0]
            here.asked.append((host, self.path, self.headers["User-Agent"]))
            missing = (200, "text/plain", b"") if self.path == "/robots.txt" else (404, HTML, b"")
            status, kind, body = here.pages.get((host, self.path), missing)
            moved, to = here.moves.get((host, self.path), (0, ""))
            self.send_response(moved or status)
            if moved:
                self.send_header("Location", to)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    here = Street(port=server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
