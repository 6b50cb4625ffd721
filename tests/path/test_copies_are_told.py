"""Why an article is told to be a copy: the share, the passages, and the words that are its own."""

from __future__ import annotations

from pathlib import Path

from tests.path.press import BRIDGE, FERRY, FERRY_TEXT, HOST, Press
from tests.web.paper import serving
from wirecopy.stages import address

COPY = f"http://{HOST}/ferry-again"
OWN_WORDS = "Our own reporter stood there and saw how angry they were."


async def test_a_copy_tells_its_passages_and_its_own_words(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.announce((FERRY, "Ferry stays in harbour"), (BRIDGE, "Old bridge to be rebuilt"))
        await press.run()
        press.announce((COPY, "Ferry does not sail"))
        press.write(COPY, "Ferry does not sail", (*FERRY_TEXT, OWN_WORDS))
        await press.run(hours=6)
    copy, first = address.article_id(COPY), address.article_id(FERRY)
    with serving(tmp_path, empty=True) as paper:
        told = paper.get(f"/api/articles/{copy}").json["copy_of"]
        (passage,) = told["passages"]
        assert passage["words"].startswith("The early ferry to Corran")
        assert passage["words"].endswith("waiting in the hall")
        assert told["words"] - told["shared"] == len(OWN_WORDS.split())
        assert paper.get(f"/api/articles/{first}").json["copy_of"] is None
        (origin,) = paper.get(f"/api/stories/{first}").json["origins"]
        assert origin["article"]["id"] == copy
        assert origin["repeats"]["id"] == first
        assert origin["own"] == len(OWN_WORDS.split())
        assert "Why a copy" in paper.get(f"/a/{copy}").body.decode()
        assert "Own words and others" in paper.get(f"/s/{first}").body.decode()
