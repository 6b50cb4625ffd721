"""Days and dates as each language writes them, counted from the day of an event.

A text holds `{day}`, `{day-1}`, `{date+30}`, `{month}` or `{year-6}`; a number counts days, and
years for `{year}`. So a demo started on any day reads as if written that day.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_MARK = re.compile(r"\{(day|date|month|year)([+-]\d+)?\}")

_DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "hi": "सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार",
    "ar": "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "hi": "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}
_DATES = {"en": "{} {}", "de": "{}. {}", "es": "{} de {}", "hi": "{} {}", "ar": "{} {}"}


def fill(text: str, day: datetime, language: str) -> str:
    """The text with its marks written out, counted from `day`."""

    def written(mark: re.Match[str]) -> str:
        count = int(mark[2] or 0)
        if mark[1] == "year":
            return str(day.year + count)
        meant = day + timedelta(days=count)
        if mark[1] == "day":
            return _DAYS[language].split()[meant.weekday()]
        if mark[1] == "month":
            return _MONTHS[language].split()[meant.month - 1]
        return date(meant, language)

    return _MARK.sub(written, text)


def date(at: datetime, language: str) -> str:
    """Day and month: `4 March`, `4. März`, `4 de marzo`."""
    return _DATES[language].format(at.day, _MONTHS[language].split()[at.month - 1])


def stamp(at: datetime, language: str) -> str:
    """Day, month, year and time, as under a headline."""
    return f"{date(at, language)} {at.year}, {at:%H:%M}"
