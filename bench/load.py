"""HTTP load by wrk, and what it cost the server: CPU time read from the system's process table."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.declare import Sample
from dev import apt_install

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


class LoadError(Exception):
    """The load could not be made, or the server refused part of it."""


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw, and the servers' CPU time during it."""

    requests: int
    requests_per_s: float
    p99_ms: float
    server_cpu_s: float
    seconds: float

    @property
    def cpu_us_per_request(self) -> float:
        """The server's CPU time of one request, all its processes together."""
        return self.server_cpu_s / self.requests * 1e6

    @property
    def busy(self) -> float:
        """How many cores the server used."""
        return self.server_cpu_s / self.seconds

    def sample(self) -> Sample:
        """Requests a second and CPU microseconds a request, in this order."""
        return Sample((self.requests_per_s, self.cpu_us_per_request), busy=self.busy)


def load(
    url: str,
    server_pids: Sequence[int],
    *,
    seconds: int = 3,
    connections: int = 16,
    headers: Mapping[str, str] | None = None,
) -> Load:
    """Ask for one address as fast as the server answers; anything but 2xx and 3xx is an error."""
    command = [wrk(), "--latency", "-t1", f"-c{connections}", f"-d{seconds}s"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    before, began = cpu_s(server_pids), time.monotonic()
    report = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    return parse(report, cpu_s(server_pids) - before, time.monotonic() - began)


def parse(report: str, server_cpu_s: float, seconds: float) -> Load:
    """Read wrk's report."""
    refused = re.search(r"Non-2xx.*|Socket errors: connect.*", report)
    if refused:
        raise LoadError(f"The server did not serve everything: {refused[0]}")
    return Load(
        requests=int(_figure(r"(\d+) requests in", report)),
        requests_per_s=float(_figure(r"Requests/sec:\s+([\d.]+)", report)),
        p99_ms=_milliseconds(_figure(r"99%\s+([\d.]+[a-z]+)", report)),
        server_cpu_s=server_cpu_s,
        seconds=seconds,
    )


def wrk() -> str:
    """The path of wrk, installed when it is missing and that is allowed."""
    found = shutil.which("wrk")
    if found is None:
        apt_install("wrk")
    return found or "wrk"


def cpu_s(pids: Sequence[int]) -> float:
    """CPU time that processes and all their children have used, ended ones included."""
    return sum(_own_cpu_s(member) for pid in pids for member in family(pid))


def family(pid: int) -> set[int]:
    """A process and everything that descends from it."""
    parents = {int(path.name): _parent(path) for path in Path("/proc").glob("[0-9]*")}
    found, grown = {pid}, True
    while grown:
        children = {child for child, parent in parents.items() if parent in found} - found
        found |= children
        grown = bool(children)
    return found


def _fields(process: Path) -> list[str]:
    # The name stands in brackets and may hold anything, blanks and brackets too.
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _parent(process: Path) -> int:
    fields = _fields(process)
    return int(fields[1]) if fields else 0


def _own_cpu_s(pid: int) -> float:
    # utime, stime, and the same of children that were waited for
    return sum(map(int, _fields(Path(f"/proc/{pid}"))[11:15])) * TICK_S


def _figure(pattern: str, report: str) -> str:
    found = re.search(pattern, report)
    if found is None:
        raise LoadError(f"wrk said something unexpected:\n{report}")
    return found[1]


def _milliseconds(text: str) -> float:
    units = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
    figure, unit = re.fullmatch(r"([\d.]+)([a-z]+)", text).groups()  # type: ignore[union-attr]
    return float(figure) * units[unit]
