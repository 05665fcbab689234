"""The real archive: 509 posts of ten years, with every habit that ten years bring."""

import re
from pathlib import Path

import pytest

from blog_core.content.check import check
from blog_core.importing.archive import Archive, ReadOptions
from blog_core.importing.export import export_posts
from blog_core.importing.load import import_archive
from blog_core.importing.own_posts import export_blog, own_posts
from blog_core.importing.post import ImportedPost
from blog_core.importing.template_tags import Outcome
from blog_core.rendering import render_markdown
from blog_core.site import Site
from tests.importing.conftest import NOW

pytestmark = pytest.mark.archive


@pytest.fixture(scope="module")
def archive(archive_dir: Path) -> Archive:
    return Archive(archive_dir, ReadOptions(now=NOW))


@pytest.fixture(scope="module")
def posts(archive: Archive) -> list[ImportedPost]:
    return list(archive)


def test_every_post_is_read_and_none_is_lost(
    archive: Archive, posts: list[ImportedPost], archive_dir: Path
) -> None:
    assert {post.source_key for post in posts} == {path.name for path in archive_dir.glob("*.md")}
    assert len(posts) == 509
    assert archive.report.faults == []
    assert archive.report.skipped == []


def test_every_post_has_what_a_post_needs(posts: list[ImportedPost]) -> None:
    assert len({post.slug for post in posts}) == 509
    for post in posts:
        assert post.title
        assert post.body.strip()
        assert post.authors
        assert post.publish_at is not None
        assert 2014 <= post.publish_at.year <= 2025
        assert post.redirects
        assert post.publish_at.date().isoformat()[:7] in post.redirects[0].replace("/", "-") or (
            post.source_key[:7] in post.redirects[0].replace("/", "-")
        )


def test_links_between_posts_lead_to_posts(posts: list[ImportedPost]) -> None:
    known = {path.rstrip("/") for post in posts for path in post.redirects}
    links = [
        link.rstrip("/")
        for post in posts
        for link in re.findall(r"\]\(\s*(/20\d\d/\d\d/\d\d/[\w.-]+/?)\s*\)", post.body)
    ]
    lost = [link for link in links if link not in known]
    assert len(links) > 400
    assert len(lost) <= len(links) // 50, lost


def test_the_report_is_sane(archive: Archive, posts: list[ImportedPost]) -> None:
    converted = archive.report.tag_totals(Outcome.CONVERTED)
    assert converted["image"] == 344
    assert converted["image_with_class"] == 72
    assert converted["include"] == 22
    assert converted["| url"] == 780
    assert archive.report.tag_totals(Outcome.KEPT) == {}
    assert archive.report.unknown_keys["tumblr_url"] == 27
    assert len(list(archive.report.lines())) < 20


def test_no_template_tag_is_left_outside_code(posts: list[ImportedPost]) -> None:
    for post in posts:
        prose = re.sub(r"^```.*?^```|(`+)[^`\n]*\1", "", post.body, flags=re.DOTALL | re.MULTILINE)
        if "oracle" not in post.slug and "jekyll" not in post.slug:
            assert not re.search(r"\{%|\{\{", prose), post.source_key


def test_every_post_can_be_rendered(posts: list[ImportedPost]) -> None:
    for post in posts:
        rendered = render_markdown(post.body)
        assert not rendered.fell_back
        assert rendered.words > 0, post.source_key


def test_export_and_import_again_make_no_difference(
    posts: list[ImportedPost], tmp_path: Path
) -> None:
    export_posts(posts, tmp_path / "out")
    again = Archive(tmp_path / "out", ReadOptions(now=NOW))
    assert {post.source_key: post for post in again} == {post.source_key: post for post in posts}
    assert again.report.faults == []


def test_the_archive_goes_through_a_blog_without_a_difference(
    site: Site, archive_dir: Path, posts: list[ImportedPost], tmp_path: Path
) -> None:
    def quiet(_what: str, _done: int, _total: int) -> None:
        return None

    archive = Archive(archive_dir, ReadOptions(now=NOW))
    result = import_archive(site, archive, on_progress=quiet)
    assert result.counts == {"created": 509, "unchanged": 0}
    assert all(not put.lost_redirects and not put.refusal for put in result.posts)
    assert check(site, repair=False) == []
    kept = {post.source_key: post for post in own_posts(site)}
    for post in posts:
        found = kept[post.source_key]
        assert (found.title, found.slug, found.body) == (post.title, post.slug, post.body)
        assert (found.publish_at, found.status) == (post.publish_at, post.status)
        assert [author.name for author in found.authors] == [each.name for each in post.authors]
        assert (found.tags, found.redirects) == (post.tags, tuple(sorted(post.redirects)))
    export_blog(site, tmp_path / "out", on_progress=quiet)
    exported = Archive(tmp_path / "out", ReadOptions(now=NOW))
    assert {post.source_key: post for post in exported} == kept
    assert import_archive(site, exported, on_progress=quiet).counts == {"unchanged": 509}
