"""The reference is current, and leaves no setting, verb or error out."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

from wirecopy import config, config_tables, errors
from wirecopy.cli import main

ROOT = Path(__file__).parent.parent.parent
REFERENCE = ROOT / "docs" / "reference"


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


def rows(text: str) -> list[str]:
    """The first cells of every table's rows, in code marks."""
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def test_the_pages_are_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "generate-reference", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_every_setting_is_in_the_reference() -> None:
    shown = rows(page("settings"))

    for table in (config.Site, config.Gather, config.Stories, config.Storage, config.Takedown):
        for field in dataclasses.fields(table):
            assert field.name in shown


def test_the_tables_and_the_values_have_the_same_keys() -> None:
    pairs = (
        (config.Site, config_tables.SITE),
        (config.Gather, config_tables.GATHER),
        (config.Stories, config_tables.STORIES),
        (config.Storage, config_tables.STORAGE),
        (config.Takedown, config_tables.TAKEDOWN),
    )
    for values, keys in pairs:
        assert [field.name for field in dataclasses.fields(values)] == [key.name for key in keys]


def test_every_setting_with_a_size_has_its_unit_in_its_name() -> None:
    for keys in (config_tables.SITE, config_tables.GATHER, config_tables.STORAGE):
        for key in keys:
            if "number" in key.kind and key.name != "port":
                assert re.search(r"_(seconds|days|mb|gb)$", key.name), key.name


def test_every_verb_is_in_the_reference() -> None:
    shown = re.findall(r"^## `wirecopy (\w+)`", page("verbs"), re.MULTILINE)

    assert shown == [
        *("init", "add", "check", "import", "export"),
        *("up", "run", "serve", "demo"),
        *("show", "verify", "replay"),
        *("move", "split", "merge"),
    ]
    assert shown == list(main.commands)


def test_every_option_is_in_the_reference() -> None:
    text = page("verbs")

    for verb in main.commands.values():
        for parameter in verb.params:
            for option in parameter.opts:
                if option.startswith("--") and not getattr(parameter, "hidden", False):
                    assert option in text


def test_every_error_is_in_the_reference_and_in_the_outline() -> None:
    shown = rows(page("errors"))
    classes = [
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.WirecopyError)
    ]
    outline = re.findall(r"^ *([A-Z]\w+)(?:  |$)", errors.__doc__ or "", re.MULTILINE)

    assert sorted(shown) == sorted(classes)
    assert sorted(outline) == sorted(classes)


def test_every_exit_code_of_an_error_is_explained() -> None:
    codes = re.findall(r"^\| (\d+) \|", page("verbs"), re.MULTILINE)

    assert codes == ["0", "1", "2", "3", "130"]
    for error in (errors.SourceError, errors.ConfigError, errors.StoreError, errors.ArchiveError):
        assert str(error.exit_code) in codes


def test_every_endpoint_and_feed_is_in_the_reference() -> None:
    shown = page("api")

    for path in ("edition", "articles", "stories", "publishers", "sources", "search"):
        assert f"## `GET /api/{path}`" in shown
    for feed in ("front", "section/KEY", "story/ID", "publisher/ID"):
        assert f"| `/feeds/{feed}` |" in shown
