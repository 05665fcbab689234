"""An archive put into the blog: all of it in one transaction, or nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from blog_core.changes import bulk
from blog_core.content.accounts import ensure_author
from blog_core.content.bulk import GivenPost, Outcome, PutPost, put_posts
from blog_core.errors import ValidationError
from blog_core.importing.archive import Archive
from blog_core.importing.post import ImportedAuthor
from blog_core.importing.prepare import Progress, Ready, ReadyPost, prepare
from blog_core.importing.report import ImportReport, listed
from blog_core.importing.shelf import Shelf
from blog_core.site import SYSTEM, Site

_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of an archive. `report` tells what was found in the files themselves."""

    posts: tuple[PutPost, ...]
    unchanged: int
    conflicts: tuple[str, ...]
    images: int
    report: ImportReport = field(repr=False)

    @property
    def counts(self) -> Counter[Outcome]:
        """How many posts had which outcome."""
        counts: Counter[Outcome] = Counter(put.outcome for put in self.posts)
        counts["unchanged"] += self.unchanged
        return counts

    def lines(self) -> Iterator[str]:
        """The result and the report, for people."""
        counts = self.counts
        yield (
            f"{counts['created']:,} posts created, {counts['updated']:,} updated, "
            f"{counts['unchanged']:,} unchanged, {self.images:,} images taken over."
        )
        edited = [put.slug for put in self.posts if put.outcome == "edited_here"]
        yield from listed("posts were edited here since and left alone", edited)
        yield from listed("posts left out", list(self.conflicts))
        yield from listed(
            "posts may not be published yet and stay drafts",
            [f"{put.slug}: {put.refusal.reason}" for put in self.posts if put.refusal],
        )
        yield from listed(
            "old addresses lead somewhere else already",
            [f"{path} (of {put.slug})" for put in self.posts for path in put.lost_redirects],
        )
        yield from self.report.lines()


def import_archive(
    site: Site, archive: Archive, *, skip_broken: bool = False, on_progress: Progress
) -> ImportResult:
    """Read `archive` into the blog. Run again, it changes only what has changed in the archive.

    Everything is prepared first and written in one transaction: an interrupted import leaves
    nothing behind. Raises ImportRefused when files are broken and `skip_broken` is not set.
    """
    with Shelf(site) as shelf:
        ready = prepare(site, archive, shelf, skip_broken=skip_broken, on_progress=on_progress)
        with site.transaction(SYSTEM) as session, bulk(session):
            puts = write(session, ready, shelf, on_progress=on_progress)
        return ImportResult(
            tuple(puts), ready.unchanged, tuple(ready.conflicts), len(shelf), ready.report
        )


def write(session: Session, ready: Ready, shelf: Shelf, *, on_progress: Progress) -> list[PutPost]:
    """Write what is ready, in a transaction that the caller opened."""
    shelf.store(session)
    authors = _Authors(session)
    puts: list[PutPost] = []
    for start in range(0, len(ready.posts), _AT_ONCE):
        some = ready.posts[start : start + _AT_ONCE]
        puts += put_posts(session, [_given(each, authors) for each in some])
        on_progress("writing", len(puts), len(ready.posts))
    return puts


class _Authors:
    """Accounts of authors, looked up or made once each."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ids: dict[ImportedAuthor, int] = {}

    def ids_of(self, authors: Sequence[ImportedAuthor]) -> tuple[int, ...]:
        """The accounts of a post's authors, each once."""
        return tuple(dict.fromkeys(self._id_of(author) for author in authors))

    def _id_of(self, author: ImportedAuthor) -> int:
        if author not in self._ids:
            self._ids[author] = self._ensured(author)
        return self._ids[author]

    def _ensured(self, author: ImportedAuthor) -> int:
        try:
            return ensure_author(self._session, name=author.name, email=author.email).id
        except ValidationError:
            # A mail address that is none must not cost the author.
            return ensure_author(self._session, name=author.name).id


def _given(each: ReadyPost, authors: _Authors) -> GivenPost:
    post = each.post
    return GivenPost(
        source_key=post.source_key,
        source_digest=each.digest,
        text=each.text,
        slug=post.slug,
        status=post.status,
        author_ids=authors.ids_of(post.authors),
        created_at=post.created_at,
        updated_at=post.updated_at,
        publish_at=post.publish_at,
        comments_open=post.comments_open,
        redirects=post.redirects,
        extra=post.extra or None,
        rendered=each.rendered,
    )
