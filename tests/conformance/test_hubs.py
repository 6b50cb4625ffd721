"""WebSub from the subscriber's side: asked, verified, renewed, knocked at, and forged."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from starlette.requests import Request

from tests.clock import START
from tests.conformance.server import page, status
from tests.path.press import BRIDGE, FEED, FERRY, HOST, Press, feed
from wirecopy.model import FeedReading
from wirecopy.stages import websub
from wirecopy.store import sources, subscriptions
from wirecopy.store.db import open_store
from wirecopy.store.knocks import Knocks
from wirecopy.store.subscriptions import Subscription
from wirecopy.web.hub import PUSH_BYTES, Hubs

HUB = "http://hub.example/"
ITEMS = ((FERRY, "Ferry stays in harbour"), (BRIDGE, "Old bridge to be rebuilt"))
LINKS = ("Link", f'<{HUB}>; rel="hub", <{FEED}>; rel="self"')


@contextmanager
def public_press(folder: Path) -> Iterator[Press]:
    press = Press(folder)
    press.decide(base_url="http://paper.example")
    press.put(FEED, page(feed(ITEMS[0]), LINKS))
    press.put(HUB, status(202))
    yield press


def forms(press: Press) -> list[dict[str, str]]:
    """What the hub was asked."""
    asked = [each for each in press.server.asked if each.url == HUB]
    assert all(each.method == "POST" for each in asked)
    return [{k: v[0] for k, v in parse_qs(each.body.decode()).items()} for each in asked]


def subscription(press: Press) -> Subscription:
    with press.store() as store, store.connect() as c:
        found = subscriptions.of_feed(c, FEED)
    assert found is not None
    return found


async def call(
    press: Press, url: str, body: bytes | None = None, **headers: str
) -> tuple[int, str]:
    """A hub calls our web process; its status and its words."""
    parts = urlsplit(url)
    token = parts.path.rpartition("/")[2]
    sent: list[dict[str, object]] = []
    pieces = [{"type": "http.request", "body": body or b"", "more_body": False}]

    async def receive() -> dict[str, object]:
        return pieces.pop(0) if pieces else {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    knocks = Knocks(press.settings.storage.folder / "knocks.db")
    try:
        with open_store(press.settings.database_url, read_only=True) as store:
            scope = {
                "type": "http",
                "method": "GET" if body is None else "POST",
                "path": parts.path,
                "query_string": parts.query.encode(),
                "headers": [
                    (name.replace("_", "-").encode(), value.encode())
                    for name, value in headers.items()
                ],
                "path_params": {"token": token},
            }
            response = await Hubs(store, knocks).answer(Request(scope, receive))
    finally:
        knocks.close()
    return response.status_code, bytes(response.body).decode()


def verification(form: dict[str, str], **more: str) -> str:
    said = {
        "hub.mode": "subscribe",
        "hub.topic": form["hub.topic"],
        "hub.challenge": "sesame",
        "hub.lease_seconds": "864000",
    } | {f"hub.{name}": value for name, value in more.items()}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in said.items())
    return f"{form['hub.callback']}?{query}"


async def test_f48_a_hub_is_asked_verified_and_renewed_before_its_lease_ends(
    tmp_path: Path,
) -> None:
    with public_press(tmp_path) as made:
        async with made as press:
            await press.run()
            [form] = forms(press)
            assert form["hub.mode"] == "subscribe"
            assert form["hub.topic"] == FEED
            assert form["hub.callback"].startswith("http://paper.example/websub/")
            assert subscription(press).lease_until is None

            assert await call(press, verification(form)) == (200, "sesame")
            await press.run(hours=2)
            assert subscription(press).lease_until == press.clock.now() + timedelta(days=10)
            await press.run(days=7)
            assert len(forms(press)) == 1
            await press.run(days=1.5)

    assert len(forms(press)) == 2  # renewed, at the same callback
    assert forms(press)[1]["hub.callback"] == form["hub.callback"]


async def test_f48_polls_grow_rare_and_never_stop(tmp_path: Path) -> None:
    with public_press(tmp_path) as made:
        async with made as press:
            await press.run()
            with open_store(press.settings.database_url) as store, store.begin() as c:
                lasting = subscription(press)
                subscriptions.put(
                    c,
                    Subscription(
                        feed=FEED,
                        hub=HUB,
                        topic=FEED,
                        token=lasting.token,
                        secret="",
                        asked_at=START,
                        due_at=START + timedelta(days=90),
                        lease_until=START + timedelta(days=90),
                    ),
                )
            for _ in range(10):
                await press.run(hours=12)
            with press.store() as store, store.connect() as c:
                state = sources.feed_state(c, FEED)

    assert state is not None
    assert 4 <= state.polls <= 6
    assert "its hub tells us" in state.why


async def test_f48_a_hub_that_did_not_tell_us_is_done_without(tmp_path: Path) -> None:
    with public_press(tmp_path) as made:
        async with made as press:
            await press.run()
            known = subscription(press)
            with open_store(press.settings.database_url) as store, store.begin() as c:
                later = START + timedelta(days=90)
                subscriptions.put(c, replace(known, lease_until=later, due_at=later))
            press.put(FEED, page(feed(*ITEMS), LINKS))
            await press.run(hours=30)

    found = subscription(press)
    assert found.lease_until is None
    assert found.why == "The hub did not tell us of what was new."


async def test_f48_a_push_makes_the_feed_due(tmp_path: Path) -> None:
    with public_press(tmp_path) as made:
        async with made as press:
            await press.run()
            [form] = forms(press)
            await call(press, verification(form))
            await press.run(minutes=6)
            assert press.asked(FEED) == 1
            press.put(FEED, page(feed(*ITEMS), LINKS))
            assert await call(press, form["hub.callback"], b"<rss/>") == (202, "")
            await press.run()  # the knock is heard when its errands are done
            await press.run()

    assert press.asked(FEED) == 2
    assert press.row(BRIDGE).headline == "Old bridge to be rebuilt"  # from the publisher


async def test_f48_a_private_site_subscribes_to_nothing(tmp_path: Path) -> None:
    with public_press(tmp_path) as made:
        async with made as press:
            press.decide()  # its address is this machine's alone
            await press.run()

    assert forms(press) == []


async def test_f48_a_hub_that_fails_is_asked_ever_more_seldom(tmp_path: Path) -> None:
    with public_press(tmp_path) as made:
        async with made as press:
            press.put(HUB, status(500))
            await press.run()
            first = subscription(press)
            await press.run(hours=1)
            second = subscription(press)

    assert (first.failures, second.failures) == (1, 2)
    assert first.due_at - START == timedelta(hours=1)
    assert second.due_at - press.clock.now() == timedelta(hours=2)
    assert "500" in second.why


@pytest.mark.parametrize(
    "wrong",
    [
        {"topic": "http://other.example/feed"},
        {"mode": "unsubscribe"},
        {"challenge": ""},
        {"challenge": "x" * 2000},
    ],
    ids=["another topic", "not asked for", "no challenge", "a long one"],
)
async def test_f49_what_we_did_not_ask_for_is_not_verified(
    tmp_path: Path, wrong: dict[str, str]
) -> None:
    with public_press(tmp_path) as made:
        async with made as press:
            await press.run()
            [form] = forms(press)
            code, words = await call(press, verification(form, **wrong))
            await press.run()

    assert code == 404
    assert "sesame" not in words
    assert subscription(press).lease_until is None


async def test_f49_a_token_nobody_gave_out_is_unknown(tmp_path: Path) -> None:
    with public_press(tmp_path) as made:
        async with made as press:
            await press.run()
            code, _ = await call(press, "http://paper.example/websub/guess", b"<rss/>")

    assert code == 404


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_f49_a_signature_holds_for_its_body_and_secret(method: str) -> None:
    body = b"<rss>news</rss>"
    digest = hmac.new(b"secret", body, getattr(hashlib, method)).hexdigest()

    assert websub.is_signed("secret", f"{method}={digest}", body)
    assert websub.is_signed("secret", f"{method}={digest.upper()}", body)
    assert not websub.is_signed("secret", f"{method}={digest}", body + b" ")
    assert not websub.is_signed("other", f"{method}={digest}", body)


@pytest.mark.parametrize(
    "signature", ["", "sha256=", "md5=abc", "sha256", "sha256=é", "=", "none=x"]
)
def test_f49_what_is_no_signature_does_not_hold(signature: str) -> None:
    assert not websub.is_signed("secret", signature, b"x")


@pytest.mark.parametrize("genuine", [True, False])
async def test_f49_a_forged_push_is_answered_alike_and_dropped(
    tmp_path: Path, genuine: bool
) -> None:
    with public_press(tmp_path) as made:
        async with made as press:
            await press.run()
            with open_store(press.settings.database_url) as store, store.begin() as c:
                subscriptions.put(c, replace(subscription(press), secret="s3cret"))
            body = b"<rss/>"
            digest = hmac.new(b"s3cret" if genuine else b"guess", body, hashlib.sha256).hexdigest()
            callback = forms(press)[0]["hub.callback"]
            answered = await call(press, callback, body, x_hub_signature=f"sha256={digest}")
            unsigned = await call(press, callback, body)
            await press.run(minutes=10)
            await press.run()

    assert answered == unsigned == (202, "")
    assert press.asked(FEED) == (2 if genuine else 1)


async def test_f49_a_push_too_long_to_check_is_dropped(tmp_path: Path) -> None:
    with public_press(tmp_path) as made:
        async with made as press:
            await press.run()
            callback = forms(press)[0]["hub.callback"]
            code, _ = await call(press, callback, b"x" * (PUSH_BYTES + 1))
            await press.run(minutes=10)
            await press.run()

    assert code == 202
    assert press.asked(FEED) == 1


async def test_f49_a_flood_of_knocks_is_one_request(tmp_path: Path) -> None:
    with public_press(tmp_path) as made:
        async with made as press:
            await press.run()
            callback = forms(press)[0]["hub.callback"]
            press.clock.step(minutes=10)
            for _ in range(5):
                for _ in range(10):
                    await call(press, callback, b"x")
                await press.run()
                press.clock.step(seconds=20)

    assert press.asked(FEED) == 2


def test_f48_hub_and_topic_are_read_from_the_header_before_the_feed() -> None:
    reading = FeedReading(
        title="", home="", language="", entries=(), hub="https://b.example/", named_url=FEED
    )
    named = ("Link", '<https://a.example/hub>; rel="hub"')

    assert websub.hub_of((), reading, FEED) == ("https://b.example/", FEED)
    assert websub.hub_of((named,), reading, FEED) == ("https://a.example/hub", FEED)
    both = ("link", '<https://a.example/hub>; rel=hub, </topic>; rel="self alternate"')
    assert websub.hub_of((both,), reading, FEED) == (
        "https://a.example/hub",
        f"http://{HOST}/topic",
    )
    bare = FeedReading(title="", home="", language="", entries=())
    assert websub.hub_of((), bare, FEED) == ("", "")
    assert websub.hub_of((("Link", "<javascript:x>; rel=hub"),), bare, FEED) == ("", "")


def test_f48_a_lease_has_bounds() -> None:
    assert websub.lease_of("864000") == timedelta(days=10)
    assert websub.lease_of("1") == timedelta(minutes=10)
    assert websub.lease_of("9" * 400) == timedelta(days=90)
    assert websub.lease_of("-5") == websub.lease_of("") == timedelta(days=10)
