"""Walking an archive: safely, in order, and with a report of everything that was odd."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from blog_core.importing.archive import Archive, ReadOptions
from blog_core.importing.errors import NoArchive
from blog_core.importing.post import ImportedPost
from blog_core.importing.walk import Limits
from tests.importing.conftest import NOW

Write = Callable[[dict[str, str | bytes]], Path]
Read = Callable[..., ImportedPost]
HEAD = "---\ntitle: {}\n---\n"


def read(folder: Path, **limits: int) -> Archive:
    """An archive that has been read to its end."""
    archive = Archive(folder, ReadOptions(now=NOW, limits=Limits(**limits)))
    list(archive)
    return archive


def paths_of(folder: Path) -> list[str]:
    return [file.path for file in read(folder).report.files]


def test_posts_come_sorted_by_path(write: Write) -> None:
    folder = write({"b.md": "b", "a/2.md": "2", "a/1.md": "1", "c.MARKDOWN": "c", "d.txt": "no"})
    assert paths_of(folder) == ["a/1.md", "a/2.md", "b.md", "c.MARKDOWN"]


def test_links_are_reported_and_not_followed(write: Write, tmp_path: Path) -> None:
    outside = tmp_path / "secret.md"
    outside.write_text("secret")
    folder = write({"a.md": "![x](link.png) ![y](../secret.md) ![z](sub/../../secret.md)"})
    (folder / "b.md").symlink_to(outside)
    (folder / "up").symlink_to(tmp_path)
    (folder / "link.png").symlink_to(outside)
    archive = Archive(folder, ReadOptions(now=NOW))
    (post,) = archive
    assert [image.file for image in post.images] == [None, None, None]
    assert [(skipped.path, skipped.reason) for skipped in archive.report.skipped] == [
        ("b.md", "a symbolic link"),
        ("link.png", "a symbolic link"),
        ("up", "a symbolic link"),
    ]


def test_a_pipe_that_nobody_fills_is_not_waited_for(write: Write) -> None:
    folder = write({"a.md": "a"})
    os.mkfifo(folder / "pipe.md")
    assert [str(fault) for fault in read(folder).report.faults] == [
        "pipe.md was not read: it is no plain file. Correct or remove it and import again."
    ]


def test_a_file_that_is_too_large_is_named(write: Write) -> None:
    folder = write({"a.md": "a" * 101, "b.md": "b" * 100})
    report = read(folder, max_file_bytes=100).report
    assert [file.path for file in report.files] == ["b.md"]
    assert "a.md was not read: it has more than 100 bytes." in str(report.faults[0])


def test_a_text_longer_than_a_post_may_be_is_named(write: Write) -> None:
    report = read(write({"a.md": "a" * 1_000_001})).report
    assert "its text has more than 1,000,000 bytes" in str(report.faults[0])


def test_deep_folders_end_the_walk(write: Write) -> None:
    folder = write({"a/b/c/d.md": "d", "a/b.md": "b"})
    assert [file.path for file in read(folder, max_depth=2).report.files] == ["a/b.md"]


def test_a_broken_file_does_not_stop_the_others(write: Write) -> None:
    folder = write({"a.md": "---\ntitle: x\ntitle: y\n---\n", "b.md": HEAD.format("b")})
    report = read(folder).report
    assert [file.path for file in report.files] == ["b.md"]
    assert str(report.faults[0]).startswith("a.md, line 3: found the key 'title' a second time")


def test_hidden_and_foreign_folders_are_passed_over(write: Write) -> None:
    names = [".git/a.md", "node_modules/a.md", "_layouts/a.md", "themes/x/a.md", "ok/a.md"]
    assert paths_of(write(dict.fromkeys(names, "text"))) == ["ok/a.md"]


def test_notes_about_the_archive_are_no_posts(write: Write) -> None:
    report = read(write({"README.md": "x", "LICENSE.md": "x", "index.md": "x", "a.md": "a"})).report
    assert [(skipped.path, skipped.reason) for skipped in report.skipped] == [
        ("LICENSE.md", "a note about the archive"),
        ("README.md", "a note about the archive"),
        ("index.md", "the home page"),
    ]


def test_an_index_alone_in_its_folder_is_a_post_named_after_it(write: Write) -> None:
    folder = write({"rye/index.md": HEAD.format("Rye"), "rye/loaf.png": "x", "list/index.md": "l",
                    "list/a.md": "a"})  # fmt: skip
    slugs = [post.slug for post in Archive(folder, ReadOptions(now=NOW))]
    assert slugs == ["a", "rye"]


def test_the_second_file_with_a_slug_gets_a_number(write: Write) -> None:
    folder = write({f"{year}-01-01-rye.md": HEAD.format("Rye") for year in (2024, 2025, 2026)})
    archive = Archive(folder, ReadOptions(now=NOW))
    assert [post.slug for post in archive] == ["rye", "rye-2", "rye-3"]
    assert archive.report.files[1].notes == (
        "the slug 'rye' belongs to an earlier file: became 'rye-2'",
    )


@pytest.mark.parametrize(
    "data, text, note",
    [
        ("Café".encode("utf-8-sig"), "Café", None),
        ("Café".encode("utf-16"), "Café", "read as utf-16-le"),
        ("Café “x”".encode("cp1252"), "Café “x”", "no valid UTF-8: read as windows-1252"),
        (b"Caf\xe9 \x81", "Café \x81", "no valid UTF-8: read as windows-1252"),
        (b"a\x00b\x07c", "abc", "2 control characters left out"),
    ],
)
def test_every_encoding_is_read_and_odd_ones_are_noted(
    write: Write, data: bytes, text: str, note: str | None
) -> None:
    archive = Archive(write({"2026-01-01-a.md": data}), ReadOptions(now=NOW))
    (post,) = archive
    assert post.body == text
    notes = [each for each in archive.report.files[0].notes if "title" not in each]
    assert notes == ([note] if note else [])


@pytest.mark.parametrize("content", [None, "a file"])
def test_a_folder_that_is_none_is_named(tmp_path: Path, content: str | None) -> None:
    folder = tmp_path / "nowhere"
    if content:
        folder.write_text(content)
    found = "a file" if content else "nothing"
    with pytest.raises(NoArchive) as raised:
        read(folder)
    assert str(raised.value) == (
        f"There is no archive to import at {folder}: found {found}, expected a folder of Markdown "
        f"files. Nothing was changed."
    )


def test_the_images_of_the_archive_are_found_and_missing_ones_reported(write: Write) -> None:
    body = (
        "![a](pics/a%20b.png) <img src='/c.png'> ![d](https://e.example/d.png) ![e](gone.png)\n"
        "![f](//cdn.example/f.png) ![g][ref]\n\n[ref]: g.webp\n"
    )
    names = ["2026/pics/a b.png", "static/c.png", "2026/g.webp"]
    folder = write({"2026/x.md": body, **dict.fromkeys(names, b"image")})
    archive = Archive(folder, ReadOptions(now=NOW))
    (post,) = archive
    assert {image.target: image.file for image in post.images} == {
        "pics/a%20b.png": folder / names[0],
        "/c.png": folder / names[1],
        "gone.png": None,
        "g.webp": folder / names[2],
    }
    assert archive.report.files[0].missing_images == ("gone.png",)


def test_the_report_fits_on_a_screen(write: Write) -> None:
    files = {f"{n:02}.md": f'---\ntitle: x{n}\nmood: calm\n---\n![a](a.png)\n{{{{ "/x" | url }}}}'
             for n in range(20)}  # fmt: skip
    lines = list(read(write({**files, "README.md": "x", "z.md": "---\na: 1\n"})).report.lines())
    assert lines[0] == "20 posts read."
    assert "20 template tags converted: | url 20." in lines
    assert "20 front matter keys kept as extras: mood 20." in lines
    assert "20 images without a file in the archive: a.png 20." in lines
    assert "1 skipped:" in lines
    assert "1 could not be read:" in lines
    assert len(lines) < 25
