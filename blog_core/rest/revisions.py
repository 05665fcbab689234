"""A post's saved texts, and taking an old one up again."""

from typing import TYPE_CHECKING

from blog_core.content import desk
from blog_core.content.revisions import restore_revision
from blog_core.rest.models import Nothing, RevisionList
from blog_core.rest.paging import links
from blog_core.rest.params import DEFAULT_LIMIT
from blog_core.rest.post_models import revision_summary, revision_text
from blog_core.rest.post_reply import post_reply
from blog_core.rest.reply import Reply
from blog_core.site import SYSTEM

if TYPE_CHECKING:
    from blog_core.site import Site


class Revisions:
    """The views of revisions of one blog."""

    def __init__(self, site: "Site") -> None:
        self._site = site

    def list(self, post_id: int, before: int | None = None, limit: int = DEFAULT_LIMIT) -> Reply:
        """A post's revisions, the newest first, without their texts."""
        actor = self._site.access.current_actor()
        rows = desk.revisions(self._site, actor, post_id, before=before, limit=limit + 1)
        shown = rows[:limit]
        following = str(shown[-1]["number"]) if len(rows) > limit else None
        body = RevisionList(items=[revision_summary(row) for row in shown], next=following)
        return Reply(body, links=links(parameter="before", next=following))

    def one(self, post_id: int, revision_id: int) -> Reply:
        """One revision with its text."""
        actor = self._site.access.current_actor()
        return Reply(revision_text(desk.revision(self._site, actor, post_id, revision_id)))

    def restore(self, post_id: int, revision_id: int, body: Nothing, version: int | None) -> Reply:
        """Save an old revision's text again, as a new one."""
        with self._site.transaction() as session:
            restore_revision(session, post_id=post_id, version=version, revision_id=revision_id)
            return post_reply(self._site, SYSTEM, post_id)
