"""An archive made ready for the database: read, checked, compared and rendered, nothing written.

What takes time happens here, before the transaction, and so does everything that can go wrong with
a file: an import that starts to write has nothing left to refuse.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TypeAlias

from blog_core.content.addresses import post_path
from blog_core.content.pictures import pictures_read
from blog_core.content.text import PostText, checked
from blog_core.errors import TooLarge, ValidationError
from blog_core.importing.archive import Archive
from blog_core.importing.errors import FileFault, ImportFault, ImportRefused
from blog_core.importing.images import with_addresses
from blog_core.importing.known import KnownPosts, known_posts
from blog_core.importing.labels import MAX_NAME_CHARS
from blog_core.importing.own_format import write_post
from blog_core.importing.post import ImageReference, ImportedAuthor, ImportedPost
from blog_core.importing.report import ImportReport
from blog_core.importing.shelf import Shelf
from blog_core.rendering import Pictures, Rendered, render_markdown
from blog_core.site import Site

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class ReadyPost:
    """A post that can be written: its checked text, its digest, and its HTML if readers see it."""

    post: ImportedPost
    text: PostText
    digest: str
    rendered: Rendered | None = field(default=None, repr=False)


@dataclass(slots=True)
class Ready:
    """An archive that can be written, and what to tell about it."""

    posts: list[ReadyPost]
    unchanged: int
    conflicts: list[str]
    report: ImportReport


def prepare(
    site: Site,
    archive: Archive,
    shelf: Shelf,
    *,
    skip_broken: bool = False,
    on_progress: Progress,
) -> Ready:
    """Make an archive ready. Raises ImportRefused when files are broken, unless they may be left.

    Posts that are in the blog as they are in the archive are only counted; posts without an author
    get the blog's title as one.
    """
    nobody = (ImportedAuthor(site.settings.core.title[:MAX_NAME_CHARS]),)
    posts = _checked_posts(archive, shelf, nobody, on_progress)
    if archive.report.faults and not skip_broken:
        raise ImportRefused(archive.report.faults)
    return _compared(site, posts, shelf.pictures(), archive.report, on_progress)


def _checked_posts(
    archive: Archive, shelf: Shelf, nobody: tuple[ImportedAuthor, ...], on_progress: Progress
) -> list[ReadyPost]:
    ready: list[ReadyPost] = []
    refused: list[ImportFault] = []
    for number, post in enumerate(archive, 1):
        try:
            signed = replace(post, authors=post.authors or nobody)
            ready.append(_checked(_with_images(signed, shelf, archive.report)))
        except (ValidationError, TooLarge) as error:
            refused.append(FileFault(post.source_key, str(error)))
        on_progress("reading", number, len(archive))
    archive.report.faults += refused
    return ready


def _with_images(post: ImportedPost, shelf: Shelf, report: ImportReport) -> ImportedPost:
    """The post with the addresses that its images will have; a lead image without a file goes."""
    new: dict[str, str] = {}
    for image in post.images:
        address = _address(image, shelf, post, report)
        if address is not None:
            new[image.target] = address
    lead, extra = post.image, dict(post.extra)
    is_lost = any(image.target == lead and image.target not in new for image in post.images)
    if is_lost and lead is not None:
        extra.setdefault("image", lead)
        lead = None
    lead = new.get(lead, lead) if lead else None
    return replace(post, body=with_addresses(post.body, new), image=lead, extra=extra)


def _address(
    image: ImageReference, shelf: Shelf, post: ImportedPost, report: ImportReport
) -> str | None:
    if image.file is None:
        return None
    address = shelf.address_of(image.file)
    if address is None:
        reason = shelf.reason_against(image.file)
        report.refused_images.append(f"{post.source_key}: {image.target}: {reason}")
    return address


def _checked(post: ImportedPost) -> ReadyPost:
    text = checked(
        PostText(
            title=post.title,
            body=post.body,
            excerpt=post.excerpt or None,
            image=post.image,
            tags=post.tags,
        )
    )
    return ReadyPost(post, text, digest_of(post, text))


def digest_of(post: ImportedPost, text: PostText) -> str:
    """The same for posts that would be stored the same; mail addresses are no part of a post."""
    stored = replace(
        post,
        title=text.title,
        body=text.body,
        excerpt=text.excerpt or "",
        image=text.image,
        tags=text.tags,
        authors=tuple(ImportedAuthor(author.name) for author in post.authors),
        redirects=tuple(sorted(set(post.redirects) - {post_path(post.slug)})),
    )
    return blake2b(write_post(stored).encode(), digest_size=32).hexdigest()


def _compared(
    site: Site,
    ready: Sequence[ReadyPost],
    new_pictures: Pictures,
    report: ImportReport,
    progress: Progress,
) -> Ready:
    known = known_posts(
        site, (each.post.source_key for each in ready), (each.post.slug for each in ready)
    )
    result = Ready([], 0, [], report)
    for number, each in enumerate(ready, 1):
        conflict = _conflict(each, known)
        if conflict:
            result.conflicts.append(conflict)
        elif _is_unchanged(each, known):
            result.unchanged += 1
        else:
            is_shown = each.post.status == "published"
            body = each.text.body
            pictures = {**pictures_read(site, body), **new_pictures} if is_shown else {}
            rendered = render_markdown(body, pictures=pictures) if is_shown else None
            result.posts.append(replace(each, rendered=rendered))
        progress("rendering", number, len(ready))
    return result


def _is_unchanged(each: ReadyPost, known: KnownPosts) -> bool:
    before = known.by_source.get(each.post.source_key)
    if before is not None:
        return before.source_digest == each.digest
    own = known.own_by_slug.get(each.post.slug)
    return own is not None and own.created_at == each.post.created_at


def _conflict(each: ReadyPost, known: KnownPosts) -> str:
    """Why a post must not be written: it would overwrite, or double, another one."""
    post = each.post
    before = known.by_source.get(post.source_key)
    if before is not None:
        is_other = before.slug != post.slug and before.created_at != post.created_at
        if is_other:
            return (
                f"{post.source_key}: the post {before.slug!r} came from a file of this name in "
                f"another archive; name the source (--source) to import this one beside it"
            )
        return ""
    own = known.own_by_slug.get(post.slug)
    if own is None or own.created_at != post.created_at or own.text_digest == each.text.digest:
        return ""
    return f"{post.source_key}: the post {own.slug!r} was edited here since it was exported"
