"""Answers WebSub hubs: a subscription of ours is verified, and a push leaves a knock.

A forged push is answered like a good one and dropped (WebSub, 8): its sender learns nothing. No
byte of a push is kept; the feed is fetched from its publisher.
"""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from wirecopy.stages import websub
from wirecopy.store import subscriptions
from wirecopy.store.db import Store
from wirecopy.store.knocks import DENIED, PUSHED, VERIFIED, Knock, Knocks
from wirecopy.store.subscriptions import Subscription

PUSH_BYTES = 5_000_000  # of a push, for its signature; a longer one is dropped
CHALLENGE = 1_000  # characters that are sent back


class Hubs:
    """One method for each way in which a hub calls."""

    def __init__(self, store: Store, knocks: Knocks | None) -> None:
        self._store = store
        self._knocks = knocks

    async def answer(self, request: Request) -> Response:
        """GET verifies, POST pushes; 404 for what we never subscribed to."""
        found = await run_in_threadpool(self._subscription, request.path_params["token"])
        if found is None or self._knocks is None:
            return PlainTextResponse("There is no such subscription.", 404)
        if request.method == "POST":
            return await self._pushed(request, found)
        return await self._verified(request, found)

    def _subscription(self, token: str) -> Subscription | None:
        with self._store.connect() as c:
            return subscriptions.of_token(c, token)

    async def _verified(self, request: Request, found: Subscription) -> Response:
        said = request.query_params
        mode, topic = said.get("hub.mode", ""), said.get("hub.topic", "")
        if mode == "denied" and topic == found.topic:
            await self._leave(Knock(token=found.token, kind=DENIED, at=datetime.now(UTC)))
            return PlainTextResponse("")
        challenge = said.get("hub.challenge", "")
        wanted = mode == "subscribe" and topic == found.topic and 0 < len(challenge) <= CHALLENGE
        if not wanted:  # we never end a subscription, we let it run out
            return PlainTextResponse("This was not asked for.", 404)
        lease = websub.lease_of(said.get("hub.lease_seconds", ""))
        await self._leave(
            Knock(
                token=found.token,
                kind=VERIFIED,
                at=datetime.now(UTC),
                lease_seconds=int(lease.total_seconds()),
            )
        )
        return PlainTextResponse(challenge)

    async def _pushed(self, request: Request, found: Subscription) -> Response:
        body = await _bounded(request)
        signature = request.headers.get("x-hub-signature", "")
        genuine = body is not None and (
            not found.secret or websub.is_signed(found.secret, signature, body)
        )
        if genuine:
            await self._leave(Knock(token=found.token, kind=PUSHED, at=datetime.now(UTC)))
        return PlainTextResponse("", 202)

    async def _leave(self, knock: Knock) -> None:
        assert self._knocks is not None, "asked before"
        await run_in_threadpool(self._knocks.add, knock)


async def _bounded(request: Request) -> bytes | None:
    """The body; None when it is too long or breaks off."""
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > PUSH_BYTES:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)
