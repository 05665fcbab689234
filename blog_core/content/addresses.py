"""A post's address: its slug, who may have it, and the old ones that lead on to it.

A slug belongs to the post that has it, and stays with the post that had it: its old address leads
there with a 301, so no other post gets it. Redirects name the post, so there are no chains.
"""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from blog_core.content.acting import now, record
from blog_core.content.locked import LockedPost, lock_post, write_post
from blog_core.content.text import refused
from blog_core.content.unique import Taken, taken_in
from blog_core.errors import FieldError, ValidationError
from blog_core.model import Post, Redirect
from blog_core.model.upsert import insert_on
from blog_core.slugs import MAX_SLUG_CHARS, free_slug, is_slug, slugify

NAMELESS = "post"
"""The slug of a post whose title holds no letter or digit."""


def post_path(slug: str) -> str:
    """The path of a post below the blog's prefix, as redirects store it (not quoted)."""
    return f"/posts/{slug}"


def change_slug(
    session: Session, *, post_id: int, version: int | None, slug: str
) -> tuple[int, str]:
    """Give a post another slug; the old address leads there from now on. Version and slug.

    Raises `ValidationError` for a slug that is none, or that another post has or had.
    """
    post = lock_post(session, post_id, permission="edit-posts", version=version)
    taken = take_slug(session, post, slug)
    if taken == post.slug:
        return post.version, post.slug
    new_version = write_post(session, post, slug=taken, updated_at=now(session))
    record(session, post_id, "updated")
    return new_version, taken


def take_slug(session: Session, post: LockedPost, slug: str) -> str:
    """Check a slug for a post and keep its old address alive; the caller writes the slug."""
    slug = slug.strip()
    if slug == post.slug:
        return slug
    check_slug(slug)
    taken = taken_slugs(session, but=post.id)
    if taken([slug]):
        free = free_slug(slug, taken)
        message = f"found {slug!r}, which another post has or had; {free!r} is free"
        raise ValidationError([FieldError("slug", "taken", message, free)])
    keep_old_address(session, post, slug)
    return slug


def follow_title(session: Session, post: LockedPost, title: str) -> str:
    """The slug of a post whose title changes: a derived one follows, until readers saw it."""
    derived = derived_slug(post.title)
    is_derived = post.slug == derived or post.slug.removeprefix(f"{derived}-").isdigit()
    if post.was_published or not is_derived or derived_slug(title) == derived:
        return post.slug
    return free_slug(derived_slug(title), taken_slugs(session, but=post.id))


def derived_slug(title: str) -> str:
    """The slug that a title gives; never empty."""
    return slugify(title) or NAMELESS


def check_slug(slug: str) -> None:
    """`ValidationError` for a text that is no slug."""
    if not is_slug(slug):
        better = slugify(slug, max_chars=MAX_SLUG_CHARS)
        hint = f", such as {better!r}" if better else ""
        message = f"found {slug[:80]!r}, expected small letters, digits and single hyphens{hint}"
        raise refused("slug", "invalid", message)


def taken_slugs(session: Session, *, but: int = 0) -> Taken:
    """Answers which of some slugs another post than `but` has, or had."""
    has = taken_in(session, Post.slug)

    def taken(candidates: Collection[str]) -> set[str]:
        by_path = {post_path(slug): slug for slug in candidates}
        had = session.execute(
            select(Redirect.path, Redirect.post_id).where(Redirect.path.in_(by_path))
        )
        return has(candidates) | {by_path[path] for path, owner in had if owner != but}

    return taken


def keep_old_address(session: Session, post: LockedPost, slug: str) -> None:
    """Let a published post's address lead on to it, and free the one it takes back."""
    session.execute(delete(Redirect).where(Redirect.path == post_path(slug)))
    if not post.was_published:
        return
    row = {"path": post_path(post.slug), "post_id": post.id, "created_at": now(session)}
    kept = insert_on(session, Redirect).values(**row)
    mine = {"post_id": post.id, "target": None}
    session.execute(kept.on_conflict_do_update(index_elements=["path"], set_=mine))
