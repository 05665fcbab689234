"""Loading a stage: three strategies near and far, with slow loaders, a hung one, and warm."""

import contextlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psycopg2
from sqlalchemy import URL, make_url

from bench.declare import Comparison, Metric, Prepare, Sample, at_most, benchmark
from bench.slow_link import slow_link
from blog_core.api import Site, StageCheck, hookimpl
from blog_core.testing.services import PostgresServer
from blog_core.testing.trial import TrialBlog
from plugins.workflow import load_stage_data
from plugins.workflow.loading import StageLoading
from plugins.workflow.loading.strategies import STRATEGIES
from plugins.workflow.own import own_stages
from plugins.workflow.saving import save_stage

STAGE_ID = "work.text"
LOADS = 30
SLOW_S = 0.01
"""What a slow loader takes: a service in the same city."""

HANG_S = 0.1
"""The deadline that a hung loader meets."""

DEADLINE_S = 5.0
_SOON = 20.0


class Loaders:
    """A plugin with slow loaders, and one that hangs until it is let go."""

    name = "loaders"

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def hang(self, site: Site, post_id: int) -> Mapping[str, object]:
        """Come back when the measurement is over."""
        self.let_go.wait()
        return {}

    @hookimpl
    def blog_contribute(self, contribute: Any) -> None:
        """Four slow ones and the hung one."""
        for number in range(4):
            contribute.stage_check(StageCheck(f"slow{number}", f"Slow {number}", slow))
        contribute.stage_check(StageCheck("hung", "Hung", self.hang, timeout_s=HANG_S))


def slow(_site: Site, _post_id: int) -> Mapping[str, object]:
    """Wait, as for a service elsewhere."""
    time.sleep(SLOW_S)
    return {"findings": []}


def definition(checks: list[str]) -> str:
    """A workflow of one sub-stage with twelve fields and these checks."""
    fields = ", ".join(f'{{ name = "f{n}", title = "Field {n}" }}' for n in range(12))
    return (
        f'version = 1\n[[stage]]\nname = "work"\ntitle = "Work"\n[[stage.part]]\nname = "text"\n'
        f'title = "Text"\nfields = [{fields}]\nchecks = {checks}\n'
    )


@contextlib.contextmanager
def blog_at(
    database_url: str, checks: list[str], *, plugins: tuple[str, ...] = ("db_opt",)
) -> Iterator[tuple[TrialBlog, int, Loaders]]:
    """A blog on this database whose post has a stage with twelve fields and fifteen changes."""
    loaders = Loaders()
    with tempfile.TemporaryDirectory(prefix="blog-bench-") as name:
        folder = Path(name)
        (folder / "work.toml").write_text(definition(checks))
        workflow = {
            "definitions": {"work": str(folder / "work.toml")},
            "default": "work",
            "deadline_s": DEADLINE_S,
        }
        names = [*plugins, "workflow", loaders]
        blog = TrialBlog(folder, database_url=database_url, plugins=names, workflow=workflow)
        try:
            with blog.site.activate():
                post_id = blog.post("A post", published=False)
                _write(blog.site, post_id)
                yield blog, post_id, loaders
        finally:
            loaders.let_go.set()
            blog.close()


def _write(site: Site, post_id: int) -> None:
    for version in range(15):
        changed = range(12) if version == 0 else [version % 12]
        values: dict[str, object] = {f"f{n}": f"Text {n} of version {version}" for n in changed}
        with site.transaction() as session:
            save_stage(session, post_id=post_id, stage_id=STAGE_ID, version=version, fields=values)


def median_ms(call: Callable[[], object], count: int = LOADS) -> float:
    """The median time of a call; the first is not counted."""
    call()
    times = []
    for _ in range(count):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1_000)
    return median(times)


def _loads(delay_ms: float, slow_loaders: int) -> Prepare:
    def prepare() -> Iterator[Comparison]:
        with PostgresServer.start() as server:
            near = make_url(server.create_database())
            with slow_link(near.port or 5432, delay_ms) as port:
                url = near.set(port=port).render_as_string(hide_password=False)
                checks = [f"slow{number}" for number in range(slow_loaders)]
                with blog_at(url, checks) as (blog, post_id, _):
                    yield _compared(blog, post_id)

    return prepare


