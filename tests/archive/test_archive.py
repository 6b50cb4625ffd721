"""What is archived can be read back, by us and by others."""

from __future__ import annotations

import hashlib
import io
import os
import pwd
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from tests.archive.answers import FIRST, NOON, PAGE, SECOND, SOFTWARE, answer, miss
from wirecopy.archive import Archive, check, files, read_body, read_capture, recover, walk
from wirecopy.errors import ArchiveError
from wirecopy.model import Capture, Miss, Purpose, Record, Response


def archive(folder: Path, **given: int) -> Archive:
    return Archive(folder, software=SOFTWARE, **given)


def read_by_warcio(path: Path) -> list[tuple[str, dict[str, str], bytes]]:
    """(type, WARC headers, content) of each record, every digest found true, to the file's end."""
    found = []
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests=True):
            content = record.content_stream().read()
            assert record.digest_checker.passed is not False, record.digest_checker.problems
            found.append((record.rec_type, dict(record.rec_headers.headers), content))
    return found


# ---------------------------------------------------------------- one answer


def test_an_answer_is_read_back_by_its_record(tmp_path: Path) -> None:
    with archive(tmp_path) as kept:
        capture = kept.keep(answer())
        assert capture.record is not None
        assert read_body(tmp_path, capture.record) == PAGE + b"1"
        assert read_capture(tmp_path, capture.record) == (capture, PAGE + b"1")
    assert capture == Capture(
        url="http://harbour.example/1",
        final_url="http://harbour.example/1",
        purpose=Purpose.PAGE,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        at=NOON + timedelta(seconds=1),
        sha256=hashlib.sha256(PAGE + b"1").hexdigest(),
        size=len(PAGE) + 1,
        record=Record(file=FIRST, offset=capture.record.offset, length=capture.record.length),
    )


def test_an_answer_can_be_read_before_it_is_synced_and_after_its_file_was_finished(
    tmp_path: Path,
) -> None:
    with archive(tmp_path, rotate_bytes=1) as kept:
        capture = kept.keep(answer())
        assert capture.record is not None
        assert (tmp_path / (FIRST + ".open")).exists()
        assert read_body(tmp_path, capture.record) == PAGE + b"1"
        kept.keep(answer(2))
        assert (tmp_path / FIRST).exists()
        assert (tmp_path / (SECOND + ".open")).exists()
        assert read_body(tmp_path, capture.record) == PAGE + b"1"


def test_a_redirected_answer_keeps_both_addresses(tmp_path: Path) -> None:
    asked = answer(
        url="http://harbour.example/old",
        redirects=((301, "http://harbour.example/new"), (302, "http://harbour.example/1")),
    )
    with archive(tmp_path) as kept:
        capture = kept.keep(asked)
    assert isinstance(capture, Capture)
    assert (capture.url, capture.final_url) == (
        "http://harbour.example/old",
        "http://harbour.example/1",
    )
    assert read_capture(tmp_path, capture.record)[0] == capture
    [_, _, (_, fields, _)] = read_by_warcio(tmp_path / (FIRST + ".open"))
    assert fields["WARC-Target-URI"] == "http://harbour.example/1"
    assert fields["Wirecopy-Requested-URI"] == "http://harbour.example/old"
    assert fields["Wirecopy-Redirects"] == (
        '[[301, "http://harbour.example/new"], [302, "http://harbour.example/1"]]'
    )


def test_a_miss_is_kept_with_its_reason(tmp_path: Path) -> None:
    with archive(tmp_path) as kept:
        missed = kept.keep(miss(detail="forbidden\n\x00 é"))
        assert missed.record is not None
        assert missed == replace(miss(detail="forbidden\n\x00 é"), record=missed.record)
        assert read_capture(tmp_path, missed.record) == (missed, b"")
    [_, (kind, fields, _)] = read_by_warcio(tmp_path / (FIRST + ".open"))
    assert (kind, fields["Content-Type"]) == ("metadata", "application/json")


def test_an_empty_answer_is_kept(tmp_path: Path) -> None:
    with archive(tmp_path) as kept:
        for _ in range(2):
            capture = kept.keep(answer(status=304, body=b"", headers=(("ETag", '"1"'),)))
            assert isinstance(capture, Capture)
            assert read_capture(tmp_path, capture.record) == (capture, b"")


