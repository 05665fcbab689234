"""Which text the editor's page shows: a post's saved one, one's own later one, or both."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from blog_core.admin.editor_diff import differences
from blog_core.admin.editor_merge import Merge, merge
from blog_core.admin.editor_sheet import Sheet
from blog_core.admin.editor_times import fold_of, wall_time
from blog_core.admin.editor_typed import TEXT_FIELDS, Typed
from blog_core.admin.posts import state_of
from blog_core.content import desk
from blog_core.content.desk import DeskPost

if TYPE_CHECKING:
    from blog_core.site import Site

_EMPTY: dict[str, Any] = {"title": "", "body": "", "tags": ()}


class Sheets:
    """Makes the sheets of one blog for the current actor. Times are shown in `zone`."""

    def __init__(self, site: "Site", zone: ZoneInfo) -> None:
        self._site, self._zone = site, zone

    def post(self, post_id: int) -> DeskPost:
        """A post that the actor may edit, else the error that tells them why not."""
        actor = self._site.access.current_actor()
        found = desk.post(self._site, actor, post_id)
        self._site.access.require(actor, "edit-posts", on=found.subject)
        return found

    def blank(self, typed: Typed, told: str = "") -> Sheet:
        """The sheet of a post that does not exist yet."""
        access = self._site.access
        may_publish = access.allows(access.current_actor(), "publish-posts")
        return Sheet(typed=typed, may_publish=may_publish, told=told)

    def opened(self, found: DeskPost, text: str, said: str) -> Sheet:
        """The saved text, or one's own later one; never the one in place of the other unseen."""
        saved, copy = self.saved_text(found), found.working_copy
        if copy is None:
            return self.of(found, saved, said=said)
        typed = copied_text(found, saved)
        if text == "merge":
            return self.merged(found, typed)
        is_up_to_date = copy["base_revision_id"] in {found.row["head_revision_id"], None}
        takes_copy = text == "copy" or (is_up_to_date and text != "saved")
        sheet = self.of(found, typed if takes_copy else saved, said=said)
        at, differ = copy["updated_at"], differences(saved, typed)
        if not differ:
            return sheet
        if takes_copy:
            return replace(sheet, copied_at=at, differences=differ)
        # Neither autosave nor a save may touch the copy that is only offered.
        untouched = replace(saved, copy_version=0)
        return replace(sheet, typed=untouched, offered_at=at, differences=differ)

    def conflict(self, found: DeskPost, typed: Typed) -> Sheet:
        """Both texts, what differs, and a merge. Saving again is then a decision, on what is shown.

        Until then the text counts as begun from the revision that both were begun from.
        """
        theirs = self.saved_text(found)
        begun_from = typed.merge_base or typed.base_revision
        mine = replace(
            typed,
            version=theirs.version,
            base_revision=theirs.base_revision,
            merge_base=begun_from,
        )
        return replace(
            self.of(found, mine),
            theirs=theirs,
            differences=differences(theirs, typed),
            merge=self._merge(found, mine, theirs),
        )

    def merged(self, found: DeskPost, typed: Typed) -> Sheet:
        """The form with the merge of a conflict in it. Nothing is saved by that."""
        merge = self._merge(found, typed, self.saved_text(found))
        if merge is None:
            return self.conflict(found, typed)
        sheet = self.of(found, replace(merge.typed, merge_base=0))
        return replace(sheet, merge=merge, is_unsaved=True)

    def _merge(self, found: DeskPost, mine: Typed, theirs: Typed) -> Merge | None:
        """The merge of two texts; None when it is not known what both were begun from."""
        begun_from = desk.revision_by_id(self._site, found, mine.merge_base)
        if begun_from is None:
            return None
        return merge(Typed.of_revision(begun_from, slug=mine.slug_seen), mine, theirs)

    def of(self, found: DeskPost, typed: Typed, *, said: str = "", told: str = "") -> Sheet:
        """A post's sheet with this text in it."""
        actor = self._site.access.current_actor()
        return Sheet(
            typed=typed,
            post_id=found.row["id"],
            row=found.row,
            subject=found.subject,
            state=state_of(found.row, self._site.clock()),
            may_publish=self._site.access.allows(actor, "publish-posts", found.subject),
            said=said,
            told=told,
        )

    def saved_text(self, found: DeskPost) -> Typed:
        """The head revision, as the form holds it."""
        row = found.row
        head = {name: row[f"head_{name}"] for name in TEXT_FIELDS}
        head |= {name: head[name] or empty for name, empty in _EMPTY.items()}
        return Typed.of_revision(
            head,
            slug=row["slug"],
            slug_seen=row["slug"],
            publish_at=wall_time(row["publish_at"], self._zone),
            publish_at_fold=fold_of(row["publish_at"], self._zone),
            version=row["version"],
            base_revision=row["head_revision_id"] or 0,
            copy_version=found.working_copy["version"] if found.working_copy else 0,
        )


def copied_text(found: DeskPost, saved: Typed) -> Typed:
    """One's own working copy, on the numbers of the saved text."""
    copy = found.working_copy
    if copy is None:
        return saved
    typed = Typed.of_revision(copy)
    texts = {name: getattr(typed, name) for name in TEXT_FIELDS}
    begun_from = copy["base_revision_id"] or 0
    is_older = begun_from != saved.base_revision
    return replace(
        saved,
        **texts,
        slug=copy["slug"] or saved.slug,
        merge_base=begun_from if is_older else 0,
    )
