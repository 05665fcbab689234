"""What an import found: how each file fared, and a summary that fits on a screen."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from blog_core.importing.errors import ImportFault
from blog_core.importing.template_tags import Outcome
from blog_core.rendering import shorten

_EXAMPLES = 5
_NAME_CHARS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What is worth knowing about one file that was read."""

    path: str
    slug: str
    notes: tuple[str, ...] = ()
    unknown_keys: tuple[str, ...] = ()
    missing_images: tuple[str, ...] = ()
    tags: Mapping[tuple[str, Outcome], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is no post, and why it was taken for none."""

    path: str
    reason: str


@dataclass(slots=True)
class ImportReport:
    """Grows while an archive is read; complete when the last post has been taken."""

    files: list[FileReport] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    faults: list[ImportFault] = field(default_factory=list)
    refused_images: list[str] = field(default_factory=list)

    def tag_totals(self, outcome: Outcome) -> Counter[str]:
        """How many template tags of which name had this outcome, in all files."""
        totals: Counter[str] = Counter()
        for file in self.files:
            for (name, found), count in file.tags.items():
                if found is outcome:
                    totals[name] += count
        return totals

    @property
    def unknown_keys(self) -> Counter[str]:
        """In how many files each front matter key was found that has no place of its own."""
        return Counter(key for file in self.files for key in file.unknown_keys)

    @property
    def missing_images(self) -> Counter[str]:
        """The images of the archive's own that have no file in it."""
        return Counter(target for file in self.files for target in file.missing_images)

    def lines(self) -> Iterator[str]:
        """The summary for people: totals, each with a few examples."""
        yield f"{_counted(len(self.files), 'post')} read."
        yield from listed("could not be read", [str(fault) for fault in self.faults])
        yield from listed(
            "skipped", [f"{skipped.path}: {skipped.reason}" for skipped in self.skipped]
        )
        for outcome in Outcome:
            yield from _totals(f"template tags {outcome}", self.tag_totals(outcome))
        yield from _totals("front matter keys kept as extras", self.unknown_keys)
        yield from _totals("images without a file in the archive", self.missing_images)
        yield from listed("images not taken over", self.refused_images)
        notes = [f"{file.path}: {note}" for file in self.files for note in file.notes]
        yield from listed("remarks", notes)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(what: str, items: list[str]) -> Iterator[str]:
    """How many there are of something, with the first few; nothing when there are none."""
    if items:
        yield f"{len(items):,} {what}:"
        yield from (f"  {item}" for item in items[:_EXAMPLES])
        if len(items) > _EXAMPLES:
            yield f"  and {len(items) - _EXAMPLES:,} more"


def _totals(what: str, totals: Counter[str]) -> Iterator[str]:
    if totals:
        shown = totals.most_common(_EXAMPLES)
        named = ", ".join(f"{shorten(name, _NAME_CHARS)} {count:,}" for name, count in shown)
        more = f", and {len(totals) - _EXAMPLES:,} other names" if len(totals) > _EXAMPLES else ""
        yield f"{totals.total():,} {what}: {named}{more}."