TOKEN = st.text(alphabet="ABCDEFabcdef-123", min_size=1, max_size=12)
VALUE = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20).map(
    lambda value: value.strip(" \t")
)
ANSWERS = st.builds(
    Response,
    url=st.sampled_from(["http://harbour.example/a", "http://harbour.example/é?x=1"]),
    final_url=st.sampled_from(["http://harbour.example/a", "http://harbour.example/b"]),
    purpose=st.sampled_from(Purpose),
    status=st.integers(min_value=100, max_value=999),
    headers=st.lists(
        st.tuples(
            TOKEN | st.sampled_from(["content-encoding", "Content-Length", "Transfer-Encoding"]),
            VALUE,
        ),
        max_size=4,
    ).map(tuple),
    body=st.binary(max_size=200) | st.sampled_from([b"\r\n\r\n", b"WARC/1.1\r\n", b"x" * 70_000]),
    at=st.datetimes(
        min_value=NOON.replace(tzinfo=None),
        max_value=(NOON + timedelta(hours=1)).replace(tzinfo=None),
        timezones=st.just(UTC),
    ),
    ip=st.sampled_from(["", "192.0.2.1", "2001:db8::1"]),
    redirects=st.just(()),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(ANSWERS, min_size=1, max_size=6))
def test_whatever_is_kept_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[Response]
) -> None:
    folder = tmp_path_factory.mktemp("archive")
    with archive(folder, rotate_bytes=2_000) as kept:
        captures = [kept.keep(each) for each in wanted]
    for asked, capture in zip(wanted, captures, strict=True):
        assert isinstance(capture, Capture)
        assert capture.headers == asked.headers
        assert read_capture(folder, capture.record) == (capture, asked.body)
    assert [item for item, _ in walk(folder)] == captures
    for file in files(folder):
        read_by_warcio(file.path)


# ---------------------------------------------------------------- the form others read


def test_a_file_is_warc_as_the_standard_has_it(tmp_path: Path) -> None:
    with archive(tmp_path) as kept:
        kept.keep(answer(ip="192.0.2.7", request_headers=(("User-Agent", SOFTWARE),)))
    info, request, response = read_by_warcio(tmp_path / (FIRST + ".open"))

    assert (info[0], info[1]["WARC-Filename"]) == ("warcinfo", FIRST)
    assert info[2].splitlines()[:2] == [
        b"software: wirecopy/test",
        b"format: WARC File Format 1.1",
    ]
    assert request[0] == "request"
    assert request[1]["WARC-Concurrent-To"] == response[1]["WARC-Record-ID"]
    assert response[0] == "response"
    assert response[1]["WARC-Date"] == "2026-11-23T12:00:01.123456Z"
    assert response[1]["WARC-IP-Address"] == "192.0.2.7"
    assert response[1]["WARC-Target-URI"] == "http://harbour.example/1"
    assert response[1]["WARC-Payload-Digest"] == (
        "sha256:" + hashlib.sha256(PAGE + b"1").hexdigest()
    )
    assert response[1]["WARC-Block-Digest"].startswith("sha256:")
    assert response[2] == PAGE + b"1"


def test_the_request_is_the_one_that_was_answered(tmp_path: Path) -> None:
    asked = answer(
        final_url="http://harbour.example:8080/news/1?page=2",
        request_headers=(("User-Agent", "wirecopy"), ("Accept", "text/html")),
    )
    with archive(tmp_path) as kept:
        kept.keep(asked)
    with (tmp_path / (FIRST + ".open")).open("rb") as stream:
        [raw] = [
            record.http_headers.to_ascii_bytes()
            for record in ArchiveIterator(stream)
            if record.rec_type == "request"
        ]
    assert raw == (
        b"GET /news/1?page=2 HTTP/1.1\r\nHost: harbour.example:8080\r\n"
        b"User-Agent: wirecopy\r\nAccept: text/html\r\n\r\n"
    )


