"""One made-up post after the other, as rows of every table that a post stands in."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from blog_core.content.lists import month_name
from blog_core.importing.bulk_rows import Row, stored_time
from blog_core.importing.seed_shares import Popular, comment_shares
from blog_core.importing.seed_texts import FIRST_NAMES, MadePost, Stock, as_json
from blog_core.model import Base, Comment, Post, PostAuthor, PostTag, Revision

COLUMNS: Mapping[type[Base], tuple[str, ...]] = {
    Post: (
        "id", "slug", "title", "status", "author_id", "created_at", "updated_at", "publish_at",
        "comment_count", "last_comment_at", "comments_open", "version", "head_revision_id",
        "published_revision_id", "reading_time_min", "words", "source_key", "excerpt", "toc",
        "body", "html",
    ),
    Revision: (
        "id", "post_id", "number", "account_id", "created_at", "note", "digest", "title", "tags",
        "body",
    ),
    PostTag: ("post_id", "tag_id", "publish_at"),
    PostAuthor: ("post_id", "account_id", "position", "publish_at"),
    Comment: ("post_id", "status", "created_at", "author_name", "body", "html"),
}  # fmt: skip
"""In the order in which rows may refer to each other."""

_STATUSES = ("published",) * 94 + ("draft",) * 4 + ("hidden", "archived")
_COMMENT_STATUSES = ("approved",) * 37 + ("pending",) * 2 + ("spam",)
_WORDS_PER_MIN = 230


def key_of(number: int) -> str:
    """The source key of a made-up post."""
    return f"seed:{number}"


@dataclass(slots=True)
class Batch:
    """Rows by table, and by how much the counters move."""

    rows: dict[type[Base], list[Row]] = field(default_factory=lambda: defaultdict(list))
    tag_counts: Counter[int] = field(default_factory=Counter)
    account_counts: Counter[int] = field(default_factory=Counter)
    month_counts: Counter[str] = field(default_factory=Counter)

    @property
    def comments(self) -> int:
        """How many comments there are in it."""
        return len(self.rows[Comment])


class Maker:
    """Makes posts by their numbers; the same number gives the same post in every run."""

    def __init__(
        self,
        *,
        comments: int,
        tag_names: Mapping[int, str],
        authors: Popular,
        begin: datetime,
        now: datetime,
        count: int,
        seed: int,
    ) -> None:
        self._tag_names, self._tags = tag_names, Popular(list(tag_names))
        self._authors, self._begin, self._now, self._seed = authors, begin, now, seed
        self._stock = Stock(seed)
        # The newest few of a large blog are still to come.
        self._scheduled_from = count - min(20, count // 1000)
        self._shares = comment_shares(count, comments, seed=seed, may_have=self._is_shown)

    def add(self, batch: Batch, number: int, post_id: int, revision_id: int) -> None:
        """Add post `number` with everything that belongs to it."""
        chance = Random(f"{self._seed}:{number}")  # noqa: S311  nothing secret
        made = self._stock.post(number, chance)
        status = self._status(number)
        at = self._moment(number)
        listed_at = at if status == "published" else None
        comments = self._comments(chance, number, post_id, at)
        tag_ids = self._tags.draw_some(chance, chance.choice((1, 2, 2, 3, 4)))
        author_ids = self._authors.draw_some(chance, chance.choice((1, 1, 1, 1, 2)))
        batch.rows[Comment] += comments
        batch.rows[Post].append(
            self._post(made, number, post_id, revision_id, status, at, author_ids[0], comments)
        )
        tags = [self._tag_names[tag_id] for tag_id in tag_ids]
        batch.rows[Revision].append(
            self._revision(made, tags, post_id, revision_id, at, author_ids[0])
        )
        self._list(batch, post_id, listed_at, tag_ids, author_ids)

    def _status(self, number: int) -> str:
        """Scheduled posts are published ones; of the others each hundred has a few drafts."""
        return "published" if number >= self._scheduled_from else _STATUSES[number * 37 % 100]

    def _is_shown(self, number: int) -> bool:
        return number < self._scheduled_from and self._status(number) == "published"

    def _moment(self, number: int) -> datetime:
        """When a post came out: evenly spread up to now, the scheduled ones on the days after."""
        if number >= self._scheduled_from:
            return self._now + timedelta(days=1 + number - self._scheduled_from)
        return self._begin + (self._now - self._begin) * ((number + 0.5) / self._scheduled_from)

    def _post(
        self,
        made: MadePost,
        number: int,
        post_id: int,
        revision_id: int,
        status: str,
        at: datetime,
        author_id: int,
        comments: list[Row],
    ) -> Row:
        approved = [str(row[2]) for row in comments if row[1] == "approved"]
        is_shown = status == "published"
        return (
            post_id, made.slug, made.title, status, author_id, stored_time(at), stored_time(at),
            None if status == "draft" else stored_time(at), len(approved),
            max(approved, default=None), 1, 1, revision_id, revision_id if is_shown else None,
            1 + made.words // _WORDS_PER_MIN, made.words, key_of(number), made.excerpt, "[]",
            made.body if is_shown else "", made.html if is_shown else "",
        )  # fmt: skip

    def _revision(
        self,
        made: MadePost,
        tags: list[str],
        post_id: int,
        revision_id: int,
        at: datetime,
        author_id: int,
    ) -> Row:
        return (
            revision_id, post_id, 1, author_id, stored_time(at), "", made.revision_digest(tags),
            made.title, as_json(tags), made.body,
        )  # fmt: skip

    def _comments(self, chance: Random, number: int, post_id: int, at: datetime) -> list[Row]:
        """A post's share of the comments, most of them soon after it came out."""
        rows: list[Row] = []
        moment = at
        left = max(self._now - at, timedelta(0))
        count = self._shares.of(number)
        for _ in range(count):
            moment += left * (chance.random() ** 3 / max(count, 20))
            text, html = chance.choice(self._stock.comments)
            status = chance.choice(_COMMENT_STATUSES)
            rows.append(
                (post_id, status, stored_time(moment), chance.choice(FIRST_NAMES), text, html)
            )
        return rows

    def _list(
        self,
        batch: Batch,
        post_id: int,
        listed_at: datetime | None,
        tag_ids: list[int],
        author_ids: list[int],
    ) -> None:
        stored = stored_time(listed_at)
        batch.rows[PostTag] += [(post_id, tag_id, stored) for tag_id in tag_ids]
        batch.rows[PostAuthor] += [
            (post_id, account_id, position, stored)
            for position, account_id in enumerate(author_ids)
        ]
        if listed_at is not None:
            batch.tag_counts.update(tag_ids)
            batch.account_counts.update(author_ids)
            batch.month_counts[month_name(listed_at)] += 1
