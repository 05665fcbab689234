"""Jobs: enqueued with their transaction, run once when due, tried again, kept by their lease."""

import threading
from contextlib import suppress

import pytest
from sqlalchemy import update

from blog_core.current import current_site
from blog_core.jobs.leasing import MAX_ATTEMPTS, RETRY_AFTER_S, BadJobArguments
from blog_core.jobs.running import UnknownJob
from blog_core.model import Job
from blog_core.site import SYSTEM


def test_a_job_is_run_with_its_arguments_in_its_blog(site):
    seen = []
    site.jobs.register("test.note", lambda of, given: seen.append((of, current_site(), given)))
    site.jobs.enqueue("test.note", {"post_id": 7})
    assert site.jobs.run_due() == 1
    assert seen == [(site, site, {"post_id": 7})]


def test_a_job_is_run_once(site, done):
    site.jobs.enqueue("test.note")
    assert [site.jobs.run_due(), site.jobs.run_due()] == [1, 0]
    assert len(done) == 1


def test_a_job_waits_for_its_time(site, done, clock):
    later = clock.now.replace(hour=13)
    site.jobs.enqueue("test.note", due_at=later)
    site.jobs.run_due()
    assert done == []
    clock.forward(hours=1)
    site.jobs.run_due()
    assert done == [{}]


def test_the_longest_due_comes_first_and_the_limit_holds(site, done, clock):
    for number in (3, 1, 2):
        due_at = clock.now.replace(minute=0, second=0, hour=number)
        site.jobs.enqueue("test.note", {"number": number}, due_at=due_at)
    assert site.jobs.run_due(limit=2) == 2
    assert [given["number"] for given in done] == [1, 2]


def test_a_job_goes_with_the_transaction_that_wanted_it(site, done):
    with suppress(ZeroDivisionError), site.transaction(SYSTEM):
        site.jobs.enqueue("test.note", {"in": "a transaction that fails"})
        raise ZeroDivisionError
    with site.transaction(SYSTEM):
        site.jobs.enqueue("test.note", {"in": "one that stands"})
    site.jobs.run_due()
    assert done == [{"in": "one that stands"}]


def test_a_unique_key_allows_one_waiting_job(site, done):
    assert site.jobs.enqueue("test.note", unique_key="once") is not None
    assert site.jobs.enqueue("test.note", unique_key="once") is None
    assert site.jobs.run_due() == 1
    assert site.jobs.enqueue("test.note", unique_key="once") is not None


def test_a_failed_job_is_tried_again_later_and_then_given_up(site, clock, rows):
    attempts = []

    def fail(site, arguments):
        attempts.append(clock.now)
        raise ZeroDivisionError("as always")

    site.jobs.register("test.fail", fail)
    site.jobs.enqueue("test.fail", unique_key="only")
    for attempt, wait_s in enumerate((0, *RETRY_AFTER_S), 1):
        clock.forward(seconds=wait_s)
        site.jobs.run_due()
        site.jobs.run_due()
        assert len(attempts) == attempt
    clock.forward(hours=12)
    site.jobs.run_due()
    assert len(attempts) == MAX_ATTEMPTS
    (row,) = rows("test.fail")
    assert (row["status"], row["unique_key"]) == ("failed", None)
    assert row["last_error"] == "ZeroDivisionError: as always"
    assert "1 job(s) failed for good" in site.jobs.health().text


def test_what_a_failed_attempt_wrote_in_its_transaction_is_gone(site, rows):
    def half(site, arguments):
        with site.transaction(SYSTEM):
            site.jobs.enqueue("test.note")
            raise ZeroDivisionError

    site.jobs.register("test.note", lambda site, arguments: None)
    site.jobs.register("test.half", half)
    site.jobs.enqueue("test.half")
    site.jobs.run_due()
    assert rows("test.note") == []


def test_a_job_of_a_lost_worker_is_taken_when_its_lease_has_ended(site, done, clock, rows):
    job_id = site.jobs.enqueue("test.note")
    leased_until = clock.now.replace(minute=1)
    lost = {"status": "running", "lease_owner": "gone", "lease_until": leased_until, "attempts": 1}
    with site.transaction(SYSTEM) as session:
        session.execute(update(Job).where(Job.id == job_id).values(**lost))
    assert site.jobs.run_due() == 0
    clock.forward(minutes=2)
    assert site.jobs.run_due() == 1
    assert rows("test.note")[0]["attempts"] == 2


def test_a_job_that_kills_every_worker_is_given_up(site, done, clock, rows):
    job_id = site.jobs.enqueue("test.note")
    lost = {"status": "running", "lease_owner": "gone", "lease_until": clock.now}
    with site.transaction(SYSTEM) as session:
        values = lost | {"attempts": MAX_ATTEMPTS}
        session.execute(update(Job).where(Job.id == job_id).values(**values))
    clock.forward(minutes=1)
    site.jobs.run_due()
    assert done == []
    assert rows("test.note")[0]["status"] == "failed"


def test_a_worker_that_lost_its_lease_does_not_overwrite_the_new_owner(site, clock, rows):
    def slow(site, arguments):
        stolen = {"lease_owner": "another", "attempts": 2}
        with site.transaction(SYSTEM) as session:
            session.execute(update(Job).where(Job.name == "test.slow").values(**stolen))

    site.jobs.register("test.slow", slow)
    site.jobs.enqueue("test.slow")
    site.jobs.run_due()
    (row,) = rows("test.slow")
    assert (row["status"], row["lease_owner"]) == ("running", "another")


def test_two_workers_at_once_run_each_job_once(site):
    ran, both = [], threading.Barrier(2, timeout=20)
    site.jobs.register("test.note", lambda site, given: ran.append(given["number"]))
    for number in range(20):
        site.jobs.enqueue("test.note", {"number": number})

    def work():
        both.wait()
        site.jobs.run_due()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(ran) == list(range(20))


def test_recurring_jobs_come_again(site, clock, rows):
    names = ("blog.prune_outbox", "blog.prune_jobs", "blog.prune_sessions")
    assert [[row["status"] for row in rows(name)] for name in names] == [["done", "waiting"]] * 3
    clock.forward(minutes=16)
    assert site.jobs.run_due() == 1


def test_a_job_nobody_knows_is_refused_with_the_names_that_are_known(site):
    with pytest.raises(UnknownJob, match=r"no job 'test.typo'; known are blog.mail, .*contribute"):
        site.jobs.enqueue("test.typo")


@pytest.mark.parametrize("arguments", [{"at": object()}, {"number": float("nan")}])
def test_arguments_that_are_not_json_are_refused(site, done, arguments):
    with pytest.raises(BadJobArguments, match=r"arguments of job 'test.note' are not JSON"):
        site.jobs.enqueue("test.note", arguments)


def test_a_queue_nobody_serves_is_a_finding(site, done, clock):
    assert site.jobs.health().status == "ok"
    site.jobs.enqueue("test.note")
    clock.forward(minutes=3)
    health = site.jobs.health()
    assert health.status == "degraded"
    assert "1 job(s) wait since 2026-11-24 12:00 UTC and nobody runs them" in health.text
    site.jobs.run_due()
    assert site.jobs.health().status == "ok"
