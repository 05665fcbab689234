"""A post written as a file and read again is the same post, whatever its texts hold."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog_core.importing.archive import Archive, ReadOptions
from blog_core.importing.errors import ExportTargetTaken, FrontMatterFault
from blog_core.importing.export import export_posts, file_name
from blog_core.importing.front_matter import split_front_matter
from blog_core.importing.own_format import read_own, write_post
from blog_core.importing.post import STATUSES, ImportedAuthor, ImportedPost
from blog_core.rendering import legal_text
from tests.importing.conftest import NOW

ODD_PIECES = [
    "---\n", "\n---\n\n", "...\n", "+++\n", "{{ x }}", "{% raw %}", "\r\n", "\t", "'", '"', "\\",
    ": ", "# ", "&a", "*a", "\u2028", "\x85", "\ufeff", "null", "2026-01-01", "é",
]  # fmt: skip
texts = st.lists(st.text(max_size=20) | st.sampled_from(ODD_PIECES), max_size=8).map(
    lambda parts: legal_text("".join(parts))
)
moments = st.datetimes(
    min_value=datetime(1000, 1, 2),  # noqa: DTZ001  hypothesis adds the zone
    max_value=datetime(9998, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | texts
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(texts.filter(bool), inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip
posts = st.builds(
    ImportedPost,
    source_key=texts.filter(bool),
    title=texts,
    slug=texts,
    body=texts,
    status=st.sampled_from(STATUSES),
    created_at=moments,
    updated_at=moments,
    publish_at=st.none() | moments,
    excerpt=texts,
    authors=st.lists(
        st.builds(ImportedAuthor, texts, st.none() | texts), max_size=3
    ).map(tuple),
    tags=st.lists(texts, max_size=3).map(tuple),
    image=st.none() | texts.filter(bool),
    comments_open=st.booleans(),
    redirects=st.lists(texts, max_size=3).map(tuple),
    extra=st.dictionaries(texts.filter(bool), json_values, max_size=3),
)  # fmt: skip


@given(posts)
@settings(max_examples=300, deadline=None)
def test_what_was_written_is_read_again(post: ImportedPost) -> None:
    text = write_post(post).encode("utf-8").decode("utf-8")
    front_matter = split_front_matter(text, "post.md")
    assert front_matter.body == post.body
    assert read_own(front_matter, "post.md") == post


@given(st.lists(posts, max_size=4))
@settings(max_examples=40, deadline=None)
def test_a_folder_that_was_exported_is_read_again(many: list[ImportedPost]) -> None:
    numbered = [
        replace(post, source_key=str(n), slug=f"{n}-{post.slug}") for n, post in enumerate(many)
    ]
    with TemporaryDirectory() as folder:
        target = Path(folder) / "out"
        assert export_posts(numbered, target) == len(numbered)
        archive = Archive(target, ReadOptions(now=NOW))
        read = sorted(archive, key=lambda post: post.source_key)
    assert archive.report.faults == []
    assert read == sorted(numbered, key=lambda post: post.source_key)


def make_post(**changes: object) -> ImportedPost:
    values: dict[str, object] = {
        "source_key": "2026-02-03-rye.md",
        "title": "Rye: a story",
        "slug": "rye",
        "body": "Text\n",
        "status": "published",
        "created_at": datetime(2026, 2, 3, 10, tzinfo=timezone(timedelta(hours=1))),
        "updated_at": datetime(2026, 2, 4, tzinfo=UTC),
        "publish_at": datetime(2026, 2, 3, 9, tzinfo=UTC),
    }
    return ImportedPost(**{**values, **changes})  # type: ignore[arg-type]


def test_a_file_reads_well_and_has_one_form() -> None:
    post = make_post(
        authors=(ImportedAuthor("Ada", "ada@example.org"), ImportedAuthor("Grace")),
        tags=("rye",),
        redirects=("/old/",),
        excerpt="On rye.",
        image="/rye.png",
        comments_open=False,
        extra={"mood": "calm", "parts": [1]},
    )
    assert write_post(post) == (
        "---\n"
        "format: blog/1\n"
        'title: "Rye: a story"\n'
        'slug: "rye"\n'
        "status: published\n"
        "date: 2026-02-03T09:00:00Z\n"
        "created: 2026-02-03T09:00:00Z\n"
        "updated: 2026-02-04T00:00:00Z\n"
        "authors:\n"
        '  - {"name": "Ada", "email": "ada@example.org"}\n'
        '  - "Grace"\n'
        "tags:\n"
        '  - "rye"\n'
        "aliases:\n"
        '  - "/old/"\n'
        'excerpt: "On rye."\n'
        'image: "/rye.png"\n'
        "comments: false\n"
        'source: "2026-02-03-rye.md"\n'
        'extra: {"mood": "calm", "parts": [1]}\n'
        "---\n"
        "\n"
        "Text\n"
    )


def test_template_tags_in_an_exported_file_are_text(tmp_path: Path) -> None:
    post = make_post(body='Write {% raw %}{{ "/x" | url }}{% endraw %}.\n')
    export_posts([post], tmp_path / "out")
    assert list(Archive(tmp_path / "out", ReadOptions(now=NOW))) == [post]


def test_names_of_files_say_when_and_what() -> None:
    assert file_name(make_post()) == "2026-02-03-rye.md"
    assert file_name(make_post(status="draft", publish_at=None)) == "drafts/2026-02-03-rye.md"
    assert file_name(make_post(slug="../../etc/passwd")) == "2026-02-03-etc-passwd.md"
    assert len(file_name(make_post(slug="long-" * 100))) < 150
    assert file_name(make_post(), {"2026-02-03-rye.md"}.__contains__) == "2026-02-03-rye-2.md"


def test_an_export_into_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(ExportTargetTaken) as raised:
        export_posts([make_post()], tmp_path)
    assert str(raised.value) == (
        f"The folder {tmp_path} is not empty, so nothing was exported. "
        f"Name a new or an empty folder."
    )
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_an_interrupted_export_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[ImportedPost]:
        yield make_post()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_posts(broken(), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "line, expected",
    [
        ("status: secret", "expected one of draft, published, hidden, archived"),
        ("mood: calm", "expected only the keys of blog/1; others belong below `extra`"),
        ("created: yesterday", "expected a time such as 2026-03-01T07:30:00Z"),
        ("created: 2026-03-01T07:30:00", "expected a time with Z or an offset at its end"),
        ("title: [a]", "expected text in quotes"),
        ("tags: rye", "expected a list of texts"),
        ("authors: [1]", "expected names, or mappings with name and email"),
        ("extra: x", "expected a mapping"),
    ],
)
def test_a_file_of_ours_that_somebody_broke_is_named(line: str, expected: str) -> None:
    head = {"format": "blog/1", "title": "x", "status": "draft", "created": "2026-01-01T00:00:00Z",
            "updated": "2026-01-01T00:00:00Z"}  # fmt: skip
    key = line.partition(":")[0]
    lines = [f"{name}: {value}" for name, value in head.items() if name != key] + [line]
    text = "---\n" + "\n".join(lines) + "\n---\n\nText"
    with pytest.raises(FrontMatterFault, match=r"post\.md, line 1: found") as raised:
        read_own(split_front_matter(text, "post.md"), "post.md")
    assert expected in str(raised.value)
