"""Programs that group a stream of articles, each behind one function; none of them knows a truth.

Each takes articles in the order of time and gives each a story, with the settings that did best on
the same collections: `tfidf` is the usual online baseline, written here, as no library has it;
`dbscan` is scikit-learn's over TF-IDF, 48 hours at a time; `textclust` is river's.
"""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from importlib import import_module

from bench.clusters import Item
from wirecopy.stages.features import LEAD_WORDS, TITLE_COUNTS, terms_of, words

Stories = dict[str, str]
Peer = Callable[[Sequence[Item]], Stories]

TEXTCLUST_SECONDS = 25.0  # of CPU; it is scored on what it has seen by then
_THRESHOLD = 0.10
_FADE_SINCE_LAST, _FADE_SINCE_FIRST = 0.02, 0.01  # an hour
_WINDOW = timedelta(hours=96)
_BATCH = timedelta(hours=48)
_EPS = 0.8  # cosine distance
_RADIUS = 0.8


def _bag(item: Item) -> list[str]:
    title = terms_of(words(item.title), item.language)
    return title * TITLE_COUNTS + terms_of(words(item.text)[:LEAD_WORDS], item.language)


def tfidf(items: Sequence[Item]) -> Stories:
    """Online TF-IDF with decay: the likest live centroid, faded by the hours since its last article
    and its first; idf from a running count."""
    seen: Counter[str] = Counter()
    stories: Stories = {}
    sums: dict[str, defaultdict[str, float]] = {}
    times: dict[str, tuple[datetime, datetime]] = {}
    index: defaultdict[str, set[str]] = defaultdict(set)
    for number, item in enumerate(items, start=1):
        vector = {
            term: (1 + math.log(count)) * math.log((number + 1) / (seen[term] + 1) + 1)
            for term, count in Counter(_bag(item)).items()
        }
        seen.update(vector.keys())
        length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        vector = {term: value / length for term, value in vector.items()}
        rarest = sorted(vector, key=lambda term: (-vector[term], term))[:14]
        best, found = _THRESHOLD, str(item.id)
        for story in sorted({one for term in rarest for one in index[term]}):
            first, last = times[story]
            if item.at - last > _WINDOW:
                continue
            theirs = sums[story]
            norm = math.sqrt(sum(value * value for value in theirs.values()))
            cosine = sum(value * theirs.get(term, 0.0) for term, value in vector.items()) / norm
            hours = [(item.at - then).total_seconds() / 3600 for then in (last, first)]
            cosine *= math.exp(-_FADE_SINCE_LAST * hours[0] - _FADE_SINCE_FIRST * hours[1])
            if cosine >= best:
                best, found = cosine, story
        stories[item.id] = found
        total = sums.setdefault(found, defaultdict(float))
        for term, value in vector.items():
            total[term] += value
            index[term].add(found)
        times[found] = (times.get(found, (item.at, item.at))[0], item.at)
        if number % 500 == 0:
            gone = {story for story, (_, last) in times.items() if item.at - last > _WINDOW}
            for there in index.values():
                there -= gone
    return stories


def dbscan(items: Sequence[Item]) -> Stories:
    """scikit-learn: DBSCAN over the cosine distances of TF-IDF vectors, 48 hours at a time."""
    clusters = import_module("sklearn.cluster")
    texts = import_module("sklearn.feature_extraction.text")
    stories: Stories = {}
    batch: list[Item] = []
    for item in [*items, None]:
        if batch and (item is None or item.at - batch[0].at > _BATCH):
            bags = [_bag(one) or ["-"] for one in batch]
            matrix = texts.TfidfVectorizer(analyzer=list, sublinear_tf=True).fit_transform(bags)
            labels = clusters.DBSCAN(eps=_EPS, min_samples=1, metric="cosine").fit_predict(matrix)
            named: dict[int, str] = {}
            for one, label in zip(batch, labels, strict=True):
                stories[one.id] = named.setdefault(int(label), one.id)
            batch = []
        if item is not None:
            batch.append(item)
    return stories


def textclust(items: Sequence[Item]) -> Stories:
    """river: TextClust, each article in the micro-cluster that it was learnt into."""
    model = import_module("river.cluster").TextClust(
        radius=_RADIUS, real_time_fading=False, fading_factor=0.0005, tgap=100
    )
    stories: Stories = {}
    began = time.process_time()
    for item in items:
        bag = Counter(_bag(item))
        model.learn_one(bag)
        stories[item.id] = str(model.predict_one(bag, type="micro"))
        if time.process_time() - began > TEXTCLUST_SECONDS:
            break
    return stories


PEERS: dict[str, Peer] = {"tfidf": tfidf, "dbscan": dbscan, "textclust": textclust}
