"""Many at once: nothing is lost, nothing is doubled, nobody sees a database's error."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from blog_core.content import desk, reading
from blog_core.content.check import check
from blog_core.content.comments import add_comment, moderate
from blog_core.content.publishing import hide, publish
from blog_core.content.revisions import save_revision
from blog_core.content.tags import ensure_tags
from blog_core.content.text import PostText
from blog_core.errors import Conflict
from blog_core.model import Revision

THREADS = 6


@pytest.fixture
def together(site):
    """`together(work)` runs `work(number)` in several threads at once; their results."""

    def run(work):
        barrier = threading.Barrier(THREADS)

        def one(number):
            with site.activate():
                barrier.wait(10)
                return work(number)

        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(one, range(THREADS)))

    return run


def test_no_save_overwrites_another(site, people, draft, together):
    post = draft(people.editor)

    def save_ten(number):
        accepted = 0
        for step in range(10):
            version = desk.post(site, people.editor, post.post_id).row["version"]
            text = PostText(title="T", body=f"{number}.{step}")
            try:
                with site.transaction(people.editor) as session:
                    save_revision(session, post_id=post.post_id, version=version, text=text)
                accepted += 1
            except Conflict:
                continue
        return accepted

    accepted = sum(together(save_ten))
    row = desk.post(site, people.editor, post.post_id).row
    with site.transaction() as session:
        revisions = session.scalar(select(func.count()).select_from(Revision))
    assert (row["version"], row["head_number"], revisions) == (accepted + 1,) * 3


def test_the_same_version_is_published_by_one_of_many(site, people, draft, together):
    post = draft(people.editor, tags=("x",))

    def try_to_publish(_number):
        try:
            with site.transaction(people.editor) as session:
                publish(session, post_id=post.post_id, version=1)
        except Conflict:
            return 0
        return 1

    assert sum(together(try_to_publish)) == 1
    assert check(site, repair=False) == []


def test_equal_titles_and_new_tags_at_once_get_addresses_of_their_own(
    site, people, draft, together
):
    def create_four(number):
        return [
            draft(people.author, title="Same", tags=("new", f"own{number}")).slug for _ in range(4)
        ]

    slugs = [slug for some in together(create_four) for slug in some]
    assert len(set(slugs)) == 4 * THREADS
    with site.transaction() as session:
        assert len(ensure_tags(session, ("new",))) == 1


def test_counters_are_right_after_a_crowd(site, people, published, comment, together):
    posts = [published(people.author, title=f"P{n}", tags=("a", "b", "c")) for n in range(3)]
    waiting = [comment(post.post_id, held=True).id for post in posts for _ in range(4)]

    def work(number):
        for turn in range(6):
            post = posts[(number + turn) % 3]
            with site.transaction(people.stranger) as session:
                add_comment(
                    session, post_id=post.post_id, body="x", author_name="R", held=bool(turn % 2)
                )
            with site.transaction(people.editor) as session:
                status = ("approved", "spam")[(number + turn) % 2]
                moderate(session, comment_id=waiting[(number * turn) % 12], status=status)

    together(work)
    assert check(site, repair=False) == []


def test_posts_of_the_same_tags_come_and_go_at_once(site, people, published, together):
    posts = [published(people.author, title=f"P{n}", tags=("a", "b")) for n in range(THREADS)]

    def come_and_go(number):
        for _ in range(5):
            for move in (hide, publish):
                with site.transaction(people.editor) as session:
                    move(session, post_id=posts[number].post_id, version=None)

    together(come_and_go)
    assert check(site, repair=False) == []
    assert {tag["posts"] for tag in reading.tags(site)} == {THREADS}
