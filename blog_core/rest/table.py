"""The routes of the API: who may use them, what they take, what they answer."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Union

from blog_core.operations import Answer, Operation, Param
from blog_core.rest import models, params
from blog_core.rest.comments import Comments
from blog_core.rest.me import me
from blog_core.rest.media import FORM_BYTES, MediaFiles
from blog_core.rest.posts import Posts
from blog_core.rest.revisions import Revisions
from blog_core.rest.tags import Tags
from blog_core.routes import NEVER, CacheClass, Route, View, cached_page

if TYPE_CHECKING:
    from pydantic import BaseModel

    from blog_core.site import Site

TEXT_BYTES = 8 * 1024 * 1024
"""Far above the longest text that is taken, however it is escaped: it is refused by name."""

SMALL_BYTES = 64 * 1024
PUBLIC = cached_page(ttl_s=300)
POST = f"/posts/<int(max={params.MAX_ID}):post_id>"
_LISTED = {"page": params.PAGE, "limit": params.LIMIT}
_MONTH = Param(
    params.SLUG.parse,
    "Only posts of a month (UTC), such as 2026-11",
    {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"},
)
_POSTS_PARAMS = {
    "status": params.STATUS,
    "tag": params.slug_of("Only posts with a tag, by its slug"),
    "author": params.slug_of("Only posts of an author, by their slug"),
    "month": _MONTH,
    "slug": params.slug_of("The one post with this slug"),
    **_LISTED,
}
_STAGE = {409: "Its stage does not let the post through; `missing` says what is needed"}


def core_routes(site: "Site") -> list[Route]:
    """The core's operations, with their rules below the API's prefix."""
    return [*_posts(site), *_revisions(site), *_comments(site), *_tags(site), *_media(site)]


def _posts(site: "Site") -> list[Route]:
    posts = Posts(site)
    seen = _answer("The post", models.PublishedPost, models.DeskPost)
    saved = _answer("The post as it stands now", models.DeskPost)
    changes: dict[str, Any] = {"versioned": True, "current": posts.written, "group": "posts"}
    both = _either(models.PublishedList, models.DeskList)

    def step(name: str, summary: str, view: View, body: "type[BaseModel]", **more: Any) -> Route:
        operation = Operation(summary, saved, body=body, once=True, **changes, **more)
        return _write(name, f"{POST}/{name}", view, "publish-posts", "POST", operation)

    empty: dict[str, Any] = {"body": models.Nothing, "body_required": False}
    return [
        _read(
            "posts", "/posts", posts.list, "public",
            Operation("List posts", {200: Answer("A page of posts", both)}, "posts"),
            cache=PUBLIC, params=_POSTS_PARAMS, statements=1,
        ),
        _read(
            "post", POST, posts.one, "public", Operation("Read a post", seen, "posts"),
            cache=PUBLIC, statements=2,
        ),
        _write(
            "create_post", "/posts", posts.create, "create-posts", "POST",
            Operation(
                "Write a new draft",
                {201: Answer("The draft", models.DeskPost)},
                "posts",
                body=models.NewPost,
                once=True,
            ),
            max_body_bytes=TEXT_BYTES,
        ),
        _write(
            "replace_post", POST, posts.replace, "edit-posts", "PUT",
            Operation("Write all of a post", saved, body=models.WholePost, **changes),
            max_body_bytes=TEXT_BYTES,
        ),
        _write(
            "change_post", POST, posts.change, "edit-posts", "PATCH",
            Operation("Change parts of a post", saved, body=models.PostChanges, **changes),
            max_body_bytes=TEXT_BYTES,
        ),
        _write(
            "delete_post", POST, posts.delete, "delete-posts", "DELETE",
            Operation("Delete a post for good", {204: Answer("It is gone")}, **changes),
        ),
        step(
            "publish", "Show a post to readers, now or from an instant on", posts.publish,
            models.Publication, body_required=False, problems=_STAGE,
        ),
        step(
            "schedule", "Show a post from an instant on that is still to come", posts.schedule,
            models.Schedule, problems=_STAGE,
        ),
        step("unpublish", "Make a post a draft again", posts.unpublish, **empty),
        step("hide", "Take a post out of readers' sight", posts.hide, **empty),
        step("archive", "Put a post away", posts.archive, **empty),
    ]  # fmt: skip


def _revisions(site: "Site") -> list[Route]:
    revisions, posts = Revisions(site), Posts(site)
    one = f"{POST}/revisions/<int(max={params.MAX_ID}):revision_id>"
    listed = Answer("Revisions, the newest first", models.RevisionList)
    restored = _answer("The post with the old text as its newest revision", models.DeskPost)
    return [
        _read(
            "revisions", f"{POST}/revisions", revisions.list, "read-drafts",
            Operation("List a post's revisions", {200: listed}, "revisions"),
            params={"before": params.BEFORE, "limit": params.LIMIT},
        ),
        _read(
            "revision", one, revisions.one, "read-drafts",
            Operation(
                "Read a revision", _answer("The revision", models.RevisionText), "revisions"
            ),
        ),
        _write(
            "restore_revision", f"{one}/restore", revisions.restore, "edit-posts", "POST",
            Operation(
                "Save an old revision's text again",
                restored,
                "revisions",
                body=models.Nothing,
                body_required=False,
                versioned=True,
                once=True,
                current=posts.written,
            ),
        ),
    ]  # fmt: skip


def _comments(site: "Site") -> list[Route]:
    comments = Comments(site)
    public = Answer("Approved comments, the oldest first", models.CommentList)
    queue = Answer("A page of comments", models.CommentQueue)
    return [
        _read(
            "post_comments", f"{POST}/comments", comments.of_post, "public",
            Operation("List a post's comments", {200: public}, "comments"),
            cache=PUBLIC, statements=2,
        ),
        _write(
            "add_comment", f"{POST}/comments", comments.add, "write-comments", "POST",
            Operation(
                "Comment on a post",
                {201: Answer("The comment", models.AddedComment)},
                "comments",
                body=models.NewComment,
                once=True,
                problems={409: "The post's comments are closed"},
            ),
            max_body_bytes=TEXT_BYTES,
        ),
        _read(
            "comments", "/comments", comments.queue, "moderate-comments",
            Operation("List comments to moderate", {200: queue}, "comments"),
            params={"status": params.COMMENT_STATUS, **_LISTED},
        ),
        _write(
            "moderate_comment", f"/comments/<int(max={params.MAX_ID}):comment_id>",
            comments.moderate, "moderate-comments", "PATCH",
            Operation(
                "Approve a comment, or take it away",
                _answer("The comment", models.AddedComment),
                "comments",
                body=models.Moderation,
            ),
        ),
    ]  # fmt: skip


def _tags(site: "Site") -> list[Route]:
    tags = Tags(site)
    listed = Answer("Tags by name", models.TagList)
    return [
        _read(
            "tags", "/tags", tags.list, "public", Operation("List tags", {200: listed}, "tags"),
            cache=PUBLIC, statements=1,
        ),
        _write(
            "describe_tag", "/tags/<slug>", tags.describe, "manage-tags", "PUT",
            Operation(
                "Write and describe a tag",
                _answer("The tag", models.DescribedTag),
                "tags",
                body=models.TagText,
            ),
        ),
        _write(
            "merge_tag", "/tags/<slug>/merge", tags.merge, "manage-tags", "POST",
            Operation(
                "Give every post of a tag another one instead",
                _answer("How many posts that were", models.Merged),
                "tags",
                body=models.TagMerge,
                once=True,
            ),
        ),
    ]  # fmt: skip


def _media(site: "Site") -> list[Route]:
    media = MediaFiles(site)
    one = f"/media/<int(max={params.MAX_ID}):media_id>"
    listed = Answer("A page of files", models.MediaList)
    new = Answer("The file", models.MediaFile)
    account = _answer("The account, and what the token may do", models.Me)
    return [
        _read(
            "media", "/media", media.list, "upload-media",
            Operation("List files", {200: listed}, "media"), params={"q": params.SEARCH, **_LISTED},
        ),
        _read(
            "media_file", one, media.one, "upload-media",
            Operation("Read about a file", {200: new}, "media"),
        ),
        _write(
            "upload", "/media", media.upload, "upload-media", "POST",
            Operation(
                "Upload a picture",
                {201: new, 200: Answer("The same picture was here already", models.MediaFile)},
                "media",
                upload=models.Upload,
            ),
            max_body_bytes=site.settings.core.max_upload_bytes + FORM_BYTES,
        ),
        _write(
            "describe_media", one, media.describe, "edit-media", "PATCH",
            Operation("Say what a picture shows", {200: new}, "media", body=models.AltText),
        ),
        _write(
            "delete_media", one, media.delete, "edit-media", "DELETE",
            Operation(
                "Delete a file", {204: Answer("It is gone")}, "media",
                problems={409: "A text shows the file"},
            ),
        ),
        _read(
            "me", "/me", lambda: me(site), "signed-in",
            Operation("Whose token this is", account, "me"),
        ),
    ]  # fmt: skip


def _answer(text: str, *choices: "type[BaseModel]") -> Mapping[int, Answer]:
    return {200: Answer(text, choices[0] if len(choices) == 1 else _either(*choices))}


def _either(*choices: "type[BaseModel]") -> Any:
    """One of several models; pydantic makes `anyOf` of it."""
    return Union[choices]  # noqa: UP007  the choices are values


def _read(
    name: str,
    path: str,
    view: View,
    permission: str,
    operation: Operation,
    *,
    cache: CacheClass = NEVER,
    **more: Any,
) -> Route:
    return Route(f"rest_{name}", path, view, permission, cache, operation=operation, **more)


def _write(
    name: str,
    path: str,
    view: View,
    permission: str,
    method: str,
    operation: Operation,
    *,
    max_body_bytes: int = SMALL_BYTES,
) -> Route:
    return Route(
        f"rest_{name}",
        path,
        view,
        permission,
        NEVER,
        methods=(method,),
        max_body_bytes=max_body_bytes,
        operation=operation,
    )
