"""A post under the eyes of people: its title, its head revision, and who may do what with it."""

from dataclasses import dataclass

from sqlalchemy import RowMapping, bindparam, select
from sqlalchemy.orm import Session

from blog_core.api import (
    Account,
    Actor,
    NotFound,
    Post,
    PostAuthor,
    Query,
    Revision,
    Site,
    Subject,
    json_rows,
)

_AUTHORS = json_rows(
    select(Account.id, Account.name)
    .join(PostAuthor, PostAuthor.account_id == Account.id)
    .where(PostAuthor.post_id == Post.id)
    .order_by(PostAuthor.position)
    .correlate(Post)
).label("authors")


@dataclass(frozen=True, slots=True)
class PostSeen:
    """A post with its head revision (0 and "" before the first one)."""

    id: int
    title: str
    slug: str
    status: str
    version: int
    revision_id: int
    number: int
    digest: str
    author_names: tuple[str, ...]
    subject: Subject

    @property
    def heading(self) -> str:
        """The title, or a word for its absence."""
        return self.title or "(untitled)"


POST = Query(
    "workflow.post",
    select(
        Post.id,
        Post.slug,
        Post.status,
        Post.version,
        Post.author_id,
        Post.title.label("post_title"),
        Revision.title,
        Revision.id.label("revision_id"),
        Revision.number,
        Revision.digest,
        _AUTHORS,
    )
    .select_from(Post)
    .outerjoin(Revision, Revision.id == Post.head_revision_id)
    .where(Post.id == bindparam("post_id")),
)


def seen(session: Session, post_id: int, permission: str, *, lock: bool = False) -> PostSeen:
    """A post on which the session's actor has a permission. Raises as `Access.require`; `lock`
    keeps its text as it is until the transaction ends."""
    if lock:
        session.execute(select(Post.id).where(Post.id == post_id).with_for_update(key_share=True))
    row = session.execute(POST.statement, {"post_id": post_id}).mappings().one_or_none()
    site: Site = session.info["site"]
    return allowed(site, session.info["actor"], permission, row, post_id)


def allowed(
    site: Site, actor: Actor, permission: str, row: RowMapping | None, post_id: int
) -> PostSeen:
    """The post of a row, if the actor has the permission on it."""
    if row is None:
        raise NotFound("post", post_id)
    owners = frozenset({row["author_id"], *(author["id"] for author in row["authors"])})
    is_public = row["status"] == "published"
    subject = Subject("post", post_id, owners=owners, is_public=is_public)
    site.access.require(actor, permission, on=subject)
    return PostSeen(
        id=row["id"],
        title=row["title"] or row["post_title"],
        slug=row["slug"],
        status=row["status"],
        version=row["version"],
        revision_id=row["revision_id"] or 0,
        number=row["number"] or 0,
        digest=row["digest"] or "",
        author_names=tuple(author["name"] for author in row["authors"]),
        subject=subject,
    )


def read_post(site: Site, post_id: int, permission: str = "read-drafts") -> PostSeen:
    """The same outside a transaction, for the current actor. One statement."""
    rows = site.read(POST, {"post_id": post_id})
    actor = site.access.current_actor()
    return allowed(site, actor, permission, rows[0] if rows else None, post_id)
