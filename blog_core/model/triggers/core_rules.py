"""Which cache tags a write to a table of the core touches.

Readers use these tags (`changes.depend`):

- `post:{id}`: anything about a post. A list depends on the `post:{id}` of each post it shows.
- `posts`: which published posts there are, in which order, and what lists show of them.
- `updates`: whatever readers may see of any published post; for feeds and sitemaps.
- `tag:{id}`, `account:{id}`: the subject or author itself, and the list of its published posts.
- `*`: everything, as when a tag or an author gets another name.
- `thread:{post_id}`: the comments of a post, approved or not.
- `tags`, `accounts`, `comments`, `media`, `redirects`: the whole of a table.

Where it is unclear whether an old page would be wrong, the tag is touched.
"""

from blog_core.cache_tags import EVERYTHING, Each, Rules, TagRule

PUBLISHED = "{row}.status = 'published'"
LISTED = "{row}.publish_at IS NOT NULL"
APPROVED = "{row}.status = 'approved'"

LIST_COLUMNS = (
    "slug",
    "title",
    "status",
    "author_id",
    "created_at",
    "publish_at",
    "comments_open",
    "reading_time_min",
    "image",
    "excerpt",
    "extra",
)
READER_COLUMNS = (
    *LIST_COLUMNS,
    "updated_at",
    "published_revision_id",
    "words",
    "toc",
    "body",
    "html",
)
PROFILE_COLUMNS = ("name", "slug", "bio", "is_active")

# A name stands on any number of pages, and one that is just being made cannot be found by a
# trigger. Names change so rarely that everything may be made anew.
NAME_CHANGED = TagRule(EVERYTHING, ("name", "slug"), updates_only=True)

CORE_RULES: Rules = {
    "post": (
        TagRule("post:{id}"),
        TagRule("posts", LIST_COLUMNS, PUBLISHED),
        TagRule("account:{author_id}", LIST_COLUMNS, PUBLISHED),
        TagRule("tag:{tag_id}", LIST_COLUMNS, PUBLISHED, Each("post_tag", "post_id", "id")),
        TagRule(
            "account:{account_id}", LIST_COLUMNS, PUBLISHED, Each("post_author", "post_id", "id")
        ),
        TagRule("updates", READER_COLUMNS, PUBLISHED),
    ),
    "revision": (TagRule("post:{post_id}"),),
    "post_tag": (
        TagRule("post:{post_id}"),
        TagRule("tag:{tag_id}", when=LISTED),
        TagRule("tags", when=LISTED),
        TagRule("updates", when=LISTED),
    ),
    "post_author": (
        TagRule("post:{post_id}"),
        TagRule("account:{account_id}", when=LISTED),
        TagRule("accounts", when=LISTED),
        TagRule("updates", when=LISTED),
    ),
    "post_month": (TagRule("posts"),),
    "tag": (
        TagRule("tag:{id}"),
        TagRule("tags"),
        NAME_CHANGED,
    ),
    "account": (
        TagRule("account:{id}", (*PROFILE_COLUMNS, "post_count")),
        TagRule("accounts", (*PROFILE_COLUMNS, "post_count")),
        NAME_CHANGED,
    ),
    "comment": (
        TagRule("post:{post_id}", when=APPROVED),
        TagRule("comments", when=APPROVED),
        TagRule("thread:{post_id}"),
    ),
    "redirect": (TagRule("redirects"),),
    "media": (TagRule("media:{id}"), TagRule("media")),
    "media_variant": (TagRule("media:{media_id}"),),
}
