"""The sample blog: complete, readable, and of the day on which it is made."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from blog_core.content.check import check
from blog_core.content.reading import months, post_page, posts
from blog_core.demo.draw import PICTURES
from blog_core.demo.load import CONTENT, DemoArchive, load_demo, read_people
from blog_core.importing.own_posts import own_posts
from blog_core.importing.post import ImportedPost
from blog_core.model import Account, Comment, Media
from blog_core.rendering import render_markdown
from blog_core.site import SYSTEM, Site
from tests.importing.conftest import site  # noqa: F401  the same blog on both databases

MAX_PICTURE_BYTES = 60_000


@pytest.fixture(scope="module")
def samples() -> list[ImportedPost]:
    people = read_people()
    from datetime import UTC, datetime, time

    return list(DemoArchive(datetime.combine(people.written_on, time(12), UTC), people.written_on))


def test_every_kind_of_post_is_among_the_samples(samples: list[ImportedPost]) -> None:
    statuses = [post.status for post in samples]
    assert len(samples) == 20
    assert (statuses.count("draft"), statuses.count("hidden")) == (2, 1)
    assert len({author.name for post in samples for author in post.authors}) == 2


def test_the_texts_show_what_a_blog_can_hold(samples: list[ImportedPost]) -> None:
    html = "\n".join(render_markdown(post.body).html for post in samples)
    for part in ("<table>", "footnotes", "task-list", "markdown-alert", "<figure>", "<s>",
                 "<blockquote>"):  # fmt: skip
        assert part in html
    languages = {"python", "sql", "html", "css", "bash", "http", "diff"}
    assert all(f"```{language}" in "\n".join(p.body for p in samples) for language in languages)


def test_the_texts_are_texts(samples: list[ImportedPost]) -> None:
    for post in samples:
        assert 140 <= render_markdown(post.body).words <= 700, post.slug
        assert post.excerpt


def test_every_picture_is_small_and_drawn_by_us(samples: list[ImportedPost]) -> None:
    pictures = {path.stem: path for path in (CONTENT / "images").glob("*.webp")}
    assert pictures.keys() == PICTURES.keys()
    assert all(path.stat().st_size < MAX_PICTURE_BYTES for path in pictures.values())
    shown = {image.file for post in samples for image in post.images}
    assert shown == set(pictures.values())


def test_the_sample_blog_is_made(site: Site) -> None:  # noqa: F811
    password = load_demo(site, admin_email="admin@example.com")
    shown = posts(site, limit=100).rows
    newest = shown[0]["publish_at"]
    assert len(shown) == 16
    assert timedelta(0) < site.clock() - newest < timedelta(days=14)
    coming = [post for post in own_posts(site) if post.publish_at > site.clock()]  # type: ignore[operator]
    assert [post.slug for post in coming] == ["a-week-without-javascript"]
    assert len(months(site)) > 5
    page = post_page(site, "caching-is-a-promise")
    assert [comment["author_name"] for comment in page.comments] == ["Sam", "Ines Marlow", "Noor"]
    assert "/media/" in page.post["html"]
    assert check(site, repair=False) == []
    with site.transaction(SYSTEM) as session:
        comments = list(session.scalars(select(Comment.status)))
        admin = session.execute(select(Account).where(Account.role == "admin")).scalar_one()
        bios = list(session.scalars(select(Account.bio).where(Account.bio != "")))
        pictures = list(session.scalars(select(Media.path)))
    assert (comments.count("pending"), comments.count("spam")) == (2, 1)
    assert site.access.passwords.matches(password, admin.password_hash)
    assert admin.must_change_password
    assert len(bios) == 2
    assert len(pictures) == 6
    assert all((Path(site.data_dir) / "media" / path).is_file() for path in pictures)
