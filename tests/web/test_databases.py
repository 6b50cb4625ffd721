"""The pages' questions give the same answers on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web import texts
from tests.web.paper import Paper, serving

ADDRESSES = (
    "/",
    "/section/world",
    f"/s/{texts.DAM}",
    f"/a/{texts.DAM_LEAD}",
    f"/a/{texts.DAM_LEAD}/versions",
    "/p/harbourpost.example",
    "/publishers",
    "/health",
    "/search?q=kestrel",
    "/about",
    "/feeds/publisher/valleyobserver.example.json",
    "/api/articles?limit=5",
    "/api/stories?limit=3",
)


def test_a_page_is_the_same_from_either_database(
    paper: Paper, database_url: str, tmp_path: Path
) -> None:
    with serving(tmp_path, url=database_url) as other:
        for address in ADDRESSES:
            # counts of reads differ: other tests read the shared newspaper
            ours = paper.get(address, User_Agent="curl/8").body.replace(paper.base.encode(), b"")
            theirs = other.get(address, User_Agent="curl/8").body.replace(other.base.encode(), b"")
            assert _still(ours) == _still(theirs), address


def _still(body: bytes) -> bytes:
    start = body.find(b'<span class="reads">')
    return body if start < 0 else body[:start] + body[body.index(b"</span>", start) :]


@pytest.mark.parametrize("address", ["/", "/section/world", "/health", "/api/edition", "/opml"])
def test_an_empty_newspaper_is_a_newspaper_all_the_same(nothing: Paper, address: str) -> None:
    assert nothing.get(address).status == 200


def test_an_empty_front_page_says_that_it_is_being_made(nothing: Paper) -> None:
    assert nothing.get("/").words("//div[@class='notice']/h2") == [
        "The first edition is being gathered"
    ]


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    with serving(tmp_path_factory.mktemp("nothing"), empty=True) as running:
        yield running
