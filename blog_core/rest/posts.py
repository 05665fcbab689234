"""Posts: read by anybody once they are published, written by tokens under their version."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import request, url_for
from sqlalchemy.orm import Session

from blog_core.access.access import TokenNeeded
from blog_core.content import desk, desk_lists, publishing, reading
from blog_core.content.keyset import Cursor
from blog_core.content.locked import lock_post
from blog_core.content.posts import create_post, delete_post, open_comments, set_authors
from blog_core.content.revisions import revision_of, save_revision, text_of
from blog_core.content.text import PostText
from blog_core.errors import FieldError, Forbidden, NotFound
from blog_core.ports import Actor
from blog_core.rest.asking import BadRequest
from blog_core.rest.models import (
    DeskList,
    NewPost,
    Nothing,
    PostChanges,
    Publication,
    PublishedList,
    Schedule,
    WholePost,
)
from blog_core.rest.paging import listed
from blog_core.rest.params import DEFAULT_LIMIT
from blog_core.rest.post_models import desk_summary, published_post, published_summary
from blog_core.rest.post_reply import post_reply
from blog_core.rest.reply import Reply
from blog_core.site import SYSTEM

if TYPE_CHECKING:
    from blog_core.site import Site

_TEXT = ("title", "body", "excerpt", "image", "tags")


class Posts:
    """The views of posts of one blog."""

    def __init__(self, site: "Site") -> None:
        self._site = site

    # --- reading --------------------------------------------------------------------------------

    def list(
        self,
        status: desk_lists.Shown = "published",
        tag: str | None = None,
        author: str | None = None,
        month: str | None = None,
        slug: str | None = None,
        page: Cursor | None = None,
        limit: int = DEFAULT_LIMIT,
    ) -> Reply:
        """A page of posts: of what readers see, or (other states) of what the token may read."""
        filters = {"tag": tag, "author": author, "month": month, "slug": slug}
        chosen = {name: value for name, value in filters.items() if value is not None}
        if len(chosen) > 1 or (chosen and status != "published"):
            names = ", ".join(chosen)
            message = f"found {names} with status {status}, expected one of them and `published`"
            raise BadRequest([FieldError(next(iter(chosen)), "combined", message)])
        if status != "published":
            return self._desk_list(status, page, limit)
        if slug is not None:
            return self._by_slug(slug)
        if tag is not None:
            found = reading.posts_of_tag(self._site, tag, page, limit=limit)
        elif author is not None:
            found = reading.posts_of_author(self._site, author, page, limit=limit)
        elif month is not None:
            found = reading.posts_of_month(self._site, month, page, limit=limit)
        else:
            found = reading.posts(self._site, page, limit=limit)
        return listed(found, published_summary, PublishedList)

    def _by_slug(self, slug: str) -> Reply:
        row = reading.post(self._site, slug)
        return Reply(PublishedList(items=[published_summary(row)]))

    def _desk_list(self, status: desk_lists.Shown, page: Cursor | None, limit: int) -> Reply:
        actor, now = self._actor(), self._site.clock()
        if not actor.is_signed_in:
            raise TokenNeeded(f"{request.path}?status={status}")
        found = desk_lists.posts(self._site, actor, shown=status, cursor=page, limit=limit)
        return listed(found, lambda row: desk_summary(row, now), DeskList)

    def one(self, post_id: int) -> Reply:
        """A post: with its last saved text for a token that may read it, else as readers see it."""
        if "Authorization" in request.headers:
            with suppress(NotFound, Forbidden):
                return self.written(post_id)
        return Reply(published_post(reading.post_by_id(self._site, post_id)))

    def written(self, post_id: int, **_given: object) -> Reply:
        """A post as its writers see it, with its version."""
        return post_reply(self._site, self._actor(), post_id)

    def _as_it_stands(self, post_id: int) -> Reply:
        """A post for the one who has just written it: also without the scope read-drafts."""
        return post_reply(self._site, SYSTEM, post_id)

    # --- writing --------------------------------------------------------------------------------

    def create(self, body: NewPost) -> Reply:
        """A new draft."""
        text = PostText(**{name: getattr(body, name) for name in _TEXT} | {"tags": (*body.tags,)})
        with self._site.transaction() as session:
            saved = create_post(session, text=text, slug=body.slug, author_ids=body.author_ids)
            reply = self._as_it_stands(saved.post_id)
        place = url_for(f"{self._site.name}.rest_post", post_id=saved.post_id)
        return replace(reply, status=201, location=place)

    def replace(self, post_id: int, body: WholePost, version: int | None) -> Reply:
        """Write all of a post; what the body leaves out is emptied."""
        given = {name: getattr(body, name) for name in WholePost.model_fields}
        return self._write(post_id, given, version)

    def change(self, post_id: int, body: PostChanges, version: int | None) -> Reply:
        """Change what the body names."""
        given = {name: getattr(body, name) for name in body.model_fields_set}
        emptied = {name for name in ("excerpt", "image") if name in given}
        kept = {name: v for name, v in given.items() if v is not None or name in emptied}
        return self._write(post_id, kept, version)

    def _write(self, post_id: int, given: dict[str, Any], version: int | None) -> Reply:
        with self._site.transaction() as session:
            post = lock_post(session, post_id, permission="edit-posts", version=version)
            text = text_of(revision_of(session, post_id, post.head_revision_id))
            new = {name: given[name] for name in _TEXT if name in given}
            if "tags" in new:
                new["tags"] = tuple(new["tags"])
            at = save_revision(
                session,
                post_id=post_id,
                version=post.version,
                text=replace(text, **new),
                slug=given.get("slug"),
                note=given.get("note", ""),
            ).version
            self._set_further(session, post_id, at, given)
            return self._as_it_stands(post_id)

    def _set_further(
        self, session: Session, post_id: int, version: int, given: dict[str, Any]
    ) -> None:
        now = desk.post(self._site, SYSTEM, post_id).row
        author_ids = given.get("author_ids")
        if author_ids is not None and author_ids != [author["id"] for author in now["authors"]]:
            version = set_authors(session, post_id=post_id, version=version, author_ids=author_ids)
        is_open = given.get("comments_open")
        if is_open is not None and is_open != now["comments_open"]:
            open_comments(session, post_id=post_id, version=version, is_open=is_open)

    def delete(self, post_id: int, version: int | None) -> Reply:
        """Delete a post with its revisions and comments."""
        with self._site.transaction() as session:
            delete_post(session, post_id=post_id, version=version)
        return Reply(status=204)

    # --- what readers see of it -------------------------------------------------------------------

    def publish(self, post_id: int, body: Publication, version: int | None) -> Reply:
        """Show the last saved text to readers."""
        return self._step(publishing.publish, post_id, version, publish_at=body.publish_at)

    def schedule(self, post_id: int, body: Schedule, version: int | None) -> Reply:
        """Show it from an instant on that is still to come."""
        return self._step(publishing.schedule, post_id, version, publish_at=body.publish_at)

    def unpublish(self, post_id: int, body: Nothing, version: int | None) -> Reply:
        """Make it a draft again."""
        return self._step(publishing.unpublish, post_id, version)

    def hide(self, post_id: int, body: Nothing, version: int | None) -> Reply:
        """Take it out of readers' sight."""
        return self._step(publishing.hide, post_id, version)

    def archive(self, post_id: int, body: Nothing, version: int | None) -> Reply:
        """Put it away."""
        return self._step(publishing.archive, post_id, version)

    def _step(
        self, step: Callable[..., object], post_id: int, version: int | None, **more: object
    ) -> Reply:
        with self._site.transaction() as session:
            step(session, post_id=post_id, version=version, **more)
            return self._as_it_stands(post_id)

    def _actor(self) -> Actor:
        return self._site.access.current_actor()
