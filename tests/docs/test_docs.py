"""The docs cannot lie: links lead somewhere, commands exist, settings are read."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(
    [
        *DOCS.rglob("*.md"),
        *(ROOT / f"{n}.md" for n in ("README", "CONTRIBUTING", "SECURITY", "CHANGELOG")),
    ]
)

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?wirecopy\b(.*)$")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def each_page() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", PAGES, ids=name)


def anchors(page: Path) -> set[str]:
    """The anchors GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }


def commands(page: Path) -> Iterator[str]:
    """What follows `wirecopy` wherever a page shows it as a command."""
    text = page.read_text(encoding="utf-8")
    shown = [line.strip() for _, block in FENCE.findall(text) for line in block.splitlines()]
    shown += CODE_SPAN.findall(FENCE.sub("", text))
    for line in shown:
        if match := COMMAND.match(line.partition("  #")[0]):
            yield match[1].strip()


@each_page()
def test_every_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name(page)} links to {link}"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{name(page)} links to {link}"


def test_every_page_is_linked_from_the_index() -> None:
    index = DOCS / "index.md"
    linked = {(DOCS / link.partition("#")[0]).resolve() for link in LINK.findall(index.read_text())}
    assert sorted(name(page) for page in set(DOCS.rglob("*.md")) - linked - {index}) == []


@each_page()
def test_every_script_named_exists(page: Path) -> None:
    for script in re.findall(r"`(scripts/[\w-]+)", page.read_text(encoding="utf-8")):
        assert (ROOT / script).is_file(), f"{name(page)} names {script}"


@each_page()
def test_every_command_and_option_shown_exists(page: Path) -> None:
    if importlib.util.find_spec("wirecopy.cli") is None:
        pytest.skip("there is no command yet")
    import click

    from wirecopy.cli import main

    assert isinstance(main, click.Group)
    for shown in commands(page):
        words = shown.split()
        group_words = [word for word in words if not word.startswith("-")]
        if not group_words or not group_words[0].isalpha() or group_words[0].isupper():
            verb: click.Command = main  # `wirecopy --help`, `wirecopy VERB`
        else:
            assert group_words[0] in main.commands, f"{name(page)}: wirecopy {shown}"
            verb = main.commands[group_words[0]]
        known = {option for item in (main, verb) for p in item.params for option in p.opts}
        for word in words:
            option = word.partition("=")[0].strip("[]")
            if option.startswith("--") and option not in ("--help", "--version"):
                assert option in known, f"{name(page)}: wirecopy {shown}"


@each_page()
def test_settings_shown_are_settings_that_are_read(page: Path, tmp_path: Path) -> None:
    from wirecopy import config

    for number, (language, block) in enumerate(FENCE.findall(page.read_text(encoding="utf-8"))):
        if language == "toml":
            shown = tmp_path / f"{number}.toml"
            shown.write_text(block, encoding="utf-8")
            config.load(shown)


def test_the_architecture_page_numbers_the_steps_as_the_code_does() -> None:
    from wirecopy.pipeline import PATH

    page = (DOCS / "explanation" / "architecture.md").read_text(encoding="utf-8")
    assert re.findall(r"^### (\d+ .+)$", page, re.MULTILINE) == [stage.name for stage in PATH]
