"""The JSON of the API: what it takes and what it gives, as models that also make its schema."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Item = TypeVar("Item")

PostStatus = Literal["draft", "published", "hidden", "archived"]
CommentStatus = Literal["pending", "approved", "spam", "deleted"]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Instant = Annotated[
    AwareDatetime, Field(description="With a time zone, such as 2026-11-24T12:00:00Z")
]
Title = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Text = Annotated[str, StringConstraints(max_length=1_000_000)]
TagName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Slug = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Given(BaseModel):
    """Base of what the API gives."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Taken(BaseModel):
    """Base of what the API takes: no unknown fields, and no type stands for another."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


# --- what it gives --------------------------------------------------------------------------------


class Listed(Given, Generic[Item]):
    """A page of a list. `next` and `previous` go into `page`; the Link header has the addresses."""

    items: list[Item]
    next: str | None = None
    previous: str | None = None


class Named(Given):
    """A tag or an author of a published post."""

    name: str
    slug: str


class Author(Named):
    """An author of a post, with the id of the account."""

    id: int


class PublishedSummary(Given):
    """A post in a list of what readers see."""

    id: int
    slug: str
    title: str
    status: Literal["published"] = "published"
    excerpt: str
    image: str | None
    publish_at: datetime
    comment_count: int
    reading_time_min: int
    authors: list[Named]
    tags: list[Named]


class PublishedPost(PublishedSummary):
    """A post as readers see it."""

    created_at: datetime
    updated_at: datetime
    comments_open: bool
    words: int
    html: str


class DeskSummary(Given):
    """A post in a list for those who write. `version` is what If-Match names."""

    id: int
    slug: str
    title: str
    status: PostStatus
    is_scheduled: bool
    has_unpublished_changes: bool
    publish_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int
    authors: list[Author]
    tags: list[str]


class DeskPost(DeskSummary):
    """A post with its last saved text, in Markdown, as it can be sent back."""

    body: str
    excerpt: str | None
    image: str | None
    comments_open: bool
    revision_id: int | None
    revision_number: int | None


class RevisionSummary(Given):
    """A saved text in the list of a post's revisions."""

    id: int
    number: int
    title: str
    note: str
    account_id: int | None
    created_at: datetime


class RevisionText(RevisionSummary):
    """A saved text."""

    body: str
    excerpt: str | None
    image: str | None
    tags: list[str]


class PublicComment(Given):
    """A comment as readers see it."""

    id: int
    created_at: datetime
    author_name: str
    author_url: str | None
    html: str


class QueuedComment(PublicComment):
    """A comment as moderators see it."""

    status: CommentStatus
    post_id: int
    post_title: str
    author_email: str | None


class AddedComment(Given):
    """A comment just written; `pending` waits for a moderator."""

    id: int
    post_id: int
    status: CommentStatus


class TagCount(Given):
    """A tag and how many posts readers find there."""

    name: str
    slug: str
    posts: int


class DescribedTag(Given):
    """A tag as it is written and described."""

    name: str
    slug: str
    description: str


class Merged(Given):
    """How many posts got the other tag."""

    into: str
    posts: int


class MediaFile(Given):
    """A file of the media library. `url` is its path on this blog."""

    id: int
    url: str
    original_name: str
    mime_type: str
    size_bytes: int
    width_px: int | None
    height_px: int | None
    alt: str
    created_at: datetime


class Me(Given):
    """The account that a token belongs to, and what the token may do."""

    account_id: int | None
    name: str
    role: str
    token: str
    scopes: list[str]
    expires_at: datetime


class Fault(Given):
    """One thing that is wrong with a request: where, a code for programs, a sentence."""

    field: str
    code: str
    message: str
    limit: int | str | None = None


class Collided(Given):
    """A field that both changed: as it was, theirs, yours, and both together where they fit."""

    field: str
    base: str | int | bool | None
    theirs: str | int | bool | None
    yours: str | int | bool | None
    merged: str | None = None


class Problem(BaseModel):
    """An error, after RFC 9457. `current` is what a change met that was made on an old version."""

    model_config = ConfigDict(frozen=True)

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] | None = None
    missing: list[str] | None = None
    current_version: int | None = None
    current: dict[str, Any] | None = None
    collisions: list[Collided] | None = None
    reference: str | None = None


class PublishedList(Listed[PublishedSummary]):
    """A page of what readers see."""


class DeskList(Listed[DeskSummary]):
    """A page of posts for those who write."""


class RevisionList(Listed[RevisionSummary]):
    """Some revisions of a post; `next` goes into `before`."""


class CommentList(Listed[PublicComment]):
    """The comments of a post."""


class CommentQueue(Listed[QueuedComment]):
    """A page of comments for moderators."""


class TagList(Listed[TagCount]):
    """Tags by name."""


class MediaList(Listed[MediaFile]):
    """A page of files."""


# --- what it takes --------------------------------------------------------------------------------


class NewPost(Taken):
    """A new draft."""

    title: Title
    body: Text = ""
    excerpt: Annotated[str, StringConstraints(max_length=2_000)] | None = None
    image: Annotated[str, StringConstraints(max_length=1_024)] | None = None
    tags: Annotated[list[TagName], Field(max_length=50)] = []
    slug: Slug | None = Field(None, description="Else the title gives one")
    author_ids: Annotated[list[Id], Field(min_length=1, max_length=20)] | None = Field(
        None, description="Accounts, the first one foremost; else the token's own"
    )


class WholePost(NewPost):
    """All that can be written of a post: what is left out is emptied."""

    comments_open: bool = True
    note: Annotated[str, StringConstraints(max_length=255)] = Field(
        "", description="A note on this revision"
    )


class PostChanges(Taken):
    """What to change of a post: what is left out stays as it is."""

    title: Title | None = None
    body: Text | None = None
    excerpt: Annotated[str, StringConstraints(max_length=2_000)] | None = None
    image: Annotated[str, StringConstraints(max_length=1_024)] | None = None
    tags: Annotated[list[TagName], Field(max_length=50)] | None = None
    slug: Slug | None = None
    author_ids: Annotated[list[Id], Field(min_length=1, max_length=20)] | None = None
    comments_open: bool | None = None
    note: Annotated[str, StringConstraints(max_length=255)] = ""


class Publication(Taken):
    """When readers see a post: now, or from `publish_at` on."""

    publish_at: Instant | None = None


class Schedule(Taken):
    """From when on readers see a post: an instant still to come."""

    publish_at: Instant


class Nothing(Taken):
    """Nothing, or an empty object."""


class NewComment(Taken):
    """A comment in the name of the token's account."""

    body: Annotated[str, StringConstraints(min_length=1, max_length=100_000)]


class Moderation(Taken):
    """What becomes of a comment."""

    status: CommentStatus


class TagText(Taken):
    """How a tag is written and described."""

    name: TagName
    description: Annotated[str, StringConstraints(max_length=2_000)] = ""


class TagMerge(Taken):
    """The slug of the tag that posts get instead."""

    into: Annotated[str, StringConstraints(min_length=1, max_length=255)]


class AltText(Taken):
    """What a picture shows, in words."""

    alt: Annotated[str, StringConstraints(max_length=1_000)]


class Upload(Taken):
    """A picture: PNG, JPEG, GIF, WebP or AVIF."""

    file: bytes
    alt: Annotated[str, StringConstraints(max_length=1_000)] = ""
