"""Headers that every answer carries: nothing from elsewhere, no script, no guessing of types."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}
STATIC_SECONDS = 86_400
YEAR_SECONDS = 31_536_000


class SafeHeaders:
    """Puts HEADERS on every answer, and says how long static files may be kept."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if scope["path"].startswith("/static/") and message["status"] == 200:
                    named = b"v=" in scope.get("query_string", b"") or "/fonts/" in scope["path"]
                    seconds = YEAR_SECONDS if named else STATIC_SECONDS
                    headers["Cache-Control"] = f"public, max-age={seconds}"
            await send(message)

        await self.app(scope, receive, safely)
