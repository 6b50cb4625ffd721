"""The shape of the house: who may know whom, and which door leads where.

When one of these objects, look for the decision that wandered into an edge, or the edge that
wandered into a decision, before the table is changed.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SRC = ROOT / "src" / "wirecopy"

# Rooms, from the inside out. A room is a module or a package; `fetch_x.py` belongs to `fetch`.
NOUNS = "model errors"
SURROUNDINGS = f"{NOUNS} clock log progress files config stages"
STEPS = "recording announcing publishing"
RECORDS = f"{SURROUNDINGS} engine archive store images newsroom withdrawing {STEPS}"
RUNS = f"{RECORDS} fetch pipeline recorder"

# Room -> the rooms it may know, besides itself.
MAY_KNOW = {
    # the language
    "model": "",
    "errors": "model",
    # decisions: values in, values out
    "stages": NOUNS,
    # doings: each the only door to its part of the world
    "clock": "",
    "files": NOUNS,
    "decoders": NOUNS,
    "robots": NOUNS,
    "dial": NOUNS,
    "fetch": f"{NOUNS} clock decoders robots dial",
    "archive": NOUNS,
    "store": NOUNS,
    "images": NOUNS,
    "engine": "errors",  # knows no news: not even the nouns
    "progress": NOUNS,
    "log": NOUNS,
    "config": f"{NOUNS} stages files",
    "opml": f"{NOUNS} stages config",
    # the path: recording never fetches
    "newsroom": RECORDS,
    "withdrawing": RECORDS,
    "recording": RECORDS,
    "announcing": RECORDS,
    "publishing": RECORDS,
    "reapplying": RECORDS,
    "pruning": RECORDS,
    "pipeline": f"{RECORDS} fetch robots",
    "recorder": f"{RECORDS} fetch pipeline",
    "warm": f"{RECORDS} fetch pipeline",
    "replay": f"{RECORDS} pipeline recorder",  # from the archive alone
    "recalling": f"{RECORDS} fetch",
    "errands": f"{RUNS} dial",
    "gather": f"{RUNS} dial errands recalling replay reapplying pruning",
    # the edges: nobody here is known by what stands above
    "trail": f"{RECORDS} pipeline",
    "verifying": f"{RECORDS} pipeline replay",
    "web": f"{SURROUNDINGS} archive store opml",  # reads, never fetches
    "serving": f"{SURROUNDINGS} archive store opml web",
    "webprocess": SURROUNDINGS,
    "demo": f"{RUNS} dial errands replay gather webprocess",
    "cli": "*",
    "__main__": "cli",
}

# Library -> the only modules that may import it, and why.
DOORS = {
    "aiohttp": (
        "fetch dial demo.player",
        "the network has one door, and the player serves behind it",
    ),
    "isal": ("archive", "the archive has one door"),
    "trafilatura": ("stages.rescue", "a second opinion, asked for in one module"),
    "protego": ("robots", "robots.txt is read in one place"),
    "alembic": ("store", "the store has one door"),
    "sqlite3": ("store web.reads", "the store has one door; reads are counted beside it"),
    "psycopg": ("store", "the store has one door"),
}

# What no stage may import: a stage decides, and leaves the doing to others.
DOINGS = {
    *("aiohttp", "alembic", "asyncio", "concurrent", "fastapi", "glob", "http", "isal"),
    *("jinja2", "logging", "multiprocessing", "os", "pathlib", "psutil", "psycopg", "random"),
    *("requests", "rich", "secrets", "shutil", "signal", "socket", "sqlalchemy", "sqlite3"),
    *("ssl", "starlette", "structlog", "subprocess", "tempfile", "threading", "urllib.request"),
    *("urllib.robotparser", "uvicorn"),
}
EXCUSED = {("stages.rescue", "logging")}  # it silences trafilatura
CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"),
    *("time.time_ns", "time.monotonic", "time.sleep", "time.localtime", "time.gmtime"),
}
UNSAYING_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common"}
LONGEST = 450  # lines
LONGER = {"model": 600}  # one list of nouns, and one place to look for them


def modules() -> list[Path]:
    return sorted(path for path in SRC.rglob("*.py") if "migrations" not in path.parts)


def dotted(path: Path) -> str:
    """`src/wirecopy/stages/read.py` -> "stages.read"; a package's own file is the package."""
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def room(module: str) -> str:
    """The room a module belongs to: "stages.read" -> "stages", "fetch_queue" -> "fetch"."""
    head = module.partition(".")[0]
    return head if head in MAY_KNOW else head.partition("_")[0]


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything a module imports, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{source}.{name.name}") for name in node.names)


