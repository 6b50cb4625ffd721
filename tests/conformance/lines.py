"""The conformance lists as data, and the tests that answer to them.

`lines.tsv` holds what a well-behaved fetcher does (F01 to F60) and what hostile or broken
publishers send (H01 to H48). A test answers to the ids its name begins with: `test_f21_...`,
`test_h18_h19_...`. `missing.txt` names the lines without a test yet; it only ever gets shorter.
"""

from __future__ import annotations

import ast
import csv
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent

_IDS = re.compile(r"test_((?:[fh]\d\d_)+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the lists."""

    id: str  # "F01" ... "H48"
    part: str  # "parsing" or "fetching"
    given: str  # Markdown, as are the following
    expect: str
    note: str  # where we do otherwise, and why


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A test function that answers to one or more lines."""

    __test__ = False  # not to be collected by pytest

    path: Path  # under tests/
    name: str
    ids: tuple[str, ...]

    @property
    def fact(self) -> str:
        """What the name says, in words."""
        return _IDS.sub("", self.name).replace("_", " ")


def lines() -> list[Line]:
    """Every line, in the order of the lists."""
    with (HERE / "lines.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Line(**row) for row in rows]


def missing() -> set[str]:
    """The ids of lines that no test answers to yet."""
    return set((HERE / "missing.txt").read_text("utf-8").split())


def answering() -> list[Test]:
    """Every test whose name begins with the id of a line."""
    found = []
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                match = _IDS.match(node.name)
                if match is not None:
                    ids = tuple(match[1].upper().strip("_").split("_"))
                    found.append(Test(path=path.relative_to(TESTS), name=node.name, ids=ids))
    return found
