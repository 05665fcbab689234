"""Housekeeping: what nobody needs any more goes, and nothing else."""

from datetime import timedelta

from sqlalchemy import func, insert, select

from blog_core.jobs.housekeeping import CHUNK_ROWS
from blog_core.model import Account, Comment, Job, LoginSession, Outbox, Post
from blog_core.model.rate_limit import RateLimit
from blog_core.ports import Query
from blog_core.site import SYSTEM


def count(site, table):
    return site.read(Query("count", select(func.count()).select_from(table)))[0]["count"]


def run(site, name):
    site.jobs.enqueue(name)
    assert site.jobs.run_due() >= 1


def test_rows_of_the_outbox_stay_for_an_hour(site, clock):
    now_s = int(clock.now.timestamp())
    old = {"cache_tag": "posts", "created_at_s": now_s - 3_601}
    with site.transaction(SYSTEM) as session:
        session.execute(insert(Outbox), [old] * (CHUNK_ROWS + 1))
        session.execute(insert(Outbox), [old | {"created_at_s": now_s - 3_599}])
    run(site, "blog.prune_outbox")
    assert count(site, Outbox) == 1


def test_done_jobs_stay_for_a_day(site, clock, done):
    site.jobs.enqueue("test.note")
    site.jobs.run_due()
    clock.forward(hours=23)
    run(site, "blog.prune_jobs")
    assert count(site, select(Job).where(Job.name == "test.note").subquery()) == 1
    clock.forward(hours=2)
    run(site, "blog.prune_jobs")
    assert count(site, select(Job).where(Job.name == "test.note").subquery()) == 0


def test_ended_sessions_and_spent_limits_go(site, clock):
    times = {"created_at": clock.now, "last_seen_at": clock.now, "account_id": 1}
    usual = {"user_agent": "", "address": ""}
    open_, ended = clock.now + timedelta(hours=1), clock.now - timedelta(hours=1)
    with site.transaction(SYSTEM) as session:
        at = {"created_at": clock.now, "updated_at": clock.now}
        session.add(Account(id=1, name="Ada", slug="ada", **at))
        session.flush()
        rows = [{"token_digest": n, "expires_at": at} for n, at in (("a", open_), ("b", ended))]
        session.execute(insert(LoginSession), [row | times | usual for row in rows])
        moments = [("busy", open_), ("free", ended)]
        limits = [{"key": key, "free_at_ms": int(at.timestamp() * 1000)} for key, at in moments]
        session.execute(insert(RateLimit), limits)
    run(site, "blog.prune_sessions")
    assert count(site, LoginSession) == 1
    assert count(site, RateLimit) == 1


def test_spam_goes_after_its_days_and_what_was_deleted_stays(site, clock):
    old, new = clock.now - timedelta(days=31), clock.now - timedelta(days=29)
    at = {"created_at": old, "updated_at": old}
    with site.transaction(SYSTEM) as session:
        session.add(Account(id=1, name="Ada", slug="ada", **at))
        session.flush()
        session.add(Post(id=1, slug="p", title="P", author_id=1, **at))
        session.flush()
        text = {"post_id": 1, "author_name": "Rea", "body": "x", "html": "x"}
        for status, when in (("spam", old), ("spam", new), ("deleted", old), ("pending", old)):
            session.add(Comment(status=status, created_at=when, **text))
    run(site, "blog.prune_spam")
    kept = site.read(Query("kept", select(Comment.status).order_by(Comment.id)))
    assert [row["status"] for row in kept] == ["spam", "deleted", "pending"]
