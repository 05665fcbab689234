"""`Jobs`: enqueue work in one's own transaction, run what is due, say how the queue is."""

import logging
import secrets
import socket
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from os import getpid
from typing import TYPE_CHECKING, Any
from weakref import ref

from sqlalchemy import and_, case, func, select

from blog_core.errors import BlogError
from blog_core.jobs import leasing
from blog_core.jobs.heartbeat import Heartbeat
from blog_core.jobs.housekeeping import HOUSEKEEPING
from blog_core.jobs.leasing import MAX_ATTEMPTS, Leased, finish, give_back
from blog_core.jobs.mail import MAIL_JOB, deliver
from blog_core.jobs.runner import Runner
from blog_core.model import Job
from blog_core.ports import Query
from blog_core.site import SYSTEM, Health

if TYPE_CHECKING:
    from blog_core.site import Site

JobFunction = Callable[["Site", Mapping[str, Any]], None]
"""Does a job. It may run twice when a worker dies in between, so it must bear that."""

UNSERVED_AFTER = timedelta(minutes=2)

log = logging.getLogger("blog.jobs")


class UnknownJob(BlogError):
    """A job of a name that nothing here can run."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(
            f"There is no job {name!r}; known are {', '.join(known)}. Register it with "
            f"`contribute.job({name!r}, function)`, or correct the name."
        )


class Jobs:
    """The jobs of one blog."""

    def __init__(self) -> None:
        self._functions: dict[str, JobFunction] = {}
        self._every: dict[str, timedelta] = {}
        self._planned = False
        self._runner: Runner | None = None
        self._owner = f"{socket.gethostname()}:{getpid()}:{secrets.token_hex(4)}"[:100]

    def bind(self, site: "Site") -> None:
        """Know the blog, its plugins' jobs and the core's own."""
        self._site = ref(site)
        self.register(MAIL_JOB, deliver)
        for name, function, every in HOUSEKEEPING:
            self.register(name, function, every=every)
        for item in site.host.contributions.jobs:
            self.register(item.name, item.function, every=item.every)

    @property
    def site(self) -> "Site":
        """The blog whose jobs these are."""
        site = self._site()
        assert site is not None  # noqa: S101 - the site holds us
        return site

    def register(self, name: str, function: JobFunction, *, every: timedelta | None = None) -> None:
        """`function(site, arguments)` runs jobs of this name; with `every`, again and again."""
        self._functions[name] = function
        if every is not None:
            self._every[name] = every
            self._planned = False

    def enqueue(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        due_at: datetime | None = None,
        unique_key: str | None = None,
    ) -> int | None:
        """Have a job done at `due_at` (now); its id.

        It is part of the transaction under way here, if there is one: a rollback takes it back.
        With `unique_key` nothing happens (None) while a job with this key waits or runs.
        """
        if name not in self._functions:
            raise UnknownJob(name, sorted(self._functions))
        now = self.site.clock()
        with self.site.changes.transaction(SYSTEM) as session:
            return leasing.put(
                session,
                name,
                arguments or {},
                now=now,
                due_at=due_at or now,
                unique_key=unique_key,
            )

    def run_due(self, limit: int = 100) -> int:
        """Run jobs that are due, at most `limit`, one after the other; how many were run."""
        self._plan()
        count = 0
        while count < limit and (self._runner is None or not self._runner.is_stopping):
            job = self._take()
            if job is None:
                break
            self._run(job)
            count += 1
        return count

    def _plan(self) -> None:
        """See that each recurring job is in the queue."""
        if not self._planned:
            for name in self._every:
                self.enqueue(name, unique_key=f"every:{name}")
            self._planned = True

    def _take(self) -> Leased | None:
        now, names = self.site.clock(), sorted(self._functions)
        if not self.site.read(leasing.any_due(now, names)):
            return None
        with self.site.changes.transaction(SYSTEM) as session:
            return leasing.take(session, now=now, names=names, owner=self._owner)

    def _run(self, job: Leased) -> None:
        if job.attempts > MAX_ATTEMPTS:
            reason = f"The process that ran it died {MAX_ATTEMPTS} times."
            self._end(job, lambda session, now: give_back(session, job, reason, now=now))
            return
        try:
            with Heartbeat(lambda: self._keep(job)), self.site.activate():
                self._functions[job.name](self.site, job.arguments)
        except Exception as error:  # noqa: BLE001 - a job may fail in any way; it is tried again
            log.warning("Job %s %s failed, attempt %d: %s", job.name, job.id, job.attempts, error)
            reason = f"{type(error).__name__}: {error}"
            self._end(job, lambda session, now: give_back(session, job, reason, now=now))
        else:
            self._end(job, lambda session, now: finish(session, job, now=now))

    def _keep(self, job: Leased) -> bool:
        with self.site.changes.transaction(SYSTEM) as session:
            return leasing.keep(session, job, now=self.site.clock())

    def _end(self, job: Leased, end: Callable[[Any, datetime], bool]) -> None:
        now = self.site.clock()
        with self.site.changes.transaction(SYSTEM) as session:
            if not end(session, now):
                log.warning("Job %s %s took longer than its lease.", job.name, job.id)
                return
            if job.name in self._every:
                again = {"due_at": now + self._every[job.name], "unique_key": f"every:{job.name}"}
                leasing.put(session, job.name, {}, now=now, **again)  # type: ignore[arg-type]

    def start_runner(self, owner: str = "") -> None:
        """Run jobs in a thread of this process while no other process of the host does."""
        if self._runner is None:
            self._owner = owner or self._owner
            lock = self.site.data_dir / "run" / "locks" / "jobs"
            self._runner = Runner(self.run_due, lock)
            self._runner.start()

    def stop_runner(self, within_s: float = 10.0) -> bool:
        """Finish the job under way and stop; False when it is not over `within_s` seconds later."""
        runner, self._runner = self._runner, None
        return runner is None or runner.stop(within_s)

    def health(self) -> Health:
        """Whether somebody serves the queue, and what failed."""
        now = self.site.clock()
        (row,) = self.site.read(_state(now))
        if row.unserved:
            text = f"{row.unserved} job(s) wait since {row.since:%Y-%m-%d %H:%M} UTC and nobody "
            text += "runs them. Start `blog serve` or `blog worker`, or run `blog worker --once` "
            return Health("jobs", "degraded", text + "from cron.")
        if row.failed:
            text = f"{row.failed} job(s) failed for good in the last day, last: {row.error}"
            return Health("jobs", "degraded", text)
        return Health("jobs", "ok", "Jobs are run when they are due.")


def _state(now: datetime) -> Query:
    late = and_(Job.status == "waiting", Job.due_at < now - UNSERVED_AFTER)
    failed = and_(Job.status == "failed", Job.finished_at > now - timedelta(days=1))
    return Query(
        "jobs.state",
        select(
            func.count(case((late, 1))).label("unserved"),
            func.min(case((late, Job.due_at))).label("since"),
            func.count(case((failed, 1))).label("failed"),
            func.max(case((failed, Job.last_error))).label("error"),
        ).where(Job.status.in_(("waiting", "failed"))),
    )
