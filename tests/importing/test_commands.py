"""`blog import`, `blog export` and `blog seed`, as somebody types them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from blog_core.cli import main

Blog = Callable[..., Result]


@pytest.fixture
def blog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Blog:
    """Runs a command of a fresh blog on SQLite."""
    config = tmp_path / "blog.toml"
    config.write_text(f'title = "Slow Notes"\ndata_dir = "{tmp_path / "data"}"\nplugins = []\n')
    monkeypatch.setenv("BLOG_CONFIG", str(config))

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, list(words))

    assert run("migrate").exit_code == 0
    return run


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "2026-02-03-rye.md").write_text(
        "---\ntitle: Rye\ndate: 2026-07-03 10:00\nauthor: Ada\n---\n\nSlowly.\n"
    )
    return folder


def test_an_archive_is_imported_and_exported(blog: Blog, archive: Path, tmp_path: Path) -> None:
    first = blog("import", "markdown", str(archive), "--timezone", "Europe/Berlin")
    assert first.exit_code == 0, first.output
    assert "1 posts created, 0 updated, 0 unchanged" in first.stdout
    assert "reading: 1 of 1" in first.stderr
    again = blog("import", "markdown", str(archive), "--timezone", "Europe/Berlin")
    assert "0 posts created, 0 updated, 1 unchanged" in again.stdout
    done = blog("export", "markdown", str(tmp_path / "out"))
    assert done.stdout == f"1 posts written to {tmp_path / 'out'}.\n"
    text = (tmp_path / "out" / "2026-07-03-rye.md").read_text()
    assert "date: 2026-07-03T08:00:00Z\n" in text


def test_mistakes_are_answered_with_what_was_found(blog: Blog, archive: Path) -> None:
    missing = blog("import", "markdown", "/no/such/folder")
    assert missing.exit_code == 1
    assert "There is no archive to import at /no/such/folder: found nothing" in missing.output
    zone = blog("import", "markdown", str(archive), "--timezone", "Mars")
    assert zone.exit_code == 2
    assert "found 'Mars', expected a name such as Europe/Berlin" in zone.output
    taken = blog("export", "markdown", str(archive))
    assert taken.exit_code == 1
    assert f"The folder {archive} is not empty, so nothing was exported." in taken.output


def test_a_broken_file_is_named_and_can_be_left_out(blog: Blog, archive: Path) -> None:
    (archive / "broken.md").write_text("---\ntitle: a\ntitle: b\n---\n")
    refused = blog("import", "markdown", str(archive))
    assert refused.exit_code == 1
    assert "broken.md, line 3: found the key 'title' a second time" in refused.output
    assert "leave them out with --skip-broken" in refused.output
    assert "1 posts created" in blog("import", "markdown", str(archive), "--skip-broken").stdout


def test_posts_are_made_up(blog: Blog) -> None:
    made = blog("seed", "--posts", "30", "--comments", "60")
    assert made.exit_code == 0, made.output
    assert "30 posts and 60 comments made; the blog now has 30 made-up posts." in made.stdout
    assert "seeding: 30 of 30" in made.stderr
    assert blog("check").stdout == "Nothing to repair.\n"
