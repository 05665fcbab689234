"""A backup holds everything of one moment, and a restore brings exactly that back."""

import json
import stat
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from blog_core.backup.drill import drill
from blog_core.backup.errors import (
    BackupDamaged,
    BackupFromElsewhere,
    BackupProgramFailed,
    BackupTargetTaken,
    RestoreRefused,
)
from blog_core.backup.restore import restore_backup
from blog_core.backup.take import take_backup
from blog_core.metrics.segment import Segment
from blog_core.model import Account, Comment, Media, Post, Revision
from blog_core.model.database import reading
from tests.flows.world import World

EVERYTHING = (Account, Comment, Media, Post, Revision)


def rows(world: World) -> dict[str, list[Any]]:
    with reading(world.site.ports.executor.engine) as connection:
        return {
            model.__tablename__: [
                tuple(row)
                for row in connection.execute(
                    select(*model.__table__.columns).order_by(model.__table__.c.id)
                )
            ]
            for model in EVERYTHING
        }


def taken(world: World, folder: Path) -> Path:
    with world.site.activate():
        return take_backup(world.site, folder)[0]


def brought(world: World, file: Path, *, replace: bool = False) -> Any:
    with world.site.activate():
        return restore_backup(world.site, file, replace=replace)


def test_what_was_saved_comes_back_row_for_row_and_byte_for_byte(
    blog: World, empty: World, tmp_path: Path
) -> None:
    file = taken(blog, tmp_path)
    restored = brought(empty, file)
    assert rows(empty) == rows(blog)
    assert (restored.findings, restored.aside) == ((), "")
    path = rows(blog)["media"][0][2]
    media = [world.site.data_dir / "media" / path for world in (blog, empty)]
    assert media[0].read_bytes() == media[1].read_bytes()
    assert "Some <em>text</em>" in empty.get("/posts/hello").get_data(as_text=True)
    assert empty.get("/posts/not-yet").status_code == 404


def test_the_restored_blog_is_written_to_as_before(
    blog: World, empty: World, tmp_path: Path
) -> None:
    brought(empty, taken(blog, tmp_path))
    assert empty.get("/").status_code == 200
    with reading(empty.site.ports.executor.engine) as connection:
        account_id = connection.scalar(select(Account.id))
    from blog_core.ports import Actor

    empty.post(Actor(account_id, "Author", "author"), "After the restore")
    assert "After the restore" in empty.get("/").get_data(as_text=True)


def test_the_file_is_for_its_owner_only_and_called_after_the_time(
    blog: World, tmp_path: Path
) -> None:
    file = taken(blog, tmp_path)
    assert file.name == "blog-20261124T120000Z.zip"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.glob(".blog-*")] == []


def test_a_backup_replaces_no_file(blog: World, tmp_path: Path) -> None:
    file = taken(blog, tmp_path)
    before = file.read_bytes()
    with pytest.raises(BackupTargetTaken, match="exists already, and a backup never replaces"):
        taken(blog, file)
    assert file.read_bytes() == before


def test_a_blog_with_content_is_only_set_aside_when_asked(
    blog: World, empty: World, tmp_path: Path
) -> None:
    file = taken(blog, tmp_path)
    author = empty.account("author")
    empty.draft(author, "Mine, and nowhere else")
    before = rows(empty)
    with pytest.raises(RestoreRefused, match="the blog here has content"):
        brought(empty, file)
    assert rows(empty) == before
    restored = brought(empty, file, replace=True)
    assert rows(empty) == rows(blog)
    assert "Mine, and nowhere else" in kept_titles(empty, restored.aside)


def kept_titles(world: World, aside: str) -> list[str]:
    engine = world.site.ports.executor.engine
    if engine.dialect.name == "postgresql":
        with reading(engine) as connection:
            return list(connection.scalars(text(f'SELECT title FROM "{aside}".post')))
    import sqlite3

    return [title for (title,) in sqlite3.connect(aside).execute("SELECT title FROM post")]


def test_nothing_is_restored_below_a_running_blog(
    blog: World, empty: World, tmp_path: Path
) -> None:
    file = taken(blog, tmp_path)
    other = Segment()
    other.share(empty.site.data_dir / "run" / "stats")
    with pytest.raises(RestoreRefused, match=r"1 other process\(es\) of this blog run"):
        brought(empty, file)
    other.close()
    brought(empty, file)


@pytest.mark.parametrize("name", ["database", "media/"])
def test_a_changed_byte_is_found_before_anything_is_touched(
    blog: World, empty: World, tmp_path: Path, name: str
) -> None:
    file = changed(taken(blog, tmp_path), name)
    before = rows(empty)
    with pytest.raises(BackupDamaged, match=rf"{name}.* is not what was written"):
        brought(empty, file)
    with empty.site.activate(), pytest.raises(BackupDamaged):
        drill(empty.site, file)
    assert rows(empty) == before