def _compared(blog: TrialBlog, post_id: int) -> Comparison:
    own, site = own_stages(blog.site).loading, blog.site
    ways = [
        StageLoading(own.executor, own.catalogue, own.checks, own.pool, strategy, DEADLINE_S)
        for strategy in STRATEGIES
    ]

    def ours() -> Sample:
        return Sample(tuple(median_ms(partial(_whole, way, site, post_id)) for way in ways))

    def others() -> Sample:
        # A connection of its own: SQLAlchemy's AUTOCOMMIT leaves its mark on one of the pool's.
        with contextlib.closing(psycopg2.connect(_dsn(blog.engine.url))) as held:
            held.autocommit = True
            with held.cursor() as cursor:
                one_ms = median_ms(lambda: _one(cursor))
        return Sample((one_ms,) * len(ways))

    return Comparison(ours, others, note="against SELECT 1 on a held autocommit connection")


def _dsn(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _one(cursor: Any) -> None:
    cursor.execute("SELECT 1")
    cursor.fetchone()


def _whole(way: StageLoading, site: Site, post_id: int) -> None:
    stage = way.load(site, post_id, STAGE_ID)
    if not stage["complete"]:
        raise RuntimeError(f"a part is missing: {stage['errors']}")


for _delay_ms in (0, 1, 5):
    for _slow in (0, 1, 4):
        # The goal is for the database's part: a slow loader takes its own time.
        _goal = at_most(1.3) if _delay_ms == 5 and not _slow else None
        benchmark(
            f"workflow load, {_delay_ms} ms away, {_slow} slow loaders",
            *(
                Metric(strategy, "ms", _goal if strategy == "single" else None)
                for strategy in STRATEGIES
            ),
            repeats=3,
        )(_loads(_delay_ms, _slow))


@benchmark("workflow load, a loader that hangs", Metric("answer", "ms", at_most(1.05)), repeats=9)
def hung_loader() -> Iterator[Comparison]:
    """The stage without its hung part, against waiting the same deadline and loading without it."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(PostgresServer.start())
        hung = stack.enter_context(blog_at(server.create_database(), ["hung"]))
        usual = stack.enter_context(blog_at(server.create_database(), []))

        def ours() -> Sample:
            blog, post_id, loaders = hung
            pool = own_stages(blog.site).loading.pool
            loaders.let_go.clear()
            began = time.perf_counter()
            stage = own_stages(blog.site).load(post_id, STAGE_ID)
            took_ms = (time.perf_counter() - began) * 1_000
            if "longer than" not in str(stage["errors"]):
                raise RuntimeError(f"the loader did not hang: {stage['errors']}")
            loaders.let_go.set()
            until = time.monotonic() + _SOON
            while pool.is_hanging("hung") and time.monotonic() < until:
                time.sleep(0.001)
            return Sample((took_ms,))

        def others() -> Sample:
            blog, post_id, _ = usual
            began = time.perf_counter()
            threading.Event().wait(HANG_S)
            own_stages(blog.site).load(post_id, STAGE_ID)
            return Sample(((time.perf_counter() - began) * 1_000,))

        yield Comparison(ours, others, note=f"deadline {HANG_S * 1000:.0f} ms")


@benchmark("workflow load, warm", Metric("load", "ms"), repeats=5)
def warm_load() -> Iterator[Comparison]:
    """A stage that the cache holds, against SELECT 1 on a held autocommit connection."""
    with (
        PostgresServer.start() as server,
        blog_at(server.create_database(), [], plugins=("db_opt", "cache")) as (blog, post_id, _),
    ):
        blog.site.changes.relay.look_now()
        compared = _compared(blog, post_id)
        with blog.site.activate():
            load_stage_data(post_id, STAGE_ID)

        def ours() -> Sample:
            return Sample((median_ms(lambda: load_stage_data(post_id, STAGE_ID), 2_000),))

        def others() -> Sample:
            assert compared.others is not None
            return Sample(compared.others().values[:1])

        yield Comparison(ours, others, note="against SELECT 1 on a held autocommit connection")
