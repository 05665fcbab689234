"""Cache tags: what a write to a table touches, as rules beside the tables.

Triggers are made of the rules (`blog_core.model.triggers`), so every write follows them, whatever
its road. A plugin gives rules for its own tables:

    contribute.cache_tags(ReadingList, TagRule("post:{post_id}"), TagRule("reading_lists"))
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

EVERYTHING = "*"
"""The cache tag that stands for all: whoever sees it changes the epoch."""

PLACEHOLDER = re.compile(r"\{(\w+)\}")
_TEMPLATE = re.compile(r"\*|[a-z][a-z0-9_.-]*(:(\{[a-z_][a-z0-9_]*\}|[a-z0-9_.-]+))*")


def given_tags(cache_tags: object) -> frozenset[str]:
    """The tags of the parameter `cache_tags`, each as `plain_tag`.

    Raises `TypeError` for a text, for what holds no tags, and for a tag that is no text.
    """
    if isinstance(cache_tags, str):
        raise TypeError(f"cache_tags is the text {cache_tags!r}; give a set of tags: {{'post:7'}}.")
    if not isinstance(cache_tags, Iterable):
        kind = type(cache_tags).__qualname__
        raise TypeError(f"cache_tags is of type {kind}; give a set of tags: {{'post:7'}}.")
    return frozenset(map(plain_tag, cache_tags))


def plain_tag(cache_tag: object) -> str:
    """The tag in printable characters: others are escaped, so that every store can hold any text.

    Two texts that are then alike only end each other's entries. Raises `TypeError` for no text.
    """
    if type(cache_tag) is str and cache_tag.isprintable():
        return cache_tag
    if not isinstance(cache_tag, str):
        raise TypeError(
            f"{cache_tag!r} of type {type(cache_tag).__qualname__} was given as a cache tag; "
            f"a tag is a text such as 'post:7'."
        )
    if cache_tag.isprintable():
        return str.__str__(cache_tag)  # of a subclass, which not every store takes
    return cache_tag.encode("unicode_escape").decode()


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
    def is_well_formed(self) -> bool:
        """Whether the tag is written like `posts` or `post:{id}`."""
        return bool(_TEMPLATE.fullmatch(self.tag))

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The columns in the braces."""
        return tuple(PLACEHOLDER.findall(self.tag))


Rules = Mapping[str, tuple[TagRule, ...]]
"""Rules by table name."""


def group_of(cache_tag: str) -> str:
    """What all tags like this one have in common: `post:*` for `post:7`."""
    return f"{cache_tag.partition(':')[0]}:*"


def with_groups(cache_tags: Iterable[str]) -> frozenset[str]:
    """The tags touched, and the groups that are touched with them: who depends on all posts
    depends on `post:*`."""
    tags = frozenset(cache_tags)
    return tags | {group_of(tag) for tag in tags if ":" in tag}


def whole_table_tags(rules: Rules) -> dict[str, str]:
    """By table, the tag (with its braces) that every write to it touches; tables without such a
    rule are left out."""
    return {
        table: rule.tag
        for table, of_table in rules.items()
        for rule in reversed(of_table)
        if rule.columns is None
        and rule.when is None
        and rule.each is None
        and not rule.updates_only
    }
