"""Small archives written into a temporary folder, and one reader for them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from blog_core import create_app
from blog_core.importing.archive import Archive, ReadOptions
from blog_core.importing.post import ImportedPost
from blog_core.model.migrate import migrate
from blog_core.site import Site

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write files below an archive folder; gives the folder."""
    root = tmp_path / "archive"
    root.mkdir()

    def write_files(files: dict[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return write_files


@pytest.fixture
def read_one(write: Callable[..., Path]) -> Callable[..., ImportedPost]:
    """Write one file and read it as a post."""

    def read(
        text: str | bytes, name: str = "2026-02-03-a-post.md", **options: object
    ) -> ImportedPost:
        archive = Archive(write({name: text}), ReadOptions(now=NOW, **options))  # type: ignore[arg-type]
        (post,) = archive
        return post

    return read


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """An empty blog on each kind of database, active while the test runs."""
    config = {
        "plugins": [],
        "database_url": database_url,
        "data_dir": str(tmp_path / "data"),
        "title": "Slow Notes",
        "environment": "test",
    }
    app = create_app(config)
    site: Site = app.extensions["blog"]["blog"]
    with site.activate():
        migrate(site)
        yield site
        site.ports.executor.close()


@pytest.fixture
def other_site(tmp_path: Path) -> Iterator[Site]:
    """A second blog, empty too."""
    config = {
        "plugins": [],
        "database_url": f"sqlite:///{tmp_path / 'other.db'}",
        "data_dir": str(tmp_path / "other"),
        "environment": "test",
    }
    app = create_app(config)
    site: Site = app.extensions["blog"]["blog"]
    with site.activate():
        migrate(site)
    yield site
    site.ports.executor.close()
