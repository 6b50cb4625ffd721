"""Programs that find near-duplicates, each behind one function: texts in, a group for each out.

All three hold MinHash signatures of word shingles in bands (LSH), with the settings that did best
on the same collection: threshold .3, as a higher one loses every shortened text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Any

from bench.clusters import Item
from wirecopy.stages.features import words

Groups = dict[str, str]
Peer = Callable[[Sequence[Item]], Groups]

THRESHOLD = 0.3
PERMUTATIONS = 128
BANDS = 42
SHINGLE = 4  # words


def _shingles(item: Item) -> list[str]:
    found = words(item.text)
    if len(found) <= SHINGLE:
        return [" ".join(found)]
    return [" ".join(found[i : i + SHINGLE]) for i in range(len(found) - SHINGLE + 1)]


def _groups(items: Sequence[Item], near: Callable[[int, Item], Iterable[int]]) -> Groups:
    """Each article in the group of the first that is near it."""
    groups: Groups = {}
    for number, item in enumerate(items):
        first = min(near(number, item), default=None)
        groups[item.id] = item.id if first is None else groups[items[first].id]
    return groups


def datasketch(items: Sequence[Item]) -> Groups:
    """datasketch.MinHashLSH."""
    library = import_module("datasketch")
    index = library.MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)

    def near(number: int, item: Item) -> list[int]:
        signature = library.MinHash(num_perm=PERMUTATIONS)
        signature.update_batch([shingle.encode() for shingle in _shingles(item)])
        found = [int(one) for one in index.query(signature)]
        index.insert(number, signature)
        return found

    return _groups(items, near)


def gaoya(items: Sequence[Item]) -> Groups:
    """gaoya.minhash.MinHashStringIndex."""
    index = import_module("gaoya.minhash").MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=THRESHOLD,
        num_bands=BANDS,
        band_size=3,
        analyzer="word",
        lowercase=True,
        ngram_range=(SHINGLE, SHINGLE),
    )

    def near(number: int, item: Item) -> list[int]:
        text = " ".join(words(item.text))
        found = [int(one) for one in index.query(text)]
        index.insert_document(number, text)
        return found

    return _groups(items, near)


def rensa(items: Sequence[Item]) -> Groups:
    """rensa.RMinHashLSH; what its bands bring is compared, as it does not do that itself."""
    library = import_module("rensa")
    permutations = PERMUTATIONS - PERMUTATIONS % BANDS
    index = library.RMinHashLSH(THRESHOLD, permutations, BANDS)
    signatures: list[Any] = []

    def near(number: int, item: Item) -> list[int]:
        signature = library.RMinHash(num_perm=permutations, seed=1)
        signature.update(_shingles(item))
        found = [
            int(one)
            for one in index.query(signature)
            if signature.jaccard(signatures[one]) >= THRESHOLD
        ]
        index.insert(number, signature)
        signatures.append(signature)
        return found

    return _groups(items, near)


PEERS: dict[str, Peer] = {"datasketch": datasketch, "gaoya": gaoya, "rensa": rensa}
