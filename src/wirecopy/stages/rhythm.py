"""A feed's rhythm: how often it publishes, at which hours, and how long to wait for more.

Stories come to a feed at a rate, and each waits until the feed is asked. Over many feeds, the mean
wait for a given number of requests is least when each is asked as often as the square root of its
rate (Sia, Cho and Cho, "Efficient Monitoring Algorithm for Fast News Alerts", IEEE TKDE 19(7),
2007), and within a day likewise: `python -m bench schedule` measures what it gives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import sqrt

REMEMBERED = 64  # publications of a feed
OLDEST_MINUTES = 400 * 24 * 60  # of one that tells something about today
LATEST = 12  # publications by which the rate is told: a feed may change its habits
LEAST = 3  # publications that make a rhythm
SCALE_MINUTES = 10.0  # a feed that publishes every T minutes is asked every sqrt(10 T)
QUIET_SHARE = 30  # a feed that was quiet for a month is asked once a day
DAY_MINUTES = 24 * 60
PROFILED = 12  # publications over at least two days tell at which hours a feed publishes
FLAT = 0.3  # of the hours' share that no count takes away: nobody is asleep for certain
NIGHT = 0.5  # an hour with less than this share of an hour's publications is a quiet one


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long to wait, and the usual time between two publications."""

    minutes: float
    gap_minutes: float
    quiet_hour: bool = False  # it seldom publishes at the hour of `at`


def remember(
    known: tuple[int, ...], published: Iterable[datetime], at: datetime
) -> tuple[int, ...]:
    """The latest publications, newest first, in minutes since 1970; none of the future."""
    now = _minutes(at)
    found = {*known, *(_minutes(time) for time in published)}
    return tuple(
        sorted((m for m in found if now - OLDEST_MINUTES < m <= now), reverse=True)[:REMEMBERED]
    )


def wait(rhythm: tuple[int, ...], at: datetime) -> Wait | None:
    """How long to wait after `at`; None where too few publications are known."""
    if len(rhythm) < LEAST:
        return None
    now = _minutes(at)
    count = min(len(rhythm), LATEST)
    gap = max((now - rhythm[count - 1]) / count, 1.0)
    hours = _hours(rhythm)
    quiet = (now - rhythm[0]) / QUIET_SHARE
    minutes = max(_stretched(sqrt(gap * SCALE_MINUTES), hours, at), quiet)
    return Wait(minutes=minutes, gap_minutes=gap, quiet_hour=bool(hours) and hours[at.hour] < NIGHT)


def _minutes(time: datetime) -> int:
    return int(time.timestamp()) // 60


def _hours(rhythm: tuple[int, ...]) -> list[float]:
    """Each UTC hour's share of publications, 1 on average; [] when they do not tell."""
    if len(rhythm) < PROFILED or rhythm[0] - rhythm[-1] < 2 * DAY_MINUTES:
        return []
    counts = [0] * 24
    for minute in rhythm:
        counts[minute // 60 % 24] += 1
    # Neighbouring hours lend to each other: a dozen publications do not fill a day.
    smooth = [
        (counts[hour - 1] + 2 * counts[hour] + counts[(hour + 1) % 24]) / 4 for hour in range(24)
    ]
    mean = len(rhythm) / 24
    return [FLAT + (1 - FLAT) * each / mean for each in smooth]


def _stretched(minutes: float, hours: list[float], at: datetime) -> float:
    """The wait that holds as much of the feed's day as `minutes` of an average hour do."""
    if not hours:
        return minutes
    at = at.astimezone(UTC)
    waited, hour, left = 0.0, at.hour, 60.0 - at.minute
    while minutes > 0 and waited < DAY_MINUTES:
        speed = sqrt(hours[hour])
        taken = min(left, minutes / speed)
        minutes -= taken * speed
        waited += taken
        hour, left = (hour + 1) % 24, 60.0
    return waited
