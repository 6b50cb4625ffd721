"""The proof again, from the archive alone: what was published stands in the bytes kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from wirecopy.archive import read_body, walk
from wirecopy.config import Settings
from wirecopy.errors import ArchiveError, ConfigError
from wirecopy.model import ArticleId, Capture, Revision
from wirecopy.progress import Report
from wirecopy.stages import address
from wirecopy.stages.decode import decode
from wirecopy.stages.proof import prove_in_feed, verify
from wirecopy.store import articles, evidence
from wirecopy.store.db import open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that does not hold."""

    subject: str  # an article's id and revision, or a place in the archive
    words: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.words}"


@dataclass(slots=True)
class VerifySummary:
    """What was proved again, and what was not."""

    revisions: int = 0
    blocks: int = 0
    pruned: int = 0  # revisions whose bytes were pruned; their text went with them
    records: int = 0  # records of the archive read to their end
    problems: list[Problem] = field(default_factory=list)

    @property
    def proved_share(self) -> float:
        """Revisions that hold, of those whose bytes are kept; 1.0 when there are none."""
        wrong = {problem.subject for problem in self.problems}
        return 1.0 if not self.revisions else 1 - len(wrong) / self.revisions

    def __str__(self) -> str:
        pruned = f", {self.pruned} pruned" if self.pruned else ""
        kept = f"; {self.records} records of the archive are whole" if self.records else ""
        if self.problems:
            return f"{len(self.problems)} problems in {self.revisions} revisions{pruned}{kept}."
        return (
            f"{self.revisions} revisions with {self.blocks} blocks stand word for word in the "
            f"archived pages{pruned}{kept}."
        )


def verify_published(settings: Settings, article: str | None, report: Report) -> VerifySummary:
    """Prove one article's revisions again, or all of them and the archive's own wholeness.

    The archive is read, every digest checked, each page decoded with the charset of the proof,
    and each published word looked up at its recorded place. Raises ConfigError for an unknown
    article.
    """
    summary = VerifySummary()
    folder = settings.archive_folder
    with open_store(settings.database_url, read_only=True) as store, store.connect() as c:
        if article is None:
            _check_archive(c, folder, summary, report)
        wanted = None if article is None else _find(c, article)
        report.started("verify", evidence.count(c, wanted))
        for revision in evidence.each_revision(c, wanted):
            if revision.pruned:
                summary.pruned += 1
            else:
                _prove_again(folder, revision.revision, summary)
            report.advanced("verify")
        report.finished("verify")
    return summary


def _find(c: Connection, subject: str) -> ArticleId:
    """An article by its id or address."""
    wanted = ArticleId(subject)
    if "://" in subject:
        wanted = address.article_id(subject)
    if articles.get(c, wanted) is None:
        raise ConfigError(
            f"No article is known as {subject!r}.", cure="Give its id, or its address."
        )
    return wanted


def _prove_again(folder: Path, revision: Revision, summary: VerifySummary) -> None:
    summary.revisions += 1
    summary.blocks += len(revision.blocks)
    subject = f"{revision.article} revision {revision.number}"
    try:
        body = read_body(folder, revision.capture.record)
    except ArchiveError as error:
        summary.problems.append(Problem(subject=subject, words=error.message))
        return
    decoded = decode(body, revision.capture.header("content-type"))
    if decoded.charset != revision.proof.charset:
        wrong = [f"the page reads as {decoded.charset}, the proof names {revision.proof.charset}"]
    elif revision.proof.title.where == "feed":
        stands = prove_in_feed(decoded.text, revision.title)
        wrong = [] if stands else ["the headline does not stand in the feed"]
    else:
        wrong = verify(
            decoded.text,
            revision.title,
            revision.authors,
            revision.text,
            revision.blocks,
            revision.proof,
        )
    summary.problems += [Problem(subject=subject, words=words) for words in wrong]


def _check_archive(c: Connection, folder: Path, summary: VerifySummary, report: Report) -> None:
    """Every file reads to its end, and store and archive name the same captures."""
    report.started("archive")
    kept: dict[tuple[str, int], str] = {}
    for item, _ in walk(folder):
        assert item.record is not None, "it was read from its record"
        kept[(item.record.file, item.record.offset)] = (
            item.sha256 if isinstance(item, Capture) else ""
        )
        summary.records += 1
        if isinstance(item, Capture):
            try:
                read_body(folder, item.record)
            except ArchiveError as error:
                summary.problems.append(Problem(subject=item.record.file, words=error.message))
        report.advanced("archive")
    for noted in evidence.noted_captures(c):
        place = (noted.file, noted.offset)
        if noted.pruned:
            continue
        if place not in kept:
            words = f"the store names a record at {place[1]} that is not there"
            summary.problems.append(Problem(subject=noted.file, words=words))
        elif noted.sha256 and kept[place] != noted.sha256:
            words = f"the record at {place[1]} has another digest than the store"
            summary.problems.append(Problem(subject=noted.file, words=words))
        kept.pop(place, None)
    for file, offset in sorted(kept):
        words = f"the record at {offset} is not in the store; start the gatherer to take it in"
        summary.problems.append(Problem(subject=file, words=words))
    report.finished("archive")
