"""Posts from elsewhere, many in one transaction, with their own dates and addresses.

`source_key` says at the next run which post is meant, `source_digest` whether it changed: an import
that runs again changes nothing. What somebody edited here since is left alone and reported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from blog_core.content.acting import actor_of, now, record, require, site_of
from blog_core.content.addresses import derived_slug, post_path, taken_slugs
from blog_core.content.lists import relist
from blog_core.content.redirects import fits
from blog_core.content.rendered_post import published_columns
from blog_core.content.revisions import add_revision
from blog_core.content.tags import ensure_tags
from blog_core.content.text import PostText, checked
from blog_core.content.unique import insert_with_slug
from blog_core.model import Post, Redirect, Revision
from blog_core.model.upsert import insert_on
from blog_core.ports import Refusal
from blog_core.rendering import Rendered
from blog_core.slugs import MAX_SLUG_CHARS, slugify
from blog_core.validation import Faults

IMPORT_NOTE = "Imported"
Outcome = Literal["created", "updated", "unchanged", "edited_here"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPost:
    """A post as another system has it. Times are aware. `rendered` saves rendering the body again.

    `status` is a post's status; a published post with `publish_at` still to come is scheduled.
    """

    source_key: str
    source_digest: str
    text: PostText
    slug: str
    status: str
    author_ids: tuple[int, ...]
    created_at: datetime
    updated_at: datetime
    publish_at: datetime | None = None
    comments_open: bool = True
    redirects: tuple[str, ...] = ()
    extra: Mapping[str, Any] | None = None
    rendered: Rendered | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class PutPost:
    """What became of a given post.

    `edited_here`: the source changed, but so did the post; nothing was written. `refusal`: it may
    not be published and stays a draft. `lost_redirects` are paths that lead elsewhere already.
    """

    source_key: str
    post_id: int
    slug: str
    outcome: Outcome
    refusal: Refusal | None = None
    lost_redirects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    slug: str
    source_digest: str | None
    head_note: str | None


def put_posts(session: Session, posts: Sequence[GivenPost]) -> list[PutPost]:
    """Create or update posts by their source keys, in the order given; what became of each.

    All or nothing: an error (`ValidationError`, `TooLarge`, `Forbidden`) leaves nothing behind, as
    the transaction is rolled back. Suspend the triggers around it for many posts.
    """
    require(session, "manage-site")
    known = _known_posts(session, [post.source_key for post in posts])
    return [_put(session, post, known.get(post.source_key)) for post in posts]


def _put(session: Session, given: GivenPost, known: _Known | None) -> PutPost:
    if known is not None and known.source_digest == given.source_digest:
        return PutPost(given.source_key, known.id, known.slug, "unchanged")
    if known is not None and known.head_note != IMPORT_NOTE:
        return PutPost(given.source_key, known.id, known.slug, "edited_here")
    _check_key(given.source_key)
    text = checked(given.text)
    post_id, slug = (known.id, known.slug) if known else _insert(session, given, text)
    revision = add_revision(session, post_id, text, note=IMPORT_NOTE)
    refusal = _refusal(session, post_id, revision, given)
    status = "draft" if refusal else given.status
    listed_at = (given.publish_at or given.created_at) if status == "published" else None
    values = {
        **(published_columns(text, given.rendered) if listed_at else {"title": text.title}),
        "status": status,
        "publish_at": listed_at or given.publish_at,
        "created_at": given.created_at,
        "updated_at": given.updated_at,
        "author_id": given.author_ids[0],
        "comments_open": given.comments_open,
        "extra": dict(given.extra) if given.extra else None,
        "source_digest": given.source_digest,
        "head_revision_id": revision.id,
        "published_revision_id": revision.id if listed_at else None,
        "version": Post.version + 1 if known else Post.version,
    }
    session.execute(update(Post).where(Post.id == post_id).values(**values))
    relist(
        session,
        post_id,
        publish_at=listed_at,
        tag_ids=ensure_tags(session, text.tags),
        author_ids=given.author_ids,
    )
    record(session, post_id, "published" if listed_at else "updated" if known else "created")
    lost = _redirect(session, post_id, slug, given.redirects)
    outcome: Outcome = "updated" if known else "created"
    return PutPost(given.source_key, post_id, slug, outcome, refusal, lost)


def _check_key(source_key: str) -> None:
    faults = Faults()
    faults.length("source_key", source_key, max_chars=255, required=True)
    faults.raise_any()


def _known_posts(session: Session, source_keys: Sequence[str]) -> dict[str, _Known]:
    found: dict[str, _Known] = {}
    for start in range(0, len(source_keys), 500):
        rows = session.execute(
            select(Post.source_key, Post.id, Post.slug, Post.source_digest, Revision.note)
            .outerjoin(Revision, Revision.id == Post.head_revision_id)
            .where(Post.source_key.in_(source_keys[start : start + 500]))
        )
        found |= {row[0] or "": _Known(*row[1:]) for row in rows}
    return found


def _insert(session: Session, given: GivenPost, text: PostText) -> tuple[int, str]:
    row = {
        "title": text.title,
        "status": "draft",
        "author_id": given.author_ids[0],
        "created_at": given.created_at,
        "updated_at": given.updated_at,
        "source_key": given.source_key,
    }
    wanted = slugify(given.slug, max_chars=MAX_SLUG_CHARS) or derived_slug(text.title)
    return insert_with_slug(session, Post, row, wanted=wanted, taken=taken_slugs(session))


def _refusal(
    session: Session, post_id: int, revision: Revision, given: GivenPost
) -> Refusal | None:
    if given.status != "published":
        return None
    # The stage is asked about this text, not about the one before.
    head = update(Post).where(Post.id == post_id)
    session.execute(head.values(head_revision_id=revision.id))
    return site_of(session).ports.stages.may(post_id, actor_of(session), "publish")


def _redirect(session: Session, post_id: int, slug: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Let old paths lead to a post; those that lead to something else already."""
    given = set(paths) - {post_path(slug)}
    wanted = sorted(path for path in given if fits(path))
    if not wanted:
        return tuple(sorted(given))
    rows = [{"path": path, "post_id": post_id, "created_at": now(session)} for path in wanted]
    session.execute(insert_on(session, Redirect).on_conflict_do_nothing(), rows)
    mine = session.scalars(
        select(Redirect.path).where(Redirect.path.in_(wanted), Redirect.post_id == post_id)
    )
    return tuple(sorted(given - set(mine)))
