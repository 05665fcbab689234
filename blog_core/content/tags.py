"""Tags: made when a text first names them, renamed, described and merged."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from blog_core.content.acting import now, record, require
from blog_core.content.lists import listing_of, relist
from blog_core.errors import FieldError, NotFound, ValidationError
from blog_core.model import PostTag, Redirect, Tag
from blog_core.model.upsert import insert_on
from blog_core.ports import Query
from blog_core.site import Site
from blog_core.slugs import tag_slug
from blog_core.validation import Faults

SUGGESTED = Query(
    "tag.suggested",
    select(Tag.name)
    .where(Tag.slug.like(bindparam("begins")))
    .order_by(Tag.post_count.desc(), Tag.name)
    .limit(8),
)
MAX_DESCRIPTION_CHARS = 2_000


def tag_path(slug: str) -> str:
    """The path of a tag's page below the blog's prefix, as redirects store it."""
    return f"/tags/{slug}"


def ensure_tags(session: Session, names: Sequence[str]) -> frozenset[int]:
    """The ids of the tags with these (checked) names; tags that are missing are made."""
    by_slug = {tag_slug(name): name for name in reversed(names)}
    if not by_slug:
        return frozenset()
    found = _ids_by_slug(session, by_slug)
    missing = sorted(set(by_slug) - set(found))
    if missing:
        rows = [{"slug": slug, "name": by_slug[slug]} for slug in missing]
        session.execute(insert_on(session, Tag).on_conflict_do_nothing(), rows)
        found = _ids_by_slug(session, by_slug)
    return frozenset(found.values())


def tags_beginning(site: Site, text: str) -> tuple[str, ...]:
    """The names of the most used tags that begin with a text, as `tag_slug` sees it."""
    begins = tag_slug(text)
    if not begins:
        return ()
    # A slug has no character that means something to LIKE.
    return tuple(row["name"] for row in site.read(SUGGESTED, {"begins": f"{begins}%"}))


def describe_tag(session: Session, *, slug: str, name: str, description: str = "") -> None:
    """Change how a tag is written and described; its slug stays. Raises `ValidationError`."""
    require(session, "manage-tags")
    tag = _tag(session, slug)
    faults = Faults()
    name = faults.line("name", name, max_chars=100)
    description = faults.length("description", description.strip(), max_chars=MAX_DESCRIPTION_CHARS)
    faults.raise_any()
    session.execute(update(Tag).where(Tag.id == tag.id).values(name=name, description=description))


def merge_tags(session: Session, *, slug: str, into: str) -> int:
    """Give every post of one tag the other one instead; how many posts that were.

    The merged tag goes, and its page leads to the other's. Revisions keep the names they were
    saved with.
    """
    require(session, "manage-tags")
    old, new = _tag(session, slug), _tag(session, into)
    if old.id == new.id:
        message = f"found {into!r} twice, expected two different tags"
        raise ValidationError([FieldError("into", "same", message)])
    post_ids = list(session.scalars(select(PostTag.post_id).where(PostTag.tag_id == old.id)))
    for post_id in sorted(post_ids):
        stands = listing_of(session, post_id)
        tag_ids = (stands.tag_ids - {old.id}) | {new.id}
        relist(session, post_id, publish_at=stands.publish_at, tag_ids=tag_ids)
        record(session, post_id, "updated")
    moved = insert_on(session, Redirect).values(
        path=tag_path(slug), target=tag_path(into), created_at=now(session)
    )
    target = {"post_id": None, "target": tag_path(into)}
    session.execute(moved.on_conflict_do_update(index_elements=["path"], set_=target))
    session.execute(delete(Tag).where(Tag.id == old.id))
    return len(post_ids)


def _ids_by_slug(session: Session, slugs: Sequence[str] | dict[str, str]) -> dict[str, int]:
    rows = session.execute(select(Tag.slug, Tag.id).where(Tag.slug.in_(list(slugs))))
    return {row.slug: row.id for row in rows}


def _tag(session: Session, slug: str) -> Tag:
    found = session.scalar(select(Tag).where(Tag.slug == slug))
    if found is None:
        raise NotFound("tag", slug)
    return found
