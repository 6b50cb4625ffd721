"""What a person sees: bars on a terminal, plain lines elsewhere, and never a publisher's markup."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from wirecopy.progress import PlainReport, SilentReport, TerminalReport, report_for


class Ticks:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_plain_lines_tell_start_and_end() -> None:
    out, ticks = io.StringIO(), Ticks()
    report = PlainReport(out, seconds=ticks)

    report.started("pages", 3)
    ticks.now = 2.0
    report.advanced("pages", 2)
    report.finished("pages")

    assert out.getvalue() == "pages: started, 3 to do\npages: done, 2 of 3 in 2.0 s\n"


def test_plain_lines_about_one_stage_come_every_five_seconds_at_most() -> None:
    out, ticks = io.StringIO(), Ticks()
    report = PlainReport(out, seconds=ticks)

    report.started("pages")
    for tenth in range(1, 121):  # twelve seconds, ten pages each
        ticks.now = tenth / 10
        report.advanced("pages", note=f"page {tenth}")

    assert out.getvalue().splitlines() == [
        "pages: started",
        "pages: 50 (page 50)",
        "pages: 100 (page 100)",
    ]


def test_outcomes_are_never_held_back() -> None:
    out = io.StringIO()
    report = PlainReport(out, seconds=Ticks())

    for number in range(3):
        report.line(f"held: {number}")

    assert out.getvalue() == "held: 0\nheld: 1\nheld: 2\n"


def test_a_terminal_shows_each_stage_and_the_outcomes_above() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100)
    report = TerminalReport(console)

    report.started("feeds", 2)
    report.advanced("feeds", note="The Example")
    report.line("held: https://example.org/a [red]not ours[/red]")
    report.advanced("feeds")
    report.finished("feeds")

    text = out.getvalue()
    assert "feeds" in text
    assert "held: https://example.org/a [red]not ours[/red]" in text


def test_an_answer_that_goes_into_a_file_stays_out_of_the_bars(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = io.StringIO()
    report = TerminalReport(Console(file=out, force_terminal=True, width=100))

    report.started("feeds", 1)
    print("the answer")
    report.finished("feeds")

    assert capsys.readouterr().out == "the answer\n"
    assert "the answer" not in out.getvalue()


def test_a_terminal_keeps_no_line_of_what_was_no_wait() -> None:
    out, ticks = io.StringIO(), Ticks()
    report = TerminalReport(Console(file=out, force_terminal=False), seconds=ticks)

    report.started("quick")
    ticks.now = 0.9
    report.finished("quick")
    report.started("slow", 4)
    report.advanced("slow", 4)
    ticks.now = 3.4
    report.finished("slow")

    assert "quick:" not in out.getvalue()
    assert "slow: 4 of 4 in 2.5 s" in out.getvalue()


def test_a_stage_may_be_advanced_before_it_is_started_and_ended_twice() -> None:
    for report in (
        PlainReport(io.StringIO()),
        TerminalReport(Console(file=io.StringIO())),
        SilentReport(),
    ):
        report.advanced("pages")
        report.finished("pages")
        report.finished("pages")
        report.close()
        report.close()


def test_what_is_no_terminal_gets_plain_lines() -> None:
    assert isinstance(report_for(io.StringIO()), PlainReport)
