"""Which cache tags a write touches, declared next to the tables and turned into triggers.

Readers use these tags (`changes.depend`):

- `post:{id}`: anything about a post. A list depends on the `post:{id}` of each post it shows.
- `posts`: which published posts there are, in which order, and what lists show of them.
- `updates`: whatever readers may see of any published post; for feeds and sitemaps.
- `tag:{id}`, `account:{id}`: the subject or author itself, and the list of its published posts.
- `*`: everything, as when a tag or an author gets another name.
- `tags`, `accounts`, `comments`, `media`, `redirects`: the whole of a table.

Where it is unclear whether an old page would be wrong, the tag is touched.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import MetaData, Table

from blog_core.errors import PluginError

EVERYTHING = "*"
"""The cache tag that stands for all: whoever sees it changes the epoch."""

PLACEHOLDER = re.compile(r"\{(\w+)\}")
_TEMPLATE = re.compile(r"\*|[a-z][a-z0-9_.-]*(:(\{[a-z_][a-z0-9_]*\}|[a-z0-9_.-]+))*")


class Each(NamedTuple):
    """The rows of `table` whose `column` equals the written row's `row_column`."""

    table: str
    column: str
    row_column: str


@dataclass(frozen=True, slots=True)
class TagRule:
    """A write to a row of a table touches `tag`.

    `tag` is a text with columns in braces: `post:{id}`. An insert touches the new row's tag, a
    delete the old row's, an update both; a NULL in the braces touches nothing.
    `columns`: an update counts only when one of these changed; None: every update counts.
    `when`: a condition in SQL on `{row}`; a row touches its tag only if it holds for that row.
    `updates_only`: inserts and deletes touch nothing by this rule.
    `each`: the braces name columns of other rows, as in
    `TagRule("tag:{tag_id}", each=Each("post_tag", "post_id", "id"))` on the table `post`.
    """

    tag: str
    columns: tuple[str, ...] | None = None
    when: str | None = None
    each: Each | None = None
    updates_only: bool = False

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The columns in the braces."""
        return tuple(PLACEHOLDER.findall(self.tag))


Rules = Mapping[str, tuple[TagRule, ...]]
"""Rules by table name."""

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
    "post_tag": (TagRule("post:{post_id}"), TagRule("tag:{tag_id}", when=LISTED)),
    "post_author": (TagRule("post:{post_id}"), TagRule("account:{account_id}", when=LISTED)),
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
    ),
    "redirect": (TagRule("redirects"),),
    "media": (TagRule("media:{id}"), TagRule("media")),
    "media_variant": (TagRule("media:{media_id}"),),
}


def check_rules(owner: str, table: str, rules: Iterable[TagRule], metadata: MetaData) -> None:
    """Refuse rules that name unknown tables or columns, with a `PluginError` that names them."""
    for rule in rules:
        fault = _fault(rule, metadata.tables.get(table), metadata)
        if fault:
            raise PluginError(
                f"{owner}: the cache tag rule {rule.tag!r} of table {table!r} {fault}. "
                f"Correct the rule."
            )


def _fault(rule: TagRule, table: Table | None, metadata: MetaData) -> str:
    if table is None:
        return "belongs to no table of the models"
    if not _TEMPLATE.fullmatch(rule.tag):
        return "is not written like 'posts' or 'post:{id}'"
    source = table
    if rule.each is not None:
        found = metadata.tables.get(rule.each.table)
        if found is None or rule.each.column not in found.c:
            return f"looks at {rule.each.table}.{rule.each.column}, which does not exist"
        source = found
    named = (*(rule.columns or ()), *((rule.each.row_column,) if rule.each else ()))
    unknown = [name for name in named if name not in table.c]
    unknown += [name for name in rule.placeholders if name not in source.c]
    return f"names the unknown column {unknown[0]!r}" if unknown else ""
