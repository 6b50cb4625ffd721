from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirecopy.model import Features
from wirecopy.stages import story_index
from wirecopy.stages.likeness import Lexicon, Vector, Whole
from wirecopy.stages.story_index import StoryIndex

_TERMS = [f"term{n}" for n in range(12)]
_ARTICLES = st.lists(
    st.tuples(
        st.sets(st.sampled_from(_TERMS), min_size=1),
        st.integers(1, 4),  # place of its story
        st.integers(0, 3),  # articles forgotten before it comes, the oldest first
        st.booleans(),  # whether it speaks for its story
    ),
    max_size=60,
)


@settings(max_examples=80, deadline=None)
@given(articles=_ARTICLES, first_size=st.sampled_from([4, 1_024]), most=st.sampled_from([2, 4_000]))
def test_terms_stand_in_the_stories_that_live_articles_speak_for(
    articles: list[tuple[set[str], int, int, bool]], first_size: int, most: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(story_index, "_FIRST_SIZE", first_size)  # so that all has to grow
        patch.setattr(story_index, "_MOST_POSTINGS", most)
        desk = _Desk()
        for terms, place, gone, speaks in articles:
            desk.forget(gone)
            desk.read(terms, place if speaks else 0)
            desk.check(most)


class _Desk:
    """An index, and beside it what is expected of it: each live article's terms and place."""

    def __init__(self) -> None:
        self.lexicon = Lexicon()
        self.index = StoryIndex(self.lexicon)
        self.live: dict[int, tuple[set[str], int]] = {}
        self.vectors: dict[int, Vector] = {}
        self.next = 0

    def read(self, terms: set[str], place: int) -> None:
        vector = self.lexicon.read(Features(terms=tuple((term, 1.0) for term in sorted(terms))))
        self.lexicon.count(vector, 1, self.index.no_more)
        self.live[self.next] = terms, place
        self.vectors[self.next] = vector
        self.index.add(self.next, vector, next(iter(self.live)))
        self.index.speak(self.next, place)
        self.next += 1

    def forget(self, count: int) -> None:
        for number in list(self.live)[:count]:
            del self.live[number]
            self.index.forget(number)
            self.lexicon.count(self.vectors.pop(number), -1, self.index.no_more)

    def check(self, most: int) -> None:
        stories: defaultdict[str, set[int]] = defaultdict(set)
        for terms, place in self.live.values():
            for term in terms:
                stories[term] |= {place} - {0}
        words = self.lexicon.words
        numbers = [number for number, word in enumerate(words) if word in _TERMS]
        asked: Whole = np.array(numbers, dtype=np.int64)
        standing = self.index.standing(asked, [1, 2, 3, 4])
        found = {
            words[n]: {i + 1 for i in range(4) if there[i]}
            for n, there in zip(numbers, standing, strict=True)
        }
        assert found == {words[n]: stories[words[n]] for n in numbers}

        expected: defaultdict[int, float] = defaultdict(float)
        for terms, place in self.live.values():
            telling = [term for term in terms if len(stories[term]) <= most]
            if place and telling:
                expected[place] += 100.0 * len(telling)  # a weight of 1 is a hundred hundredths
        sums = self.index.sums(asked, np.ones(len(asked)))
        assert {place: value for place, value in enumerate(sums.tolist()) if value} == expected
