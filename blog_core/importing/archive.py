"""An archive of Markdown files, read one post after the other."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from blog_core.importing.decode import Decoded, decode
from blog_core.importing.dialect import Dialect, Habits, habits_of
from blog_core.importing.errors import FileFault, ImportFault
from blog_core.importing.front_matter import FrontMatter, split_front_matter
from blog_core.importing.images import image_references
from blog_core.importing.interpret import Interpreted, interpret
from blog_core.importing.own_format import is_own, read_own
from blog_core.importing.plain_values import text_of
from blog_core.importing.post import ImportedPost
from blog_core.importing.report import FileReport, ImportReport
from blog_core.importing.source import Source
from blog_core.importing.template_tags import Converted, convert_tags
from blog_core.importing.walk import Limits, find_files, read_file
from blog_core.rendering import MAX_TEXT_BYTES
from blog_core.slugs import free_slug

MAX_KEY_CHARS = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How to read an archive.

    Dates without an offset are times in `zone`; `now` decides what has expired; without a `dialect`
    the archive's generator is recognised. `source` keeps two archives with equal paths apart.
    """

    now: datetime
    zone: tzinfo = UTC
    dialect: Dialect | None = None
    source: str = ""
    limits: Limits = field(default_factory=Limits)


class Archive:
    """The posts of a folder, sorted by path. `report` is complete after the last one.

    A file that cannot be read is no end: its fault goes into the report and the next one follows.
    Raises NoArchive when there is no such folder.
    """

    def __init__(self, folder: Path, options: ReadOptions) -> None:
        self.root = folder.resolve()
        self.options = options
        self.habits: Habits = habits_of(self.root, options.dialect)
        found = find_files(self.root, self.habits, options.limits)
        self.paths = found.posts
        self.report = ImportReport(skipped=list(found.skipped))

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self) -> Iterator[ImportedPost]:
        """Every post once. Iterating again begins a new report."""
        self.report = ImportReport(skipped=self.report.skipped)
        taken: set[str] = set()
        for path in self.paths:
            try:
                post, told = read_post(self, path)
            except ImportFault as fault:
                self.report.faults.append(fault)
                continue
            post, told = _with_free_slug(post, told, taken)
            taken.add(post.slug)
            self.report.files.append(told)
            yield post


def read_post(archive: Archive, path: str) -> tuple[ImportedPost, FileReport]:
    """One file of an archive. Raises FileFault or FrontMatterFault."""
    data, modified_at = read_file(archive.root, path, archive.options.limits)
    decoded = decode(data)
    front_matter = split_front_matter(decoded.text, path)
    if len(front_matter.body.encode()) > MAX_TEXT_BYTES:
        raise FileFault(path, f"its text has more than {MAX_TEXT_BYTES:,} bytes")
    notes = [*_notes_on(decoded), *front_matter.notes]
    if is_own(front_matter):
        read, tags = Interpreted(read_own(front_matter, path)), Converted("")
    else:
        read, tags = _foreign(archive, path, front_matter, modified_at, notes)
    post = _with_images(read.post, archive.root, path)
    missing = tuple(image.target for image in post.images if image.file is None)
    told = FileReport(
        path=path,
        slug=post.slug,
        notes=tuple(notes),
        unknown_keys=read.unknown_keys,
        missing_images=missing,
        tags=tags.tags,
    )
    return post, told


def _foreign(
    archive: Archive,
    path: str,
    front_matter: FrontMatter,
    modified_at: datetime,
    notes: list[str],
) -> tuple[Interpreted, Converted]:
    """A file as a generator had it: its keys interpreted and its template tags converted."""
    source = Source(
        path=path,
        values=front_matter.values,
        body=front_matter.body,
        modified_at=modified_at,
        habits=archive.habits,
        zone=archive.options.zone,
        now=archive.options.now,
        notes=notes,
    )
    converted = convert_tags(
        source.body,
        dialect=archive.habits.dialect,
        values={key: text_of(value) for key, value in source.values.items()},
        folder=source.folder,
    )
    found = interpret(replace(source, body=converted.body))
    key = source_key(path, archive.options.source)
    return replace(found, post=replace(found.post, source_key=key)), converted


def source_key(path: str, source: str = "") -> str:
    """What a post of an archive is known by at the next import; a long path gives a short key."""
    key = f"{source}:{path}" if source else path
    if len(key) <= MAX_KEY_CHARS:
        return key
    return f"{key[: MAX_KEY_CHARS - 33]}#{blake2b(key.encode(), digest_size=16).hexdigest()}"


def _with_images(post: ImportedPost, root: Path, path: str) -> ImportedPost:
    folder = PurePosixPath(path).parent
    images = image_references(post.body, post.image, root=root, folder=folder)
    return replace(post, images=images)


def _with_free_slug(
    post: ImportedPost, told: FileReport, taken: AbstractSet[str]
) -> tuple[ImportedPost, FileReport]:
    """Two files may want one slug: the later one gets a number, and the report says so."""
    slug = free_slug(post.slug, lambda candidates: taken & set(candidates))
    if slug == post.slug:
        return post, told
    note = f"the slug {post.slug!r} belongs to an earlier file: became {slug!r}"
    return replace(post, slug=slug), replace(told, slug=slug, notes=(*told.notes, note))


def _notes_on(decoded: Decoded) -> Iterator[str]:
    if decoded.is_guess:
        yield f"no valid UTF-8: read as {decoded.encoding}"
    elif decoded.encoding != "utf-8":
        yield f"read as {decoded.encoding}"
    if decoded.removed_characters:
        yield f"{decoded.removed_characters} control characters left out"
