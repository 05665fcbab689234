"""Comments: read where they are approved, written in one's own name, moderated."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import url_for
from sqlalchemy import select

from blog_core.content import desk, reading
from blog_core.content.comments import moderate
from blog_core.content.keyset import Cursor
from blog_core.content.reader_comments import SentComment, send_comment, take_turn
from blog_core.model import Comment
from blog_core.rest.models import AddedComment, CommentList, CommentQueue, Moderation, NewComment
from blog_core.rest.paging import listed
from blog_core.rest.params import DEFAULT_LIMIT
from blog_core.rest.post_models import public_comment, queued_comment
from blog_core.rest.reply import Reply

if TYPE_CHECKING:
    from blog_core.site import Site


class Comments:
    """The views of comments of one blog."""

    def __init__(self, site: "Site") -> None:
        self._site = site

    def of_post(self, post_id: int) -> Reply:
        """The approved comments of a post that readers see, the oldest first."""
        found = reading.comments(self._site, reading.post_by_id(self._site, post_id))
        return Reply(CommentList(items=[public_comment(row) for row in found]))

    def queue(
        self, status: str = "pending", page: Cursor | None = None, limit: int = DEFAULT_LIMIT
    ) -> Reply:
        """The comments of a status on the whole blog, the newest first."""
        actor = self._site.access.current_actor()
        found = desk.comments(self._site, actor, status=status, cursor=page, limit=limit)
        return listed(found, queued_comment, CommentQueue)

    def add(self, post_id: int, body: NewComment) -> Reply:
        """Comment on a post that readers see, in the name of the token's account."""
        digest = self._site.access.address_digest()
        take_turn(self._site, digest)
        with self._site.transaction() as session:
            added = send_comment(
                session,
                post_id=post_id,
                sent=SentComment(body.body),
                address_digest=digest,
                queue_url=self._queue_url(),
            )
        return Reply(
            AddedComment(id=added.id, post_id=post_id, status=added.status),
            status=201,
        )

    def _queue_url(self) -> str:
        """Where a moderator finds it, at the blog's public address where that is known."""
        public = urlsplit(self._site.settings.core.site_url)
        origin = f"{public.scheme}://{public.netloc}" if public.netloc else ""
        return origin + url_for(f"{self._site.name}.admin_comments")

    def moderate(self, comment_id: int, body: Moderation) -> Reply:
        """Approve a comment, call it spam, delete it, or let it wait."""
        with self._site.transaction() as session:
            moderate(session, comment_id=comment_id, status=body.status)
            post_id = session.scalars(select(Comment.post_id).where(Comment.id == comment_id)).one()
        return Reply(AddedComment(id=comment_id, post_id=post_id, status=body.status))