def test_headers_of_the_wire_are_moved_aside_and_come_back(tmp_path: Path) -> None:
    received = (
        ("content-encoding", "br"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "31"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    )
    with archive(tmp_path) as kept:
        capture = kept.keep(answer(headers=received))
    assert isinstance(capture, Capture)
    assert capture.headers == received
    assert read_capture(tmp_path, capture.record)[0] == capture
    with (tmp_path / (FIRST + ".open")).open("rb") as stream:
        [headers] = [
            record.http_headers.headers
            for record in ArchiveIterator(stream)
            if record.rec_type == "response"
        ]
    assert headers == [
        ("X-Archive-Orig-content-encoding", "br"),
        ("X-Archive-Orig-Transfer-Encoding", "chunked"),
        ("X-Archive-Orig-Content-Length", "31"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("Content-Length", str(len(PAGE) + 1)),
    ]


def test_a_header_cannot_start_another(tmp_path: Path) -> None:
    with archive(tmp_path) as kept:
        capture = kept.keep(answer(headers=(("X-Trick", "a\r\nWARC-Type: warcinfo\r\n\r\nb"),)))
    assert isinstance(capture, Capture)
    assert capture.headers == (("X-Trick", "a  WARC-Type: warcinfo    b"),)
    assert read_capture(tmp_path, capture.record)[0] == capture


def test_fastwarc_reads_any_record_by_its_offset_alone(tmp_path: Path) -> None:
    with archive(tmp_path) as kept:
        captures = [kept.keep(answer(number)) for number in range(1, 21)]
    raw = (tmp_path / (FIRST + ".open")).read_bytes()
    for number, capture in enumerate(captures, start=1):
        assert capture.record is not None
        start, length = capture.record.offset, capture.record.length
        record = next(FastIterator(io.BytesIO(raw[start : start + length]), parse_http=False))
        assert record.verify_block_digest()
        record = next(FastIterator(io.BytesIO(raw[start : start + length])))
        assert record.verify_payload_digest()
        assert record.reader.read() == PAGE + str(number).encode()


# ---------------------------------------------------------------- unchanged bodies


def test_an_unchanged_body_is_referred_to_not_kept_again(tmp_path: Path) -> None:
    body = os.urandom(20_000)
    with archive(tmp_path) as kept:
        first = kept.keep(answer(body=body))
        again = kept.keep(answer(body=body, at=NOON + timedelta(minutes=5)))
    assert isinstance(first, Capture)
    assert isinstance(again, Capture)
    assert again.record.length < 1_000
    assert (again.sha256, again.size) == (first.sha256, 20_000)
    assert read_capture(tmp_path, again.record) == (again, body)
    *_, original, _, revisit = read_by_warcio(tmp_path / (FIRST + ".open"))
    assert revisit[0] == "revisit"
    assert revisit[2] == b""
    assert revisit[1]["WARC-Profile"] == (
        "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    )
    assert revisit[1]["WARC-Payload-Digest"] == original[1]["WARC-Payload-Digest"]
    assert revisit[1]["WARC-Refers-To"] == original[1]["WARC-Record-ID"]
    assert revisit[1]["WARC-Refers-To-Target-URI"] == "http://harbour.example/1"
    assert revisit[1]["WARC-Refers-To-Date"] == "2026-11-23T12:00:01.123456Z"


def test_a_changed_body_is_kept_again(tmp_path: Path) -> None:
    with archive(tmp_path) as kept:
        for body in (b"old", b"new", b"old"):
            kept.keep(answer(body=body))
    kinds = [kind for kind, _, _ in read_by_warcio(tmp_path / (FIRST + ".open"))]
    assert kinds == ["warcinfo", *["request", "response"] * 3]


def test_no_file_refers_to_another(tmp_path: Path) -> None:
    with archive(tmp_path, rotate_bytes=1) as kept:
        for second in range(3):
            kept.keep(answer(at=NOON + timedelta(seconds=second)))
    for file in files(tmp_path):
        kinds = [kind for kind, _, _ in read_by_warcio(file.path)]
        assert kinds == ["warcinfo", "request", "response"]


# ---------------------------------------------------------------- files


def test_a_file_is_finished_when_it_is_full(tmp_path: Path) -> None:
    with archive(tmp_path, rotate_bytes=5_000) as kept:
        for number in range(1, 9):
            kept.keep(answer(number, body=os.urandom(2_000)))
    sizes = [file.path.stat().st_size for file in files(tmp_path)]
    assert [file.open for file in files(tmp_path)] == [False, False, False, True]
    assert all(5_000 <= size < 9_000 for size in sizes[:-1])


def test_a_file_is_finished_when_the_day_is(tmp_path: Path) -> None:
    with archive(tmp_path) as kept:
        kept.keep(answer(1))
        kept.keep(answer(2, at=NOON + timedelta(days=1)))
        kept.keep(answer(3, at=NOON))  # asked before midnight, answered after
    assert [file.name for file in files(tmp_path)] == [
        FIRST,
        "wirecopy-000002-2026-11-24.warc.gz",
    ]


def test_an_archive_is_gone_on_with(tmp_path: Path) -> None:
    with archive(tmp_path) as kept:
        first = kept.keep(answer(1))
    with archive(tmp_path) as kept:
        second = kept.keep(answer(2))
        assert kept.end() == (FIRST, (tmp_path / (FIRST + ".open")).stat().st_size)
    assert [item for item, _ in walk(tmp_path)] == [first, second]
    kinds = [kind for kind, _, _ in read_by_warcio(tmp_path / (FIRST + ".open"))]
    assert kinds == ["warcinfo", "request", "response", "request", "response"]


def test_a_number_is_not_given_twice_when_its_file_was_pruned(tmp_path: Path) -> None:
    with archive(tmp_path) as kept:
        kept.keep(answer(1))
    (tmp_path / (FIRST + ".open")).unlink()
    with archive(tmp_path) as kept:
        kept.keep(answer(2))
    assert [file.name for file in files(tmp_path)] == [SECOND]


def test_a_second_writer_is_kept_out(tmp_path: Path) -> None:
    with archive(tmp_path) as kept:
        kept.keep(answer())
        with pytest.raises(ArchiveError, match="Another gatherer") as refused:
            archive(tmp_path)
        assert refused.value.cure
    archive(tmp_path).close()


# ---------------------------------------------------------------- the walk


def test_a_walk_goes_on_behind_any_place(tmp_path: Path) -> None:
    with archive(tmp_path, rotate_bytes=1_500) as kept:
        items: list[Capture | Miss] = []
        places = []
        for number in range(1, 9):
            items.append(kept.keep(answer(number) if number % 3 else miss(number)))
            places.append(kept.end())
    assert len(files(tmp_path)) > 2
    assert list(walk(tmp_path)) == list(zip(items, places, strict=True))
    for at, place in enumerate(places, start=1):
        assert [item for item, _ in walk(tmp_path, place)] == items[at:]


def test_an_archive_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert list(walk(tmp_path / "nothing")) == []
    assert recover(tmp_path / "nothing") == 0
    assert list(check(tmp_path / "nothing")) == []


# ---------------------------------------------------------------- damage, told


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    with archive(tmp_path) as kept:
        captures = [kept.keep(answer(number, body=os.urandom(500))) for number in range(1, 4)]
    path = tmp_path / (FIRST + ".open")
    record = captures[1].record
    assert record is not None
    raw = bytearray(path.read_bytes())
    raw[record.offset + record.length - 30] ^= 1
    path.rename(tmp_path / FIRST)
    (tmp_path / FIRST).write_bytes(raw)
    with pytest.raises(ArchiveError, match=f"{FIRST}, byte {record.offset} is damaged"):
        read_body(tmp_path, record)
    with pytest.raises(ArchiveError, match=f"damaged at byte {record.offset}"):
        list(check(tmp_path))
    for other in (captures[0], captures[2]):
        assert other.record is not None
        read_body(tmp_path, other.record)


def test_bytes_that_were_exchanged_are_found(tmp_path: Path) -> None:
    """Whole records, and not the ones that were received: only the digest can tell."""
    from wirecopy.archive import members

    with archive(tmp_path) as kept:
        capture = kept.keep(answer())
    assert isinstance(capture, Capture)
    forged = members.response(answer(body=b"forged"), id=members.new_id(), sha256=capture.sha256)
    (tmp_path / FIRST).write_bytes(forged)
    (tmp_path / (FIRST + ".open")).unlink()
    record = Record(file=FIRST, offset=0, length=len(forged))
    with pytest.raises(ArchiveError, match="not those that were received"):
        read_body(tmp_path, record)
    with pytest.raises(ArchiveError, match="not those that were received"):
        list(check(tmp_path))


def test_a_check_names_every_answer_and_its_digest(tmp_path: Path) -> None:
    with archive(tmp_path) as kept:
        items = [kept.keep(answer(1)), kept.keep(answer(1)), kept.keep(miss(2))]
    digest = hashlib.sha256(PAGE + b"1").hexdigest()
    assert list(check(tmp_path)) == [
        (items[0].record, digest),
        (items[1].record, digest),
        (items[2].record, ""),
    ]


def test_a_file_that_was_pruned_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="is not in the archive") as refused:
        read_body(tmp_path, Record(file=FIRST, offset=0, length=10))
    assert "pruned" in refused.value.cure


# ---------------------------------------------------------------- no room, no right


FULL = """
import resource, sys
from pathlib import Path
from tests.archive.answers import answer
from wirecopy.archive import Archive
from wirecopy.errors import ArchiveError
import os
folder = Path(sys.argv[1])
kept = Archive(folder, software="wirecopy/test")
kept.keep(answer(1))
size = kept.end()[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 700, size + 700))
try:
    kept.keep(answer(2, body=os.urandom(5_000)))
except ArchiveError as error:
    print(error)
print(kept.end()[1] == size)
"""


def test_a_write_that_fits_only_in_part_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True
    )
    told, same = done.stdout.splitlines()
    assert "cannot grow" in told
    assert same == "True"
    kinds = [kind for kind, _, _ in read_by_warcio(tmp_path / (FIRST + ".open"))]
    assert kinds == ["warcinfo", "request", "response"]


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with archive(tmp_path) as kept:
        kept.keep(answer(1))
        full = os.open("/dev/full", os.O_WRONLY)  # every write: ENOSPC
        os.dup2(full, kept._fd)
        os.close(full)
        with pytest.raises(ArchiveError, match="the disk is full") as refused:
            kept.keep(answer(2))
        assert "Free some space" in refused.value.cure
        kept._fd = -1


def test_a_folder_without_the_right_to_write_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    for folder in tmp_path.parents[:2]:
        folder.chmod(0o755)
    root = os.geteuid() == 0
    if root:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        with pytest.raises(ArchiveError, match="read-only") as refused:
            archive(tmp_path)
    finally:
        if root:
            os.seteuid(0)
    assert "right" in refused.value.cure
