"""What a post's form would hold with both editors' changes in it."""

from dataclasses import dataclass, replace
from typing import Any

from blog_core.admin.editor_typed import Typed, tags_line, tags_of
from blog_core.admin.line_merge import merge_texts
from blog_core.slugs import tag_slug


@dataclass(frozen=True, slots=True)
class Merge:
    """A text with both sides' changes.

    `conflicts` counts the places of the body that hold both sides' words between marks; of the
    `kept` fields, which both changed, it holds one's own.
    """

    typed: Typed
    conflicts: int
    kept: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left to decide."""
        return not self.conflicts and not self.kept


def merge(base: Typed, mine: Typed, theirs: Typed) -> Merge:
    """Merge two texts that were begun from `base`; the numbers and notes are those of `mine`."""
    body = merge_texts(base.body, mine.body, theirs.body)
    kept: list[str] = []
    values: dict[str, Any] = {"body": body.text, "tags": _merged_tags(base, mine, theirs)}
    for name in ("title", "excerpt", "image", "slug"):
        before, ours, other = (getattr(typed, name) for typed in (base, mine, theirs))
        values[name] = other if ours == before else ours
        if len({before, ours, other}) == 3:
            kept.append(name)
    return Merge(replace(mine, **values), body.conflicts, tuple(kept))


def _merged_tags(base: Typed, mine: Typed, theirs: Typed) -> str:
    """One's own tags, with what the others added and without what they took away."""
    before, ours, others = ({tag_slug(t): t for t in tags_of(x.tags)} for x in (base, mine, theirs))
    if ours.keys() == before.keys():
        return theirs.tags
    stay = {slug: name for slug, name in ours.items() if slug in others or slug not in before}
    return tags_line((stay | {s: n for s, n in others.items() if s not in before}).values())
