"""An archive in the database: whole or not at all, and the same however often it is imported."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from blog_core.cache_tags import EVERYTHING
from blog_core.content.check import check
from blog_core.content.posts import create_post
from blog_core.content.publishing import publish
from blog_core.content.reading import moved, post_page, posts
from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.errors import NotFound
from blog_core.importing.archive import Archive, ReadOptions
from blog_core.importing.errors import ImportRefused
from blog_core.importing.load import ImportResult, import_archive
from blog_core.importing.own_posts import export_blog, own_posts
from blog_core.model import Account, Media, Outbox, Post, Redirect, Revision
from blog_core.site import SYSTEM, Site

Write = Callable[[dict[str, str | bytes]], Path]
RYE = "---\ntitle: Rye\ndate: 2026-02-03\nauthor: Ada\ntags: [rye]\n---\n\n*Bread*, slowly.\n"


def quiet(_what: str, _done: int, _total: int) -> None:
    return None


def load(site: Site, folder: Path, **options: Any) -> ImportResult:
    skip_broken = options.pop("skip_broken", False)
    archive = Archive(folder, ReadOptions(now=site.clock(), **options))
    return import_archive(site, archive, skip_broken=skip_broken, on_progress=quiet)


def count(site: Site, table: Any) -> int:
    with site.transaction(SYSTEM) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def png(colour: str) -> bytes:
    data = BytesIO()
    Image.new("RGB", (20, 10), colour).save(data, "PNG")
    return data.getvalue()


def test_a_post_is_there_with_all_that_its_file_says(site: Site, write: Write) -> None:
    folder = write(
        {
            "2026-02-03-rye.md": (
                "---\ntitle: Rye\ndate: 2026-02-03T10:00:00Z\nlastmod: 2026-02-05\n"
                "authors: [Ada, Grace]\ntags: [rye, slow]\naliases: [/old-rye/]\n"
                "summary: On rye.\nmood: calm\ncomments: false\n---\n\n*Bread*, slowly.\n"
            )
        }
    )
    result = load(site, folder)
    page = post_page(site, "rye").post
    assert result.counts["created"] == 1
    assert page["title"] == "Rye"
    assert page["html"] == "<p><em>Bread</em>, slowly.</p>\n"
    assert page["excerpt"] == "On rye."
    assert page["publish_at"].isoformat() == "2026-02-03T10:00:00+00:00"
    assert page["updated_at"].isoformat() == "2026-02-05T00:00:00+00:00"
    assert [author["name"] for author in page["authors"]] == ["Ada", "Grace"]
    assert sorted(tag["name"] for tag in page["tags"]) == ["rye", "slow"]
    assert page["comments_open"] is False
    with site.transaction(SYSTEM) as session:
        assert session.scalar(select(Post.extra)) == {"mood": "calm"}
    for path in ("/old-rye/", "/2026/02/03/rye/"):
        found = moved(site, path)
        assert found is not None
        assert found.slug == "rye"
    assert check(site, repair=False) == []


def test_drafts_scheduled_and_hidden_posts_are_seen_by_nobody(site: Site, write: Write) -> None:
    folder = write(
        {
            "a.md": "---\ntitle: a\ndraft: true\n---\n",
            "b.md": "---\ntitle: b\ndate: 2199-01-01\n---\n",
            "c.md": "---\ntitle: c\ndate: 2020-01-01\nstatus: hidden\n---\n",
            "d.md": "---\ntitle: d\ndate: 2020-01-01\n---\n",
        }
    )
    load(site, folder)
    assert [post["slug"] for post in posts(site, limit=10).rows] == ["d"]
    for slug in "abc":
        with pytest.raises(NotFound):
            post_page(site, slug)
    assert {post.slug: post.status for post in own_posts(site)} == {
        "a": "draft", "b": "published", "c": "hidden", "d": "published",
    }  # fmt: skip


def test_an_import_that_is_run_again_changes_nothing(site: Site, write: Write) -> None:
    folder = write({"2026-02-03-rye.md": RYE, "x.md": "---\ntitle: x\ndraft: true\n---\n"})
    load(site, folder)
    before = list(own_posts(site)), count(site, Revision)
    result = load(site, folder)
    assert dict(result.counts) == {"unchanged": 2}
    assert (list(own_posts(site)), count(site, Revision)) == before
    assert count(site, Post) == 2


def test_a_file_that_changed_changes_its_post(site: Site, write: Write) -> None:
    load(site, write({"2026-02-03-rye.md": RYE}))
    result = load(site, write({"2026-02-03-rye.md": RYE.replace("slowly", "very slowly")}))
    assert dict(result.counts) == {"updated": 1, "unchanged": 0}
    assert "very slowly" in post_page(site, "rye").post["html"]
    assert count(site, Revision) == 2
    assert check(site, repair=False) == []


def test_a_post_that_was_edited_here_is_left_alone(site: Site, write: Write) -> None:
    load(site, write({"2026-02-03-rye.md": RYE}))
    with site.transaction(SYSTEM) as session:
        post_id = session.scalars(select(Post.id)).one()
        mine = PostText(title="Rye", body="My own words.", tags=("rye",))
        saved = save_revision(session, post_id=post_id, version=None, text=mine)
        publish(session, post_id=post_id, version=saved.version)
    result = load(site, write({"2026-02-03-rye.md": RYE.replace("slowly", "very slowly")}))
    assert result.counts["edited_here"] == 1
    assert "1 posts were edited here since and left alone:" in list(result.lines())
    assert "My own words." in post_page(site, "rye").post["html"]


def test_a_broken_file_refuses_the_whole_import(site: Site, write: Write) -> None:
    folder = write({"2026-02-03-rye.md": RYE, "b.md": "---\ntitle: b\ntitle: c\n---\n"})
    with pytest.raises(ImportRefused) as raised:
        load(site, folder)
    assert "b.md, line 3: found the key 'title' a second time" in str(raised.value)
    assert "Nothing was changed" in str(raised.value)
    assert count(site, Post) == 0
    assert load(site, folder, skip_broken=True).counts["created"] == 1


def test_an_interrupted_import_leaves_nothing(site: Site, write: Write) -> None:
    files: dict[str, str | bytes] = {
        f"{n:03}.md": RYE.replace("Rye", f"Rye {n}") + "![a](a.png)" for n in range(150)
    }
    folder = write({**files, "a.png": png("red")})
    archive = Archive(folder, ReadOptions(now=site.clock()))

    def interrupt(what: str, done: int, _total: int) -> None:
        if what == "writing" and done >= 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_archive(site, archive, on_progress=interrupt)
    for table in (Post, Revision, Redirect, Account, Media):
        assert count(site, table) == 0
    media = site.data_dir / "media"
    assert [path for path in media.rglob("*") if path.is_file()] == []
    assert load(site, folder).counts["created"] == 150
    assert check(site, repair=False) == []


def test_the_whole_cache_becomes_invalid_once(site: Site, write: Write) -> None:
    stamp = site.changes.stamps.read(["of something that no post touches"])
    load(site, write({f"{n}.md": RYE for n in range(20)}))
    assert site.changes.stamps.moved(stamp)
    with site.transaction(SYSTEM) as session:
        assert list(session.scalars(select(Outbox.cache_tag))) == [EVERYTHING]


def test_images_go_into_the_library_and_texts_show_them_there(site: Site, write: Write) -> None:
    body = (
        "![Loaf](loaf.png 'A loaf') [big](loaf.png) <img src='loaf.png'> ![gone](gone.png)\n\n"
        "```\n![Loaf](loaf.png)\n```\n\n![x](bad.png)\n"
    )
    folder = write(
        {
            "rye/index.md": f"---\ntitle: Rye\ndate: 2026-02-03\nimage: loaf.png\n---\n{body}",
            "rye/loaf.png": png("red"),
            "rye/bad.png": b"no image",
        }
    )
    result = load(site, folder)
    with site.transaction(SYSTEM) as session:
        path = session.scalars(select(Media.path)).one()
    (post,) = own_posts(site)
    address = f"/media/{path}"
    assert (site.data_dir / "media" / path).read_bytes().startswith(b"\x89PNG")
    assert post.image == address
    assert post.body == (
        f"![Loaf]({address} 'A loaf') [big]({address}) <img src='{address}'> ![gone](gone.png)\n\n"
        "```\n![Loaf](loaf.png)\n```\n\n![x](bad.png)\n"
    )
    assert result.images == 1
    lines = list(result.lines())
    assert "1 images without a file in the archive: gone.png 1." in lines
    assert any("rye/index.md: bad.png: file: found a file that is no readable" in x for x in lines)
    assert load(site, folder).counts == {"unchanged": 1}


def test_a_lead_image_without_a_file_becomes_an_extra(site: Site, write: Write) -> None:
    load(site, write({"rye.md": "---\ntitle: Rye\ndate: 2026-02-03\nimage: /gone.png\n---\nText"}))
    (post,) = own_posts(site)
    assert post.image is None
    assert post.extra == {"image": "/gone.png"}


def test_what_was_exported_is_imported_into_another_blog(
    site: Site, other_site: Site, write: Write, tmp_path: Path
) -> None:
    folder = write(
        {
            "rye/index.md": RYE.replace("---\n\n", "image: loaf.png\n---\n\n![a](loaf.png)\n"),
            "rye/loaf.png": png("red"),
            "b.md": "---\ntitle: b\ndraft: true\nmood: {calm: 1}\n---\nText {{ x }}",
            "c.md": "---\ntitle: c\ndate: 2199-01-01\naliases: [/c]\ncomments: no\n---\n",
        }
    )
    load(site, folder)
    first = list(own_posts(site))
    assert export_blog(site, tmp_path / "out", on_progress=quiet) == 3
    assert dict(load(site, tmp_path / "out").counts) == {"unchanged": 3}
    with other_site.activate():
        assert load(other_site, tmp_path / "out").counts["created"] == 3
        second = list(own_posts(other_site))
        export_blog(other_site, tmp_path / "again", on_progress=quiet)
    assert sorted(second, key=lambda post: post.slug) == sorted(first, key=lambda post: post.slug)
    assert contents(tmp_path / "again") == contents(tmp_path / "out")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_posts_written_here_are_no_doubles_after_their_own_export(
    site: Site, tmp_path: Path
) -> None:
    with site.transaction(SYSTEM) as session:
        author = Account(
            name="Ada", slug="ada", created_at=site.clock(), updated_at=site.clock()
        )  # fmt: skip
        session.add(author)
        session.flush()
        text = PostText(title="Rye", body="Slowly.")
        saved = create_post(session, text=text, author_ids=[author.id])
    export_blog(site, tmp_path / "one", on_progress=quiet)
    assert dict(load(site, tmp_path / "one").counts) == {"unchanged": 1}
    with site.transaction(SYSTEM) as session:
        text = replace(text, body="Very slowly.")
        save_revision(session, post_id=saved.post_id, version=None, text=text)
    result = load(site, tmp_path / "one")
    assert result.conflicts == ("/posts/rye: the post 'rye' was edited here since it was exported",)
    assert count(site, Post) == 1


def test_two_archives_with_equal_paths_are_told_apart(site: Site, write: Write) -> None:
    load(site, write({"post.md": RYE}))
    other = write({"post.md": RYE.replace("Rye", "Beans").replace("2026-02-03", "2025-01-01")})
    # The slug of both is the file's name.
    assert load(site, other).counts["updated"] == 1
    third = RYE.replace("title: Rye", "title: Oats\nslug: oats").replace("2026-02", "2024-02")
    result = load(site, write({"post.md": third}))
    assert "name the source (--source)" in result.conflicts[0]
    assert load(site, write({"post.md": third}), source="oats").counts["created"] == 1


def test_an_author_is_made_once_and_cannot_sign_in(site: Site, write: Write) -> None:
    folder = write({"a.md": RYE, "b.md": RYE.replace("Ada", "ada"), "c.md": "---\ntitle: c\n---\n"})
    load(site, folder)
    with site.transaction(SYSTEM) as session:
        accounts = session.execute(select(Account.name, Account.password_hash)).all()
    assert sorted(name for name, _ in accounts) == ["Ada", "Slow Notes"]
    assert {password_hash for _, password_hash in accounts} == {None}


def test_an_old_address_that_leads_elsewhere_is_reported(site: Site, write: Write) -> None:
    head = "---\ntitle: {}\ndate: 2026-02-03\naliases: [/old]\n---\n"
    result = load(site, write({"a.md": head.format("a"), "b.md": head.format("b")}))
    assert "  /old (of b)" in list(result.lines())
    found = moved(site, "/old")
    assert found is not None
    assert found.slug == "a"
