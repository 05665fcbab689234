"""The bench counts fairly: in turns, by medians, and only what kept the server busy."""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from bench.blog import SITE_URL, sample_blog
from bench.declare import Benchmark, Comparison, Goal, Metric, Prepare, Sample, at_least, at_most
from bench.declare import benchmark as declare
from bench.handwritten import handwritten_app
from bench.load import LoadError, family, parse
from bench.rows.pages import SOMEBODY
from bench.runner import Row, run
from bench.table import as_text, number
from blog_core import create_app

REPORT = """Running 3s test @ http://127.0.0.1:8000/
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.06ms  415.19us  15.40ms   94.01%
    Req/Sec     7.81k   356.03     8.33k    80.00%
  Latency Distribution
     50%    2.01ms
     99%    3.42ms
  23320 requests in 3.00s, 3.87MB read
{trouble}Requests/sec:   7766.11
Transfer/sec:      1.29MB
"""


def rows_of(prepare: Prepare, *metrics: Metric, repeats: int = 3) -> list[Row]:
    from contextlib import contextmanager

    made = Benchmark("pages", metrics, repeats, contextmanager(prepare))
    return list(run(made, repeats=None, progress=lambda text: None))


def test_the_sides_are_measured_in_turns_and_compared_with_their_neighbour() -> None:
    order = count(1)

    def growing() -> Iterator[Comparison]:
        def measure() -> Sample:
            return Sample((float(next(order)),))

        yield Comparison(measure, measure)

    row = rows_of(growing, Metric("time", "ms"))[0]
    assert row.ours_samples == (1.0, 3.0, 5.0)
    assert row.others_samples == (2.0, 4.0, 6.0)
    assert row.ratio == pytest.approx(3 / 4)


def test_the_hand_written_home_page_is_that_of_the_blog() -> None:
    with sample_blog() as sample:
        others = handwritten_app(sample.config).test_client().get("/").text
        app = create_app(sample.config)
        assert app.test_client().get("/", base_url=SITE_URL, headers=SOMEBODY).text == others
        app.extensions["blog"]["blog"].ports.executor.close()


@pytest.mark.parametrize(
    "goal, verdict", [(at_least(0.5), "met"), (at_least(0.51), "MISSED"), (at_most(0.4), "MISSED")]
)
def test_the_goal_is_held_against_the_ratio(goal: Goal, verdict: str) -> None:
    def halves() -> Iterator[Comparison]:
        yield Comparison(lambda: Sample((1.0,)), lambda: Sample((2.0,)))

    assert [row.verdict for row in rows_of(halves, Metric("time", "ms", goal))] == [verdict]


def test_without_others_the_goal_is_held_against_our_own_value() -> None:
    def alone() -> Iterator[Comparison]:
        yield Comparison(lambda: Sample((0.0,)))

    row = rows_of(alone, Metric("stale answers", "", at_most(0)))[0]
    assert (row.ours, row.others, row.ratio, row.verdict) == (0.0, None, None, "met")


def test_a_row_does_not_count_when_the_server_waited_for_its_client() -> None:
    def idle() -> Iterator[Comparison]:
        yield Comparison(lambda: Sample((9.0,), busy=0.4), lambda: Sample((1.0,), busy=0.5))

    assert rows_of(idle, Metric("speed", "1/s", at_least(1)))[0].verdict == "no: server 45% busy"


def test_a_benchmark_that_fails_is_one_row_and_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> Iterator[Comparison]:
        yield Comparison(lambda: Sample((1 / int("0"),)))

    row = rows_of(broken, Metric("time", "ms"))[0]
    assert (row.verdict, row.note) == ("ERROR", "division by zero")
    assert "Traceback" in capsys.readouterr().err


def test_two_benchmarks_of_one_name_are_refused() -> None:
    def empty() -> Iterator[Comparison]:
        yield Comparison(lambda: Sample(()))

    declare("of this test")(empty)
    with pytest.raises(ValueError, match="Two benchmarks are called 'of this test'"):
        declare("of this test")(empty)


def test_the_table_is_aligned() -> None:
    row = Row("page", "time", "ms", 1234.5, 2.0, 617.25, "<= 1", "MISSED", "one core")
    assert as_text([row]) == (
        "what         ours  others  unit  ratio  goal          note\n"
        "----------  -----  ------  ----  -----  ----  ------  --------\n"
        "page: time  1,234       2  ms      617  <= 1  MISSED  one core"
    )


@pytest.mark.parametrize(
    "value, text", [(None, "-"), (0.00123, "0.00123"), (99.94, "99.9"), (45123.6, "45,124")]
)
def test_numbers_have_three_digits_that_count(value: float | None, text: str) -> None:
    assert number(value) == text


def test_the_report_of_wrk_is_read() -> None:
    load = parse(REPORT.format(trouble=""), server_cpu_s=2.915, seconds=3.0)
    assert (load.requests, load.requests_per_s, load.p99_ms) == (23320, 7766.11, 3.42)
    assert load.cpu_us_per_request == pytest.approx(125.0)
    assert load.busy == pytest.approx(0.97, abs=0.01)


@pytest.mark.parametrize(
    "trouble",
    ["  Non-2xx or 3xx responses: 7\n", "  Socket errors: connect 0, read 3, write 0, timeout 0\n"],
)
def test_a_load_with_errors_is_no_measurement(trouble: str) -> None:
    with pytest.raises(LoadError, match=r"did not serve everything: (Non-2xx|Socket errors)"):
        parse(REPORT.format(trouble=trouble), server_cpu_s=1.0, seconds=3.0)


def test_the_children_of_a_server_are_counted_with_it() -> None:
    shell = "sleep 30 & echo $!; wait"
    with subprocess.Popen(["/bin/sh", "-c", shell], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert family(process.pid) == {process.pid, child}
        subprocess.run(["kill", str(child)], check=True)


def test_the_bench_lists_its_benchmarks_and_writes_its_result(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench", "--json", str(tmp_path / "out.json")]
    listed = subprocess.run([*command, "--list"], check=True, capture_output=True, text=True)
    assert "import" in listed.stdout.splitlines()
    subprocess.run([*command, "import", "--repeats", "1"], check=True, capture_output=True)
    result = json.loads((tmp_path / "out.json").read_text())
    assert result["configuration"]["cores"]
    assert result["rows"][0]["others"] > 0


def test_an_unknown_benchmark_is_answered_with_the_known_ones() -> None:
    command = [sys.executable, "-m", "bench", "nonsense"]
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    assert answer.returncode == 2
    assert answer.stdout.startswith("No benchmark is called nonsense. There are: ")
    assert " import" in answer.stdout
