"""Which passages of a text stand in another one, and how much of it is its own.

Two texts are compared by the runs of five words that finding copies goes by; here all of them are
looked at, and their places kept, for a reader to see.
"""

from __future__ import annotations

from dataclasses import dataclass

from wirecopy.model import Span
from wirecopy.stages.features import word_spans
from wirecopy.stages.shingles import SHINGLE_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What a text has from another."""

    words: int  # of the text
    shared: int  # of these, words that stand in the other text in a run of five or more
    passages: tuple[Span, ...]  # of the text, in its order; none overlaps the next

    @property
    def own(self) -> int:
        """Words that stand in no such run."""
        return self.words - self.shared


def shared(text: str, other: str) -> Shared:
    """The passages of `text` that stand in `other` too, whatever marks and capitals they have."""
    mine, theirs = word_spans(text), word_spans(other)
    known = {
        tuple(word for word, _ in theirs[at : at + SHINGLE_WORDS])
        for at in range(len(theirs) - SHINGLE_WORDS + 1)
    }
    passages: list[Span] = []
    end = count = 0  # words up to here are in a passage; so many are in one
    for at in range(len(mine) - SHINGLE_WORDS + 1):
        run = mine[at : at + SHINGLE_WORDS]
        if tuple(word for word, _ in run) not in known:
            continue
        last = run[-1][1].end
        if passages and at <= end:
            passages[-1] = Span(start=passages[-1].start, end=last)
        else:
            passages.append(Span(start=run[0][1].start, end=last))
        count += at + SHINGLE_WORDS - max(end, at)
        end = at + SHINGLE_WORDS
    return Shared(words=len(mine), shared=count, passages=tuple(passages))
