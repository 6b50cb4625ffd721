"""When feeds and pages are asked again, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from wirecopy.errors import BadAnswer, Throttled
from wirecopy.model import Entry, FeedReading, FeedState, Held, Purpose, Response
from wirecopy.stages.schedule import (
    Answer,
    after_poll,
    answer_of,
    answer_of_error,
    died,
    fresh_seconds,
    is_dormant,
    moved_to,
    next_check,
)

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
URL = "http://a.example/feed"


def state(**more: object) -> FeedState:
    known = FeedState(feed=URL, due_at=AT, polls=5, interval_seconds=3600, etag='"1"')
    return replace(known, **more)  # type: ignore[arg-type]


def wait(after: FeedState) -> float:
    """Minutes until the feed is due."""
    return (after.due_at - AT).total_seconds() / 60


def times(minutes_apart: float, count: int = 10) -> tuple[datetime, ...]:
    return tuple(AT - timedelta(minutes=minutes_apart * (n + 1)) for n in range(count))


def test_f24_a_new_feed_is_asked_again_in_an_hour() -> None:
    after = after_poll(FeedState(feed=URL, due_at=AT), Answer(status=200, etag='"1"'), AT)

    assert 60 <= wait(after) <= 120  # spread over the whole wait, the first time
    assert after.why == "its rhythm is not known yet; asked again in an hour"
    assert after.polls == 1
    assert after.polled_at == after.answered_at == AT


def test_f26_a_feed_is_asked_by_the_square_root_of_its_rhythm() -> None:
    after = after_poll(state(), Answer(status=200, etag='"2"', published=times(40)), AT)

    assert after.interval_seconds == 20 * 60  # the root of 40 times 10
    assert 20 <= wait(after) <= 22
    assert after.why == "publishes about every 40 minutes; asked again in 20 minutes"


@pytest.mark.parametrize(
    ("minutes_apart", "least", "most"),
    [(2, 15, 16.5), (144, 37, 42), (10 * 24 * 60, 8 * 60, 24 * 66)],
    ids=["a burst", "ten a day", "three a month"],
)
def test_f26_the_wait_stays_within_a_quarter_of_an_hour_and_a_day(
    minutes_apart: float, least: float, most: float
) -> None:
    after = after_poll(state(), Answer(status=200, etag='"2"', published=times(minutes_apart)), AT)

    assert least <= wait(after) <= most


def test_f26_a_burst_long_ago_does_not_hurry_us_now() -> None:
    burst = tuple(AT - timedelta(hours=40, minutes=n) for n in range(10))
    after = after_poll(state(), Answer(status=200, etag='"2"', published=burst), AT)

    assert 45 <= wait(after) <= 90


def test_f26_the_hours_of_the_day_are_learnt() -> None:
    mornings = tuple(
        AT.replace(hour=6) - timedelta(days=day, minutes=20 * n)
        for day in range(5)
        for n in range(6)
    )
    answer = Answer(status=200, etag='"2"', published=mornings)
    at_night = after_poll(state(), answer, AT.replace(hour=22))
    in_the_morning = after_poll(state(), answer, AT.replace(hour=5) + timedelta(days=1))

    assert at_night.interval_seconds > 1.5 * in_the_morning.interval_seconds
    assert "seldom at this hour" in at_night.why


def test_f26_a_feed_quiet_for_a_month_is_asked_once_a_day() -> None:
    old = tuple(AT - timedelta(days=40, minutes=n) for n in range(10))
    after = after_poll(state(), Answer(status=200, etag='"2"', published=old), AT)

    assert after.interval_seconds == 24 * 3600


def test_f26_what_is_known_of_a_rhythm_outlives_a_304() -> None:
    once = after_poll(state(), Answer(status=200, etag='"2"', published=times(40)), AT)
    later = after_poll(once, Answer(status=304), AT + timedelta(minutes=20))

    assert later.rhythm == once.rhythm
    assert later.why.startswith("publishes about every 42 minutes")


def test_f26_a_feed_without_dates_is_known_by_when_it_brought_something() -> None:
    after = state()
    for hour in range(5):
        answer = Answer(status=200, etag='"2"', new_entries=1)
        after = after_poll(after, answer, AT + timedelta(hours=hour))

    assert len(after.rhythm) == 5
    assert after.why.startswith("publishes about every")


def test_f03_an_unchanged_feed_is_asked_later_each_time() -> None:
    once = after_poll(state(), Answer(status=304), AT)
    twice = after_poll(once, Answer(status=304), AT)

    assert once.interval_seconds == 4500
    assert twice.interval_seconds == 5625
    assert twice.not_modified == 2
    assert once.why == "nothing new came; asked again a little later"


def test_f25_a_feed_without_validators_is_never_asked_within_the_hour() -> None:
    after = after_poll(state(etag=""), Answer(status=200, published=times(10)), AT)

    assert 60 <= wait(after) <= 66
    assert after.why == (
        "publishes about every 10 minutes; asked again in 10 minutes, but not for 60 minutes:"
        " it cannot say 'not modified', so hourly at most"
    )


def test_f25_always_unchanged_it_is_asked_once_a_day_in_the_end() -> None:
    after = state(etag="")
    for _ in range(20):
        after = after_poll(after, Answer(status=200), AT)

    assert after.interval_seconds == 24 * 3600


def test_f02_a_304_may_bring_new_validators_and_keeps_the_others() -> None:
    known = state(etag='"1"', last_modified="Mon, 02 Mar 2026 08:00:00 GMT")
    after = after_poll(known, Answer(status=304, etag='W/"2"'), AT)

    assert after.etag == 'W/"2"'
    assert after.last_modified == "Mon, 02 Mar 2026 08:00:00 GMT"


def test_f04_validators_that_vanish_are_dropped() -> None:
    after = after_poll(state(last_modified="x"), Answer(status=200), AT)

    assert (after.etag, after.last_modified) == ("", "")


def test_f05_validators_of_an_unreadable_answer_are_not_stored() -> None:
    failed = Answer(status=200, error="NotAFeed", words="It is an HTML page.", etag='"bad"')
    after = after_poll(state(), failed, AT)

    assert after.etag == '"1"'
    assert after.error == "It is an HTML page."
    assert after.answered_at is None


NEW = "http://b.example/feed"


def test_f07_permanent_redirects_count_only_at_three_polls_over_a_day() -> None:
    moved = Answer(status=200, etag='"1"', moved_to=NEW)
    at, after, addresses = AT, state(), []
    for hours in (0, 8, 16, 25):
        after = after_poll(after, moved, at + timedelta(hours=hours))
        addresses.append(after.address)

    assert addresses == ["", "", "", NEW]
    two = after_poll(after_poll(state(), moved, AT), moved, AT + timedelta(hours=30))
    assert two.address == ""  # only two polls


def test_f07_a_redirect_that_changes_its_mind_starts_again() -> None:
    known = state(moved_to=NEW, moved_times=5, moved_since=AT - timedelta(days=2))

    assert after_poll(known, Answer(status=200), AT).moved_times == 0
    assert after_poll(known, Answer(status=404, error="Missing"), AT).moved_times == 0
    elsewhere = after_poll(known, Answer(status=200, moved_to="http://c.example/"), AT)
    assert (elsewhere.moved_to, elsewhere.moved_times) == ("http://c.example/", 1)
    assert (elsewhere.moved_since, elsewhere.address) == (AT, "")


@pytest.mark.parametrize("error", ["Missing", "Gone", "NotAFeed"])
def test_f07_a_new_address_that_fails_gives_way_to_the_old_one(error: str) -> None:
    after = after_poll(state(address=NEW), Answer(status=404, error=error, words="No."), AT)

    assert (after.address, after.gone) == ("", False)
    assert wait(after) == 60
    assert after.why == f"asked at its own address again: {NEW}, where it had moved, failed"


def test_f07_a_new_address_that_is_silent_for_a_moment_is_kept() -> None:
    silent = Answer(error="Unreachable", words="No connection.")
    after = state(address=NEW)
    for _ in range(4):
        after = after_poll(after, silent, AT)
    assert after.address == NEW
    assert after_poll(after, silent, AT).address == ""


def test_f09_a_redirect_to_a_page_is_an_error_and_moves_nothing() -> None:
    response = Response(
        url=URL,
        final_url="http://b.example/",
        purpose=Purpose.FEED,
        status=200,
        headers=(),
        body=b"<html>",
        at=AT,
        redirects=((301, "http://b.example/"),),
    )
    answer = answer_of(response, Held(reason="not-a-feed", detail="It is a page."))
    after = state()
    for day in range(5):
        after = after_poll(after, answer, AT + timedelta(days=day))

    assert (after.address, after.moved_to) == ("", "")
    assert after.error == "It is a page. It was redirected to http://b.example/."
    assert after.etag == '"1"'


def test_f08_only_permanent_redirects_say_that_a_feed_moved() -> None:
    assert moved_to(()) == ""
    assert moved_to(((301, "http://b.example/"), (308, "http://c.example/"))) == "http://c.example/"
    assert moved_to(((301, "http://b.example/"), (302, "http://c.example/"))) == ""


def test_f12_a_feed_that_is_gone_is_retired_at_once() -> None:
    after = after_poll(state(), Answer(status=410, error="Gone"), AT)

    assert after.gone
    assert after.due_at - AT > timedelta(days=3000)
    assert after.why == "the publisher says it is gone for good; not asked again"


def test_f13_a_missing_feed_backs_off_to_a_week_and_falls_asleep() -> None:
    missing = Answer(status=404, error="Missing", words="The answer was 404.")
    waits, at, after = [], AT, state(answered_at=AT)
    for _ in range(10):
        after = after_poll(after, missing, at)
        waits.append((after.due_at - at) / timedelta(hours=1))
        at = after.due_at

    assert 1 <= waits[0] <= 1.1
    assert 2 <= waits[1] <= 2.2
    assert waits[8] == pytest.approx(168, rel=0.1)
    assert waits[9] == 30 * 24
    assert is_dormant(after)
    assert after.why == "not found for two weeks; dormant, asked once a month"


def test_f13_a_feed_that_never_was_falls_asleep_too() -> None:
    after, at = state(polls=0), AT
    for _ in range(9):
        after = after_poll(after, Answer(status=404, error="Missing"), at)
        at = after.due_at

    assert is_dormant(after)


def test_the_operator_is_told_once_that_a_feed_died() -> None:
    gone = after_poll(state(), Answer(status=410, error="Gone"), AT)
    assert "gone for good" in died(state(), gone)
    assert died(gone, gone) == ""
    after, told = state(), []
    for _ in range(12):
        before = after
        after = after_poll(before, Answer(error="Unreachable", words="No connection."), AT)
        told.append(died(before, after))
    assert [bool(words) for words in told] == [False] * 7 + [True] + [False] * 4
    assert told[7] == "It failed 8 times in a row. No connection."


def test_f14_a_refusal_waits_a_day_and_longer() -> None:
    once = after_poll(state(), Answer(status=403, error="Refused"), AT)
    twice = after_poll(once, Answer(status=403, error="Refused"), AT)

    assert 24 * 60 <= wait(once) <= 26.4 * 60
    assert 48 * 60 <= wait(twice) <= 52.8 * 60
    assert "under the same name" in once.why


def test_f15_a_throttled_feed_is_due_when_its_host_has_rested() -> None:
    retry_at = AT + timedelta(hours=3)
    after = after_poll(state(), Answer(status=429, error="Throttled", retry_at=retry_at), AT)

    assert after.due_at == retry_at
    assert after.why == "the host asked to be left alone until then"


def test_f15_a_host_that_rests_already_is_not_counted_as_asked() -> None:
    retry_at = AT + timedelta(hours=3)
    after = after_poll(state(), Answer(error="Throttled", retry_at=retry_at), AT)

    assert after.due_at == retry_at
    assert (after.polls, after.failures) == (5, 0)


def test_f18_failures_back_off_to_a_day_and_one_good_answer_ends_it() -> None:
    failed = Answer(status=500, error="BadAnswer", words="The answer was 500.")
    waits, after = [], state()
    for _ in range(10):
        after = after_poll(after, failed, AT)
        waits.append(wait(after))

    assert 5 <= waits[0] <= 5.5
    assert 10 <= waits[1] <= 11
    assert 24 * 60 <= waits[9] <= 26.4 * 60
    assert after.why.startswith("no good answer, 10 times in a row")
    well = after_poll(after, Answer(status=200, etag='"1"'), AT)
    assert (well.failures, well.error) == (0, "")
    assert wait(well) < 90


@pytest.mark.parametrize(
    ("hours", "expected_hours"), [(12, 12), (90 * 24, 24)], ids=["obeyed", "capped"]
)
def test_f19_max_age_is_a_floor_of_at_most_a_day(hours: int, expected_hours: int) -> None:
    answer = Answer(status=200, etag='"1"', published=times(40), fresh_seconds=hours * 3600)

    assert after_poll(state(), answer, AT).interval_seconds == expected_hours * 3600


def test_f20_freshness_is_read_from_the_headers() -> None:
    date = ("Date", "Mon, 02 Mar 2026 12:00:00 GMT")
    expires = ("Expires", "Mon, 02 Mar 2026 13:30:00 GMT")

    assert fresh_seconds((("Cache-Control", "public, max-age=43200"),), AT) == 43200
    assert fresh_seconds((("cache-control", "max-age=600"), ("Age", "200")), AT) == 400
    assert fresh_seconds((expires, date), AT) == 5400
    assert fresh_seconds((("Cache-Control", "no-cache, max-age=600"),), AT) == 0
    assert fresh_seconds((("Cache-Control", "max-age=rubbish"),), AT) == 0
    assert fresh_seconds((("Expires", "0"), date), AT) == 0
    assert fresh_seconds((), AT) == 0


def test_f21_ttl_is_a_floor() -> None:
    answer = Answer(status=200, etag='"1"', published=times(40), ttl_seconds=180 * 60)
    after = after_poll(state(), answer, AT)

    assert after.interval_seconds == 180 * 60
    assert after.why.endswith("but not for 3 hours: its ttl asks for that long")


def test_f21_f22_f23_wishes_hold_while_nothing_changes() -> None:
    wishes = Answer(
        status=200,
        etag='"1"',
        ttl_seconds=3 * 3600,
        update_seconds=3600,
        skip_hours=(15, 16),
        named_url="http://b.example/feed",
    )
    told = after_poll(FeedState(feed=URL, due_at=AT), wishes, AT)
    again = after_poll(told, Answer(status=304), AT)

    assert again.interval_seconds == 3 * 3600
    assert again.due_at.hour == 17
    assert again.named_url == "http://b.example/feed"
    without = after_poll(again, Answer(status=200, etag='"2"'), AT)
    assert (without.ttl_seconds, without.skip_hours, without.named_url) == (0, (), "")


def test_f22_the_hours_and_days_a_feed_asks_to_be_spared_are_spared() -> None:
    hours = after_poll(state(), Answer(status=200, published=times(120), skip_hours=(13, 14)), AT)
    days = after_poll(state(), Answer(status=200, published=times(120), skip_days=(0, 1)), AT)

    assert hours.due_at.replace(minute=0, second=0, microsecond=0) == AT.replace(hour=15)
    assert days.due_at.weekday() == 2  # it is Monday
    assert hours.why.endswith("not in the hours or on the days it asks to be spared")


def test_f23_a_feed_says_how_often_it_changes() -> None:
    after = after_poll(
        FeedState(feed=URL, due_at=AT), Answer(status=200, update_seconds=14_400), AT
    )

    assert after.interval_seconds == 7200
    assert "says that it changes every 4 hours" in after.why


def test_f27_ten_thousand_feeds_added_together_drift_apart() -> None:
    fresh = [FeedState(feed=f"http://{n}.example/feed", due_at=AT) for n in range(10_000)]
    dues = [after_poll(each, Answer(status=200, etag='"1"'), AT).due_at for each in fresh]
    minutes = Counter(int((due - AT).total_seconds() // 60) for due in dues)

    assert min(minutes) == 60
    mean = len(dues) / (max(minutes) - min(minutes) + 1)
    assert max(minutes.values()) <= 2 * mean


def test_the_same_answer_gives_the_same_time() -> None:
    answer = Answer(status=200, etag='"1"', published=times(40))

    assert after_poll(state(), answer, AT) == after_poll(state(), answer, AT)


def test_an_answer_is_read_from_what_came() -> None:
    response = Response(
        url=URL,
        final_url="http://b.example/feed",
        purpose=Purpose.FEED,
        status=200,
        headers=(("ETag", 'W/"a,b"'), ("Cache-Control", "max-age=60")),
        body=b"abc",
        at=AT,
        redirects=((301, "http://b.example/feed"),),
    )
    entry = Entry(feed=URL, guid="1", url="http://a.example/1", title="One", published=AT)
    later = Entry(feed=URL, guid="2", url="http://a.example/2", title="Two", updated=AT)
    reading = FeedReading(
        title="T", home="", language="", entries=(entry, later), ttl_seconds=600, format="rss"
    )

    assert answer_of(response, reading, 2) == Answer(
        status=200,
        etag='W/"a,b"',
        body_sha256="ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        bytes=3,
        new_entries=2,
        published=(AT, AT),
        ttl_seconds=600,
        fresh_seconds=60,
        moved_to="http://b.example/feed",
        answered_from="http://b.example/feed",
    )
    assert (
        answer_of(response, Held(reason="not-a-feed", detail="It is a page.")).error == "NotAFeed"
    )


def test_a_feed_that_breaks_off_is_named_and_asked_for_whole_the_next_time() -> None:
    headers = (("ETag", '"9"'), ("Last-Modified", "Mon, 02 Mar 2026 11:00:00 GMT"))
    response = Response(
        url=URL,
        final_url=URL,
        purpose=Purpose.FEED,
        status=200,
        headers=headers,
        body=b"<rss><channel><item></item><item>",
        at=AT,
    )
    entry = Entry(feed=URL, guid="1", url="http://a.example/1", title="A ferry")
    cut = FeedReading(title="", home="", language="", entries=(entry,), fault="the feed breaks off")
    whole = replace(cut, fault="")

    after = after_poll(state(failures=2), answer_of(response, cut, 1), AT)
    mended = after_poll(after, answer_of(response, whole, 0), AT)

    assert after.error == "Only the beginning could be read: the feed breaks off."
    assert after.cure == "Only the publisher can mend it; it is asked again in any case."
    assert (after.etag, after.last_modified) == ("", "")
    assert after.failures == 0
    assert after.answered_at == AT
    assert (mended.error, mended.cure, mended.etag) == ("", "", '"9"')


def test_an_error_is_read_from_what_was_raised() -> None:
    throttled = Throttled("Wait.", url=URL, status=429, retry_at=AT)

    assert answer_of_error(throttled) == Answer(
        status=429, error="Throttled", words="Wait.", retry_at=AT
    )
    assert answer_of_error(BadAnswer("Bad.", url=URL, status=500, cure="Wait.")) == Answer(
        status=500, error="BadAnswer", words="Bad.", cure="Wait."
    )


def test_a_page_is_checked_again_as_it_ages_and_then_left_alone() -> None:
    waits = [next_check(checks, 0, AT) for checks in range(1, 9)]

    assert [due - AT if due else None for due in waits] == [
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=6),
        timedelta(days=1),
        timedelta(days=3),
        timedelta(days=7),
        timedelta(days=30),
        None,
    ]


def test_a_page_that_fails_five_times_is_given_up() -> None:
    waits = [next_check(1, failures, AT) for failures in range(1, 6)]

    assert [due - AT if due else None for due in waits] == [
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=6),
        timedelta(days=1),
        None,
    ]


@pytest.mark.parametrize(
    ("hours", "days", "expected"),
    [
        ((13, 14), (), AT.replace(hour=15)),
        ((), (0,), AT.replace(day=3, hour=0)),
        (tuple(range(24)), (), AT.replace(hour=13)),
    ],
    ids=["two hours", "a Monday", "every hour: it cannot be meant"],
)
def test_hours_and_days_a_feed_asks_to_be_spared_are(
    hours: tuple[int, ...], days: tuple[int, ...], expected: datetime
) -> None:
    answer = Answer(status=200, etag='"1"', skip_hours=hours, skip_days=days)
    after = after_poll(state(interval_seconds=2880), answer, AT)

    assert expected <= after.due_at < expected + timedelta(hours=1)


def test_a_feed_that_says_how_often_it_changes_is_believed_at_first() -> None:
    answer = Answer(status=200, etag='"1"', update_seconds=4 * 3600)
    after = after_poll(FeedState(feed=URL, due_at=AT), answer, AT)

    assert after.interval_seconds == 2 * 3600
    assert after.why == "says that it changes every 4 hours; asked at half that"


def test_a_feed_whose_hub_tells_us_is_asked_once_a_day() -> None:
    answer = Answer(status=304, pushed=True)
    after = after_poll(state(), answer, AT)

    assert after.interval_seconds == 24 * 3600
    assert after.why == "its hub tells us when something is new; asked once a day all the same"
