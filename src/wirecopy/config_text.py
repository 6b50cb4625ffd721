"""Writing into `wirecopy.toml`: text is added, what stands there stays byte for byte.

The starter file is `data/starter.toml`. Publishers are written as blocks of their own; a feed of
a publisher that is there already goes to the end of its block. Every change is read back before
it replaces the file, so that a mistake of ours cannot spoil an operator's settings.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from wirecopy import config
from wirecopy.config_keys import contact as read_contact
from wirecopy.config_keys import domain as read_domain
from wirecopy.config_keys import lines_of_keys
from wirecopy.errors import ConfigError
from wirecopy.model import Feed, Publisher
from wirecopy.stages.address import feed_key

_CONTACT = re.compile(r"^# contact = .*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What an addition did: feeds that are new, and those that stood there already."""

    feeds: tuple[Feed, ...]
    known: tuple[Feed, ...]
    publishers: int  # new ones


def starter(contact: str = "") -> str:
    """The commented starter file, with the operator's contact when there is one."""
    text = resources.files("wirecopy").joinpath("data/starter.toml").read_text("utf-8")
    if not contact:
        return text
    line = f"contact = {quoted(read_contact(contact))}"
    return _CONTACT.sub(lambda _: line, text, count=1)


def write_new(path: Path, text: str) -> None:
    """Write a file that must not exist yet; ConfigError when it does or cannot be written."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ConfigError(
            f"{path} exists already; it was left as it is.",
            cure="Move it away, or name another with --settings.",
        ) from error
    except OSError as error:
        raise unwritable(path, error) from error


def add(path: Path, publishers: Sequence[Publisher], note: str) -> Added:
    """Add publishers and feeds to a settings file; what is known already is left out.

    `note` is the comment above what is added. Raises SettingsError when the file is wrong before,
    ConfigError when it cannot be written.
    """
    settings = config.load(path)
    known = {feed_key(feed.url) for publisher in settings.publishers for feed in publisher.feeds}
    known_ids = {name: p.id for p in settings.publishers for name in p.domains}
    text = path.read_text("utf-8")
    new: list[Feed] = []
    old: list[Feed] = []
    blocks: list[str] = []
    for publisher in publishers:
        fresh = [feed for feed in publisher.feeds if feed_key(feed.url) not in known]
        old += [feed for feed in publisher.feeds if feed_key(feed.url) in known]
        known |= {feed_key(feed.url) for feed in fresh}
        new += fresh
        if publisher.id in known_ids and fresh:
            rows = "".join(feed_rows(feed) for feed in fresh)
            text = _into_block(text, known_ids[publisher.id], f"# {note}\n{rows}")
        elif fresh:
            blocks.append(publisher_block(publisher, fresh))
    if blocks:
        gap = "" if text.endswith("\n") or not text else "\n"
        text += f"{gap}\n# {note}\n" + "\n".join(blocks)
    if new:
        _replace(path, text)
    return Added(feeds=tuple(new), known=tuple(old), publishers=len(blocks))


def publisher_block(publisher: Publisher, feeds: Sequence[Feed]) -> str:
    """A `[[publisher]]` block; its basis is always "none": evidence is the operator's to give."""
    rows = [
        "[[publisher]]",
        f"name = {quoted(publisher.name)}",
        f"domain = {quoted(publisher.id)}",
    ]
    if publisher.home and publisher.home != f"https://{publisher.id}/":
        rows.append(f"home = {quoted(publisher.home)}")
    if publisher.country:
        rows.append(f"country = {quoted(publisher.country)}")
    if publisher.language:
        rows.append(f"language = {quoted(publisher.language)}")
    rows.append('basis = "none"')
    return "\n".join(rows) + "\n" + "".join(feed_rows(feed) for feed in feeds)


def feed_rows(feed: Feed) -> str:
    given = {name: getattr(feed, name) for name in ("url", "section", "language", "listed_in")}
    rows = [f"{name} = {quoted(value)}" for name, value in given.items() if value]
    return "\n".join(["[[publisher.feed]]", *rows]) + "\n"


def quoted(text: str) -> str:
    """A TOML basic string on one line. JSON's escapes are TOML's (TOML 1.0, String)."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return json.dumps(line, ensure_ascii=False)


def unwritable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"{path} cannot be written ({error.strerror or error}).",
        cure="Give yourself the right to write there, or choose another folder.",
    )


def _into_block(text: str, domain: str, addition: str) -> str:
    """Put feed rows at the end of the block of a publisher that is in the file."""
    lines = text.splitlines(keepends=True)
    starts = sorted(at for key, at in lines_of_keys(text).items() if _is_top_header(key))
    place = next((line for line, found in _domains(text) if found == domain), 0)
    if not place:
        raise ConfigError(
            f"{domain} stands in the settings in a way that could not be found again.",
            cure="Add its feed by hand, below the publisher's [[publisher]].",
        )
    end = next((at - 1 for at in starts if at > place), len(lines))
    # Comments above the next block belong to that block.
    while end > 0 and re.match(r"\s*(#.*)?$", lines[end - 1]):
        end -= 1
    if lines and not lines[end - 1].endswith("\n"):
        lines[end - 1] += "\n"
    return "".join([*lines[:end], addition, *lines[end:]])


def _is_top_header(key: str) -> bool:
    return "." not in key and key.split("[")[0] in {
        "publisher",
        "site",
        "gather",
        "stories",
        "storage",
        "takedown",
    }


def _domains(text: str) -> list[tuple[int, str]]:
    """Lines that name a publisher's domain, with the domain in our form."""
    found = []
    for key, line in lines_of_keys(text).items():
        if re.fullmatch(r"publisher\[\d+\]\.domain", key):
            value = re.search(r"=\s*[\"']([^\"']*)[\"']", text.splitlines()[line - 1])
            if value:
                found.append((line, read_domain(value[1])))
    return found


def _replace(path: Path, text: str) -> None:
    """Put a new text in the file's place at once, after it was read back without a mistake."""
    target = path.resolve()
    try:
        mode = target.stat().st_mode & 0o777
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise unwritable(path, error) from error
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        wrong = config.mistakes(draft)
        if wrong:
            raise ConfigError(
                f"{path} was left as it is: the addition would not be right ({wrong[0].message})",
                cure="Add the publisher by hand.",
            )
        draft.chmod(mode)
        draft.replace(target)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        draft.unlink(missing_ok=True)