def name_of(node: ast.expr) -> str:
    """The dotted name of an attribute or a name; "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return ""


def calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, name_of(node.func)


def within(name: str, libraries: set[str]) -> bool:
    return any(name == library or name.startswith(library + ".") for library in libraries)


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=lambda p: dotted(p) or "wirecopy")


@each(modules())
def test_imports_point_inwards(path: Path) -> None:
    module = dotted(path)
    if not module:  # the package itself: it holds a version and knows nobody
        assert [
            name for _, name in imports(ast.parse(path.read_text())) if "wirecopy" in name
        ] == []
        return
    here = room(module)
    assert here in MAY_KNOW, f"{module} is new: give it a line in MAY_KNOW"
    allowed = {here, *MAY_KNOW[here].split()}
    for line, name in imports(ast.parse(path.read_text(encoding="utf-8"))):
        where = f"{path.relative_to(ROOT)}:{line}"
        assert not name.startswith("."), f"{where} imports by dots; say wirecopy.{here}... in full"
        if not name.startswith("wirecopy.") or name == "wirecopy.__version__":
            continue
        there = room(name.removeprefix("wirecopy."))
        assert "*" in allowed or there in allowed, (
            f"{where}: {here} must not know {there}; it may know {', '.join(sorted(allowed))}"
        )


@each(modules())
def test_each_library_has_its_door(path: Path) -> None:
    module = dotted(path)
    for line, name in imports(ast.parse(path.read_text(encoding="utf-8"))):
        for library, (doors, why) in DOORS.items():
            if within(name, {library}):
                assert any(
                    module == door or module.startswith((door + ".", door + "_"))
                    for door in doors.split()
                ), f"{path.relative_to(ROOT)}:{line}: {library} belongs to {doors}: {why}"


@each(modules())
def test_statements_are_built_in_the_store(path: Path) -> None:
    if room(dotted(path)) == "store":
        return
    taken = [
        name for _, name in imports(ast.parse(path.read_text())) if within(name, {"sqlalchemy"})
    ]
    assert set(taken) <= {"sqlalchemy.Connection"}, f"{dotted(path)} builds SQL outside store/"


@each([path for path in modules() if room(dotted(path)) == "stages"])
def test_a_stage_decides_and_does_nothing(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for line, name in imports(tree):
        if (dotted(path), name) in EXCUSED:
            continue
        assert not within(name, DOINGS), f"{path.name}:{line}: {name} is for doing; a stage decides"
    for line, name in calls(tree):
        where = f"{path.name}:{line}: {name}()"
        assert name != "open", f"{where}: a stage is given bytes, it opens nothing"
        assert not any(name.endswith(clock) for clock in CLOCKS), f"{where}: time is an argument"


@each(modules())
def test_a_module_is_a_subject_of_readable_length(path: Path) -> None:
    assert path.stem not in UNSAYING_NAMES, "a name that says nothing; find the subject"
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGER.get(dotted(path), LONGEST), (
        f"{dotted(path)} has {lines} lines: split it by idea"
    )


def test_the_table_names_no_room_that_is_gone() -> None:
    known = {room(dotted(path)) for path in modules()} | {"__main__"}
    assert sorted(set(MAY_KNOW) - known) == []


# Written in two parts, so that this file passes its own test.
HOSTS = re.compile(
    "|".join(
        ("pypi" r"\.org", "python" r"hosted\.org", "npm" r"js\.(org|com)", "deb" r"\.debian\.org")
    )
)
MACHINE_PATHS = re.compile(r"(?<![\w.:/*-])/(?:work|home|root|Users|tmp/w)" r"/\w")


def repository_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    files = repository_files()
    if not files:
        pytest.skip("not a git checkout")
    found = []
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # a picture or a font; or deleted and not committed yet
        for pattern in (HOSTS, MACHINE_PATHS):
            if match := pattern.search(text):
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{path.relative_to(ROOT)}:{line}: {match[0]}")
    assert found == []
