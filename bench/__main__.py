"""`python -m bench [NAME ...]`: run the benchmarks whose name contains one of the words."""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import bench.rows
from bench.declare import REGISTERED, Benchmark
from bench.machine import configuration
from bench.runner import Row, run
from bench.table import as_text, write_json

RESULT = Path("build/bench.json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the JSON; 1 when a benchmark failed (or missed, if asked)."""
    options = parser().parse_args(arguments)
    if options.posts:
        os.environ["BENCH_POSTS"] = str(options.posts)
    find_benchmarks()
    if options.list:
        print("\n".join(REGISTERED))
        return 0
    chosen = choose(options.names)
    if not chosen:
        print(f"No benchmark is called {' or '.join(options.names)}. There are:", *REGISTERED)
        return 2
    conditions = configuration()
    rows = [row for one in chosen for row in run(one, repeats=options.repeats, progress=progress)]
    progress("")
    report(conditions, rows, options.json)
    bad = {"ERROR", "MISSED"} if options.strict else {"ERROR"}
    return int(any(row.verdict in bad for row in rows))


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    made.add_argument("names", nargs="*", metavar="NAME")
    made.add_argument("--list", action="store_true", help="only say what there is")
    made.add_argument(
        "--repeats", type=int, help="measurements of each side (each row has its own)"
    )
    made.add_argument("--posts", type=int, help="the larger archive of `db growth` (1000000)")
    made.add_argument("--strict", action="store_true", help="a missed goal is a failure")
    made.add_argument("--json", type=Path, default=RESULT, help=f"the result's file ({RESULT})")
    return made


def find_benchmarks() -> None:
    """Import every file of bench/rows, which registers what is in it."""
    for module in pkgutil.iter_modules(bench.rows.__path__, "bench.rows."):
        importlib.import_module(module.name)


def choose(names: Sequence[str]) -> list[Benchmark]:
    """The benchmarks whose name contains one of `names`; all of them for none."""
    wanted = [name.lower() for name in names] or [""]
    return [one for one in REGISTERED.values() if any(word in one.name.lower() for word in wanted)]


def progress(text: str) -> None:
    """One line that is written over and over, for people only."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def report(conditions: Mapping[str, str], rows: Sequence[Row], file: Path) -> None:
    """Print the configuration and the table, and write both as JSON."""
    print("\n".join(f"{name}: {value}" for name, value in conditions.items()), end="\n\n")
    print(as_text(rows))
    write_json(file, conditions, rows)
    print(f"\nEvery measurement stands in {file}.")


if __name__ == "__main__":
    sys.exit(main())
