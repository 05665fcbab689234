"""Made-up posts at size: counted right, spread unevenly, and continued where a run was stopped."""

from collections import Counter
from random import Random

import pytest
from sqlalchemy import func, select

from blog_core.content.check import check
from blog_core.content.publishing import publish
from blog_core.content.reading import post_page, posts
from blog_core.importing.bulk_rows import free_ids, insert_rows
from blog_core.importing.own_posts import own_posts
from blog_core.importing.seed import next_number, seed_blog
from blog_core.importing.seed_shares import Popular, comment_shares
from blog_core.model import Comment, Post, Tag
from blog_core.site import SYSTEM, Site


def quiet(_what: str, _done: int, _total: int) -> None:
    return None


def test_as_many_are_made_as_were_asked_for_and_all_counters_are_right(site: Site) -> None:
    made = seed_blog(site, posts=1_200, comments=3_000, on_progress=quiet)
    assert (made.posts, made.comments, made.total_posts) == (1_200, 3_000, 1_200)
    with site.transaction(SYSTEM) as session:
        statuses = Counter(session.scalars(select(Post.status)))
        comments = session.scalar(select(func.count()).select_from(Comment))
    assert statuses == {"published": 1_128, "draft": 48, "hidden": 12, "archived": 12}
    assert comments == 3_000
    assert check(site, repair=False) == []


def test_readers_see_made_up_posts_like_others(site: Site) -> None:
    seed_blog(site, posts=100, comments=500, on_progress=quiet)
    newest = posts(site, limit=5).rows
    assert len(newest) == 5
    busiest = max(posts(site, limit=100).rows, key=lambda row: row["comment_count"])
    page = post_page(site, busiest["slug"])
    assert len(page.comments) == busiest["comment_count"] > 0
    assert page.post["html"].startswith("<p>")
    assert page.post["tags"]
    assert page.post["authors"]


def test_an_editor_can_go_on_with_a_made_up_post(site: Site) -> None:
    seed_blog(site, posts=20, comments=0, on_progress=quiet)
    with site.transaction(SYSTEM) as session:
        draft = session.scalars(select(Post.id).where(Post.status != "published")).first()
        assert draft is not None
        publish(session, post_id=draft, version=None)
    assert len(list(own_posts(site))) == 20
    assert check(site, repair=False) == []


def test_a_run_that_was_stopped_is_continued(site: Site) -> None:
    def stop(_what: str, done: int, _total: int) -> None:
        if done >= 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seed_blog(site, posts=220, comments=900, on_progress=stop, batch_posts=50)
    assert next_number(site, 220) == 100
    assert check(site, repair=False) == []
    made = seed_blog(site, posts=220, comments=900, on_progress=quiet)
    assert made.posts == 120
    assert seed_blog(site, posts=220, comments=900, on_progress=quiet).posts == 0
    with site.transaction(SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(Post)) == 220
        assert session.scalar(select(func.count()).select_from(Comment)) == 900
    assert check(site, repair=False) == []


def test_posts_that_were_deleted_do_not_lead_astray(site: Site) -> None:
    seed_blog(site, posts=64, comments=0, on_progress=quiet)
    with site.transaction(SYSTEM) as session:
        for number in (31, 32, 47):
            post = session.scalars(select(Post).where(Post.source_key == f"seed:{number}")).one()
            session.delete(post)
    assert next_number(site, 100) == 64


def test_the_whole_cache_becomes_invalid(site: Site) -> None:
    stamp = site.changes.stamps.read(["of something that no post touches"])
    seed_blog(site, posts=10, comments=0, on_progress=quiet)
    assert site.changes.stamps.moved(stamp)


def test_the_same_number_gives_the_same_post(site: Site, other_site: Site) -> None:
    seed_blog(site, posts=30, comments=0, on_progress=quiet)
    first = {post.source_key: post.body for post in own_posts(site)}
    with other_site.activate():
        seed_blog(other_site, posts=30, comments=0, on_progress=quiet)
        assert {post.source_key: post.body for post in own_posts(other_site)} == first


def test_texts_with_everything_in_them_arrive_as_they_are(site: Site) -> None:
    odd = 'tab\there, line\nbreak, back\\slash, \\N, "quotes", ünïcode \u2028 \U0001f35e'
    with site.transaction(SYSTEM) as session:
        connection = session.connection()
        table = Tag.__table__
        (id_,) = free_ids(connection, table, 1)  # type: ignore[arg-type]
        columns = ("id", "slug", "name", "description", "post_count")
        insert_rows(connection, table, columns, [(id_, "odd", odd, odd, 0)])  # type: ignore[arg-type]
        assert session.scalars(select(Tag.description)).one() == odd
        with pytest.raises(KeyError, match="tag has no column 'nope'"):
            insert_rows(connection, table, ("nope",), [("x",)])  # type: ignore[arg-type]


def test_comments_are_shared_out_whole_and_unevenly() -> None:
    shares = comment_shares(1_000, 5_000, seed=1, may_have=lambda number: number % 2 == 0)
    each = [shares.of(number) for number in range(1_000)]
    assert sum(each) == 5_000
    assert all(each[number] == 0 for number in range(1, 1_000, 2))
    top = sum(sorted(each)[-100:])
    assert top > 2_500
    assert sum(1 for share in each if share == 0) > 500
    assert sum(comment_shares(5, 7, seed=1, may_have=lambda _n: False).of(n) for n in range(5)) == 0


def test_the_first_are_the_most_popular() -> None:
    chance = Random(1)
    drawn = Counter(Popular(range(10)).draw(chance) for _ in range(2_000))
    assert drawn[0] > drawn[3] > drawn[9] > 0
    assert len(set(Popular(range(3)).draw_some(chance, 50))) == 3
