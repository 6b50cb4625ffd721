"""A stopped writer: no torn file is left, and nothing that was acknowledged is lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.archive.answers import FIRST, SECOND, SOFTWARE, answer
from wirecopy.archive import Archive, check, files, recover, walk
from wirecopy.errors import ArchiveError

OPEN = FIRST + ".open"


def kept(folder: Path, count: int = 3) -> list[tuple[str, int]]:
    """An archive of so many answers; the places behind each."""
    places = []
    with Archive(folder, software=SOFTWARE) as archive:
        for number in range(1, count + 1):
            archive.keep(answer(number))
            places.append(archive.end())
    return places


def read_to_the_end(folder: Path) -> list[str]:
    """The addresses of all answers, by warcio, every digest compared."""
    found = []
    for file in files(folder):
        with file.path.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests=True):
                record.content_stream().read()
                assert record.digest_checker.passed is not False
                if record.rec_type == "response":
                    found.append(record.rec_headers.get_header("WARC-Target-URI"))
    return found


def test_a_torn_answer_is_cut_at_every_byte(tmp_path: Path) -> None:
    places = kept(tmp_path, 2)
    path = tmp_path / OPEN
    whole = path.read_bytes()
    start, end = places[0][1], places[1][1]
    for size in range(start, end):
        path.write_bytes(whole[:size])
        assert recover(tmp_path, places[0]) == size - start
        assert path.read_bytes() == whole[:start]
    path.write_bytes(whole)
    assert recover(tmp_path, places[0]) == 0
    assert path.read_bytes() == whole


def test_a_request_without_its_answer_is_cut_too(tmp_path: Path) -> None:
    places = kept(tmp_path, 2)
    path = tmp_path / OPEN
    [_, (second, _)] = walk(tmp_path)
    assert second.record is not None
    path.write_bytes(path.read_bytes()[: second.record.offset])
    assert recover(tmp_path, places[0]) == second.record.offset - places[0][1]


def test_a_first_record_that_is_torn_leaves_an_empty_file_that_is_begun_again(
    tmp_path: Path,
) -> None:
    kept(tmp_path, 1)
    (tmp_path / "archive.lock").unlink()
    path = tmp_path / OPEN
    path.write_bytes(path.read_bytes()[:20])
    with Archive(tmp_path, software=SOFTWARE) as archive:
        archive.keep(answer(5))
    assert read_to_the_end(tmp_path) == ["http://harbour.example/5"]


def test_zeros_where_the_power_failed_are_cut(tmp_path: Path) -> None:
    [place] = kept(tmp_path, 1)
    with (tmp_path / OPEN).open("ab") as stream:
        stream.write(bytes(4_096))
    assert recover(tmp_path) == 4_096
    assert (tmp_path / OPEN).stat().st_size == place[1]


def test_a_writer_recovers_by_itself(tmp_path: Path) -> None:
    kept(tmp_path, 2)
    with (tmp_path / OPEN).open("ab") as stream:
        stream.write(b"\x1f\x8b\x08 torn")
    with Archive(tmp_path, software=SOFTWARE) as archive:
        archive.keep(answer(3))
    assert [url[-1] for url in read_to_the_end(tmp_path)] == ["1", "2", "3"]


def test_a_walk_ends_before_what_is_being_written(tmp_path: Path) -> None:
    kept(tmp_path, 2)
    path = tmp_path / OPEN
    path.write_bytes(path.read_bytes()[:-1])
    assert [item.url[-1] for item, _ in walk(tmp_path)] == ["1"]


def test_a_torn_file_that_was_finished_is_damaged(tmp_path: Path) -> None:
    kept(tmp_path, 2)
    (tmp_path / FIRST).write_bytes((tmp_path / OPEN).read_bytes()[:-1])
    (tmp_path / OPEN).unlink()
    with pytest.raises(ArchiveError, match="is damaged at byte"):
        list(walk(tmp_path))


def test_records_behind_a_damage_are_not_cut(tmp_path: Path) -> None:
    """A copied archive without its lock file: nothing tells that these were acknowledged."""
    places = kept(tmp_path, 3)
    (tmp_path / "archive.lock").unlink()
    path = tmp_path / OPEN
    raw = bytearray(path.read_bytes())
    raw[places[0][1] + 30] ^= 1
    path.write_bytes(raw)
    with pytest.raises(ArchiveError, match=f"damaged at byte {places[0][1]}"):
        recover(tmp_path)
    assert path.read_bytes() == bytes(raw)


def test_an_archive_that_ends_before_the_stores_place_is_refused(tmp_path: Path) -> None:
    [_, (name, end)] = kept(tmp_path, 2)
    for place in ((name, end + 1), (SECOND, 0)):
        with pytest.raises(ArchiveError, match="ends before") as refused:
            recover(tmp_path, place)
        assert "replay" in refused.value.cure
    with pytest.raises(ArchiveError, match="ends before"):
        recover(tmp_path / "another", (name, end))
    assert recover(tmp_path, (name, end)) == 0


def test_what_was_synced_is_not_looked_at_again(tmp_path: Path) -> None:
    """Recovery is cheap however long the file: it starts at the last place that was synced."""
    places = kept(tmp_path, 3)
    path = tmp_path / OPEN
    raw = bytearray(path.read_bytes())
    raw[places[0][1] + 30] ^= 1  # damage that a look from the start would find
    path.write_bytes(raw)
    assert recover(tmp_path) == 0
    path.rename(tmp_path / FIRST)
    with pytest.raises(ArchiveError, match="damaged"):
        list(check(tmp_path))


WRITER = """
import os, random, sys
from pathlib import Path
from tests.archive.answers import answer, miss
from wirecopy.archive import Archive
folder, seed, first = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)
kept = Archive(folder, software="wirecopy/test", rotate_bytes=3_000_000)
for number in range(first, first + 100_000):
    size = chance.choice([200, 20_000, 300_000])
    item = miss(number) if number % 7 == 0 else answer(number, body=chance.randbytes(size))
    kept.keep(item)
    if chance.random() < 0.3:
        kept.sync()
    os.write(1, b"%d\\n" % number)
"""


@pytest.mark.slow
def test_a_killed_writer_tears_nothing_and_loses_nothing_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(20261123)
    acknowledged: list[int] = []
    first = 1
    for round in range(6):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(round), str(first)],
            stdout=subprocess.PIPE,
        )
        assert writer.stdout is not None
        told = writer.stdout.readline()  # it has begun
        time.sleep(chance.uniform(0.0, 0.4))
        writer.send_signal(signal.SIGKILL)
        told += writer.stdout.read()
        writer.wait()
        writer.stdout.close()
        acknowledged += [int(line) for line in told.split(b"\n")[:-1]]

        recover(tmp_path)
        numbers = [int(item.url.rpartition("/")[2]) for item, _ in walk(tmp_path)]
        assert set(acknowledged) <= set(numbers)
        assert len(numbers) == len(set(numbers))
        assert numbers == sorted(numbers)
        assert len(read_to_the_end(tmp_path)) == sum(number % 7 != 0 for number in numbers)
        assert sum(1 for _ in check(tmp_path)) == len(numbers)
        first = numbers[-1] + 1
    assert len(acknowledged) > 20
