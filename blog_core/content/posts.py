"""Making and deleting posts, and who their authors are."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from blog_core.content.acting import now, record, require
from blog_core.content.addresses import check_slug, derived_slug, taken_slugs
from blog_core.content.lists import relist
from blog_core.content.locked import lock_post, write_post
from blog_core.content.revisions import Saved, add_revision
from blog_core.content.tags import ensure_tags
from blog_core.content.text import PostText, checked, refused
from blog_core.content.unique import insert_with_slug
from blog_core.model import Account, Post

MAX_AUTHORS = 20


def create_post(
    session: Session,
    *,
    text: PostText,
    slug: str | None = None,
    author_ids: Sequence[int] | None = None,
) -> Saved:
    """Make a draft and its first revision. The actor is its author unless others are named.

    Without a slug the title gives one, with a number where it is taken. Raises `ValidationError`
    with every fault, `TooLarge` or `Forbidden`.
    """
    actor = require(session, "create-posts")
    text = checked(text)
    own = (actor.account_id,) if actor.account_id is not None else ()
    if author_ids is not None and tuple(author_ids) != own:
        require(session, "assign-authors")
    authors = _checked_authors(session, own if author_ids is None else author_ids)
    if slug is not None:
        _check_free(session, slug)
    instant = now(session)
    row = {
        "title": text.title,
        "status": "draft",
        "author_id": authors[0],
        "created_at": instant,
        "updated_at": instant,
    }
    wanted = slug or derived_slug(text.title)
    post_id, free = insert_with_slug(session, Post, row, wanted=wanted, taken=taken_slugs(session))
    revision = add_revision(session, post_id, text)
    head = update(Post).where(Post.id == post_id).values(head_revision_id=revision.id)
    session.execute(head)
    tag_ids = ensure_tags(session, text.tags)
    relist(session, post_id, publish_at=None, tag_ids=tag_ids, author_ids=authors)
    record(session, post_id, "created")
    return Saved(post_id, 1, free, revision.id, revision.number)


def delete_post(session: Session, *, post_id: int, version: int | None) -> None:
    """Delete a post with its revisions, comments and old addresses. There is no way back."""
    lock_post(session, post_id, permission="delete-posts", version=version)
    relist(session, post_id, publish_at=None, tag_ids=(), author_ids=())
    session.execute(delete(Post).where(Post.id == post_id))
    record(session, post_id, "deleted")


def set_authors(
    session: Session, *, post_id: int, version: int | None, author_ids: Sequence[int]
) -> int:
    """Name a post's authors in their order, the first one foremost; the new version."""
    post = lock_post(session, post_id, permission="edit-posts", version=version)
    require(session, "assign-authors", on=post.subject)
    authors = _checked_authors(session, author_ids)
    relist(session, post_id, publish_at=post.listed_at, author_ids=authors)
    new_version = write_post(session, post, author_id=authors[0], updated_at=now(session))
    record(session, post_id, "updated")
    return new_version


def open_comments(session: Session, *, post_id: int, version: int | None, is_open: bool) -> int:
    """Let readers comment on a post, or no longer; the new version."""
    post = lock_post(session, post_id, permission="edit-posts", version=version)
    new_version = write_post(session, post, comments_open=is_open, updated_at=now(session))
    record(session, post_id, "updated")
    return new_version


def _check_free(session: Session, slug: str) -> None:
    check_slug(slug)
    if taken_slugs(session)([slug]):
        raise refused("slug", "taken", f"found {slug!r}, which another post has or had")


def _checked_authors(session: Session, author_ids: Sequence[int]) -> tuple[int, ...]:
    authors = tuple(dict.fromkeys(author_ids))
    if not 0 < len(authors) <= MAX_AUTHORS:
        message = f"found {len(authors)} authors, expected 1 to {MAX_AUTHORS}"
        raise refused("authors", "wrong_number", message)
    known = set(session.scalars(select(Account.id).where(Account.id.in_(authors))))
    unknown = [str(id_) for id_ in authors if id_ not in known]
    if unknown:
        raise refused("authors", "unknown", f"found no account {', '.join(unknown)}")
    return authors
