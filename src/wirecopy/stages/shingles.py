"""The runs of five words a text is made of, as hashes: what copies are found by.

All of a text's runs are hashed at once, as arrays of its bytes and without a look at any word: the
sums of bytes, each times a power of its place, up to the end of a run and up to its start differ by
the run's hash (Rabin and Karp 1987). That takes half the time of hashing words one by one, and less
still where other work fills the processor's caches.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

SHINGLE_WORDS = 5
SAMPLE = 4  # one shingle in four is kept: containment F1 .999 at a quarter of the postings
FEWEST_SHINGLES = 60  # under that a sample says too little, and all are kept

_OUT_OF_SAMPLE = np.uint64(SAMPLE - 1)  # bits that a sampled hash does not have
_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse and no bit is lost
_KEPT = (
    1 << 17
)  # letters hashed at once, and powers kept at hand, 2 MB; longer words have their own
_BLANK = 32
_LETTERS = np.array([xxh3_64_intdigest(bytes([byte])) for byte in range(256)], dtype=np.uint64)
# The last steps of MurmurHash3 (Appleby 2011), as low bits of a sum hang on low bits alone.
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_HALF = np.uint64(33)
_FIRST = np.ones(1, dtype=np.uint64)

Hashes = NDArray[np.uint64]


def shingles(plain: str) -> tuple[bytes, int]:
    """Hashes of a text's runs of five words, sampled by their value and sorted; and its words.

    `plain` has its words divided by blanks, one or more. A text of five words and fewer has one.
    """
    letters = np.frombuffer(plain.encode("utf-8", "replace") + b" ", dtype=np.uint8)
    wanted = letters != _BLANK
    wanted[1:] |= wanted[:-1].copy()  # and one blank after each word
    letters = letters[wanted]
    ends = (letters == _BLANK).nonzero()[0]
    count = len(ends)
    if count <= SHINGLE_WORDS:
        whole = " ".join(plain.split()).encode("utf-8", "replace")
        return (xxh3_64_intdigest(whole).to_bytes(8, "little") if count else b""), count
    runs = _hashes(letters, ends) if len(letters) <= _KEPT else _in_parts(letters, ends)
    kept = _once(runs[sampled(runs)])
    if len(kept) < FEWEST_SHINGLES:
        kept = _once(runs)
    return kept.astype("<u8", copy=False).tobytes(), count


def hashes_of(shingles: bytes) -> Hashes:
    """The hashes that an article's `Features.shingles` holds, (n,)."""
    return np.frombuffer(shingles, dtype="<u8")


def sampled(hashes: Hashes) -> NDArray[np.bool_]:
    """Which of them belong to the sample."""
    belong: NDArray[np.bool_] = hashes & _OUT_OF_SAMPLE == 0
    return belong


def _in_parts(letters: NDArray[np.uint8], ends: NDArray[np.intp]) -> Hashes:
    """The hash of each run, the text taken in parts that share four words: it may be of megabytes.

    A run has the same hash wherever it stands.
    """
    found, first = [], 0
    while first + SHINGLE_WORDS <= len(ends):
        start = int(ends[first - 1]) + 1 if first else 0
        last = max(int(np.searchsorted(ends, start + _KEPT)), first + SHINGLE_WORDS)
        found.append(_hashes(letters[start : int(ends[last - 1]) + 1], ends[first:last] - start))
        first = last - SHINGLE_WORDS + 1
    return np.concatenate(found)


def _hashes(letters: NDArray[np.uint8], ends: NDArray[np.intp]) -> Hashes:
    """The hash of each run of five words; `ends` tells the blank after each word."""
    powers, inverses = _powers(len(letters))
    sums = (_LETTERS.take(letters) * powers[: len(letters)]).cumsum()[ends]
    runs = sums[SHINGLE_WORDS - 1 :].copy()
    runs[1:] -= sums[:-SHINGLE_WORDS]
    runs[1:] *= inverses.take(ends[:-SHINGLE_WORDS] + 1)  # as if the run began the text
    runs ^= runs >> _HALF
    runs *= _MIX
    runs ^= runs >> _HALF
    return runs


def _powers(count: int) -> tuple[Hashes, Hashes]:
    """So many powers of the base and of its inverse or more, from the zeroth on."""
    return _kept_powers(_KEPT) if count <= _KEPT else _powers_to(count)


def _powers_to(count: int) -> tuple[Hashes, Hashes]:
    up, down = (
        np.cumprod(np.concatenate([_FIRST, np.full(count - 1, step, dtype=np.uint64)]))
        for step in (_BASE, pow(_BASE, -1, 2**64))
    )
    return up, down


_kept_powers = lru_cache(maxsize=1)(_powers_to)


def _once(hashes: Hashes) -> Hashes:
    """Each of them once, sorted."""
    hashes = np.sort(hashes)
    again = hashes[1:] == hashes[:-1]
    return np.concatenate([hashes[:1], hashes[1:][~again]]) if again.any() else hashes
