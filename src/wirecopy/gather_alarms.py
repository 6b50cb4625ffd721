"""Tells the operator of alarms: each once in the log, and to the webhook where there is one."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta

from wirecopy.clock import Clock
from wirecopy.errors import FetchError
from wirecopy.fetch import Fetcher
from wirecopy.log import get, mask
from wirecopy.recorder import Recorder
from wirecopy.store import alarms
from wirecopy.store.alarms import AlarmRow
from wirecopy.store.db import Store

log = get()

AT_ONCE = 20
AGAIN = timedelta(minutes=5)  # after a webhook that failed


class Teller:
    """`look` tells what is untold; the gatherer calls it every few seconds."""

    def __init__(
        self,
        *,
        webhook: str,
        site: str,
        store: Store,
        recorder: Recorder,
        fetcher: Fetcher,
        clock: Clock,
    ) -> None:
        self._webhook = webhook
        self._site = site
        self._store = store
        self._recorder = recorder
        self._fetcher = fetcher
        self._clock = clock
        self._logged: set[int] = set()
        self._not_before: datetime | None = None

    async def look(self) -> None:
        now = self._clock.now()
        if self._not_before is not None and now < self._not_before:
            return
        told: list[int] = []
        for alarm in await asyncio.to_thread(self._untold):
            self._log(alarm)
            if not await self._post(alarm):
                self._not_before = now + AGAIN
                break
            told.append(alarm.id)
        if told:
            self._recorder.write(lambda c, *_: alarms.told(c, told, now))
            await self._recorder.settle()

    def _untold(self) -> list[AlarmRow]:
        with self._store.connect() as c:
            return alarms.untold(c, AT_ONCE)

    def _log(self, alarm: AlarmRow) -> None:
        if alarm.id in self._logged:
            return
        self._logged.add(alarm.id)
        log.warning(
            "alarm",
            kind=alarm.kind,
            publisher=alarm.publisher,
            subject=alarm.subject,
            words=alarm.words,
            cure=alarm.cure,
        )

    async def _post(self, alarm: AlarmRow) -> bool:
        """Whether the webhook took it; True where there is none."""
        if not self._webhook:
            return True
        subject = mask(alarm.subject)
        said = {
            "text": f"{self._site}: {alarm.publisher}: {alarm.words} {alarm.cure}".strip(),
            "kind": alarm.kind,
            "subject": subject,
            "publisher": alarm.publisher,
            "at": alarm.at.isoformat(),
            "words": alarm.words,
            "cure": alarm.cure,
        }
        try:
            await self._fetcher.post(
                self._webhook, json.dumps(said, ensure_ascii=False).encode(), "application/json"
            )
        except FetchError as error:
            log.warning("webhook failed", webhook=self._webhook, error=str(error))
            return False
        return True