def changed(file: Path, start: str) -> Path:
    """The same zip with one byte of one file changed, its check sum mended."""
    target = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            data = bytearray(old.read(info))
            if info.filename.startswith(start):
                data[len(data) // 2] ^= 1
            new.writestr(info, bytes(data))
    return target


def test_what_is_no_backup_is_told(empty: World, tmp_path: Path) -> None:
    noise, other, half = (tmp_path / name for name in ("a", "b.zip", "c.zip"))
    noise.write_bytes(b"noise")
    zipfile.ZipFile(other, "w").close()
    with zipfile.ZipFile(half, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"format": 1, "files": {}}))
    for file in (noise, other, half):
        with pytest.raises(BackupDamaged, match="Take another backup"):
            brought(empty, file)


def test_media_stay_in_their_folder(blog: World, empty: World, tmp_path: Path) -> None:
    file = taken(blog, tmp_path)
    target = tmp_path / "leads-out.zip"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        (name,) = (name for name in manifest["files"] if name.startswith("media/"))
        manifest["files"]["media/../../out.png"] = manifest["files"].pop(name)
        new.writestr("database", old.read("database"))
        new.writestr("media/../../out.png", old.read(name))
        new.writestr("manifest.json", json.dumps(manifest))
    with pytest.raises(BackupDamaged, match="leads out of the folder"):
        brought(empty, target)
    assert not (empty.site.data_dir.parent / "out.png").exists()


def test_a_file_that_the_disk_lacks_is_named(blog: World, tmp_path: Path) -> None:
    path = rows(blog)["media"][0][2]
    (blog.site.data_dir / "media" / path).unlink()
    with blog.site.activate():
        _file, manifest = take_backup(blog.site, tmp_path)
    assert manifest.missing == (path,)


def test_a_drill_restores_and_checks_and_leaves_nothing(blog: World, tmp_path: Path) -> None:
    file = taken(blog, tmp_path)
    before, places = rows(blog), places_of(blog)
    with blog.site.activate():
        restored = drill(blog.site, file)
    assert restored.manifest.rows["post"] == 2
    assert restored.findings == ()
    assert (rows(blog), places_of(blog)) == (before, places)


def places_of(world: World) -> list[str]:
    """Folders beside the blog's data, and databases of its server."""
    found = sorted(each.name for each in world.site.data_dir.iterdir())
    engine = world.site.ports.executor.engine
    if engine.dialect.name == "postgresql":
        with reading(engine) as connection:
            found += sorted(connection.scalars(text("SELECT datname FROM pg_database")))
    return found


def test_a_backup_made_while_others_write_is_of_one_moment(blog: World, tmp_path: Path) -> None:
    """Each post is written with its revision: in the backup no post stands without."""
    done, author = threading.Event(), blog.account("editor")

    def write() -> None:
        number = 0
        while not done.is_set() and number < 300:
            number += 1
            with blog.site.activate():
                blog.post(author, f"While it runs {number}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        files = []
        for number in range(3):
            (tmp_path / str(number)).mkdir()
            acknowledged = {row[0] for row in rows(blog)["post"]}
            files.append((taken(blog, tmp_path / str(number)), acknowledged))
    finally:
        done.set()
        writer.join()
    for file, acknowledged in files:
        with blog.site.activate():
            restored = drill(blog.site, file)
        assert restored.findings == ()
        assert restored.manifest.rows["post"] >= len(acknowledged)
        assert restored.manifest.rows["revision"] >= restored.manifest.rows["post"]


def test_a_backup_of_another_kind_of_database_is_refused(
    make_world: Any, blog: World, sqlite_url: str, postgres_url: str, tmp_path: Path
) -> None:
    file = taken(blog, tmp_path)
    is_sqlite = blog.site.ports.executor.engine.dialect.name == "sqlite"
    other = make_world(postgres_url if is_sqlite else sqlite_url)
    with pytest.raises(BackupFromElsewhere, match="Point `database_url` to a database of that"):
        brought(other, file)


def test_a_missing_program_of_postgresql_says_what_to_install(
    make_world: Any, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(postgres_url)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("blog_core.backup.postgres_copy.FOLDERS", ())
    with pytest.raises(BackupProgramFailed, match=r"pg_dump was not found.*postgresql-client"):
        taken(world, tmp_path)
    assert list(tmp_path.glob("*.zip")) == []


def test_a_restore_that_goes_wrong_leaves_the_blog_as_it_was(
    blog: World, empty: World, tmp_path: Path
) -> None:
    file = taken(blog, tmp_path)
    target = tmp_path / "miscounted.zip"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        manifest["rows"]["post"] += 1
        for name in manifest["files"]:
            new.writestr(name, old.read(name))
        new.writestr("manifest.json", json.dumps(manifest))
    author = empty.account("author")
    empty.post(author, "Mine")
    before = rows(empty)
    with pytest.raises(BackupDamaged, match=r"it gave .*'post': 2.* and should give .*'post': 3"):
        brought(empty, target, replace=True)
    assert rows(empty) == before
    assert "Mine" in empty.get("/").get_data(as_text=True)
