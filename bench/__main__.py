"""`python -m bench NAME --data PATH [--out FILE] [--json FILE] [--peers a,b]`."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

from bench import Ask, CannotRun

NAMES = (
    "extraction",
    "metadata",
    "families",
    "feeds",
    "fuzz",
    "hostile",
    "grouping",
    "duplicates",
    "train-pages",
    "train-stories",
    "grouping-cost",
    "window",
    "pairs",
    "tongues",
    "sections",
    "train-sections",
    "train-page-type",
    "newspaper",
    "mutants",
    "faults",
    "pressure",
    "schedule",
    "fetch",
)
EXAMPLES = """\
examples:
  python -m bench extraction --data SETS/extraction
  python -m bench extraction --data SETS/extraction --peers trafilatura,goose3 --json table.json
  python -m bench extraction --data SETS/extraction --peers none --out predictions.jsonl

Programs to compare with are installed by `scripts/setup bench`. Speed is CPU time of one process:
trust ratios between programs of one run, not figures of two runs."""


def module_of(name: str) -> str:
    """`train-stories` stands in `train_stories.py`."""
    return name.replace("-", "_")


def available() -> list[str]:
    here = Path(__file__).parent
    return [name for name in NAMES if (here / f"{module_of(name)}.py").exists()]


def parser() -> argparse.ArgumentParser:
    """The command line; each benchmark is a sub-command with the same four flags."""
    whole = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure Wirecopy.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = whole.add_subparsers(dest="name", metavar="NAME", required=True)
    for name in available():
        module = importlib.import_module(f"bench.{module_of(name)}")
        about = (module.__doc__ or "").strip()
        one = names.add_parser(
            name,
            help=about.partition("\n")[0],
            description=about,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        one.add_argument(
            "--data",
            type=Path,
            action="append",
            metavar="PATH",
            help="the set to measure on; what trains takes several",
        )
        one.add_argument("--out", type=Path, metavar="FILE", help="write predictions here")
        one.add_argument("--json", type=Path, metavar="FILE", help="write the printed table here")
        one.add_argument(
            "--peers",
            metavar="a,b",
            help="whom to compare with; 'none' for nobody, everybody when left out",
        )
        if hasattr(module, "arguments"):
            module.arguments(one)
    return whole


def peers(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    return tuple(name for name in text.split(",") if name and name != "none")


def main(arguments: list[str] | None = None) -> int:
    """Run one benchmark; 0 when it ran, 2 when it could not."""
    asked = parser().parse_args(arguments)
    module = importlib.import_module(f"bench.{module_of(asked.name)}")
    sets = tuple(asked.data or ())
    ask = Ask(
        data=sets[-1] if sets else None,
        sets=sets,
        out=asked.out,
        peers=peers(asked.peers),
        more=asked,
    )
    try:
        table = module.run(ask)
    except CannotRun as error:
        print(error, file=sys.stderr)
        return 2
    if asked.json is not None:
        asked.json.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
