"""Tags: those that readers find posts at, how they are written, and two made one."""

from typing import TYPE_CHECKING

from sqlalchemy import select

from blog_core.content import reading
from blog_core.content.tags import describe_tag, merge_tags
from blog_core.model import Tag
from blog_core.rest.models import DescribedTag, Merged, TagCount, TagList, TagMerge, TagText
from blog_core.rest.reply import Reply

if TYPE_CHECKING:
    from blog_core.site import Site


class Tags:
    """The views of tags of one blog."""

    def __init__(self, site: "Site") -> None:
        self._site = site

    def list(self) -> Reply:
        """Every tag with posts that readers see, by name."""
        rows = reading.tags(self._site)
        found = [TagCount(**{name: row[name] for name in TagCount.model_fields}) for row in rows]
        return Reply(TagList(items=found))

    def describe(self, slug: str, body: TagText) -> Reply:
        """Change how a tag is written and described; its slug stays."""
        with self._site.transaction() as session:
            describe_tag(session, slug=slug, name=body.name, description=body.description)
            tag = session.execute(
                select(Tag.name, Tag.slug, Tag.description).where(Tag.slug == slug)
            ).one()
        return Reply(DescribedTag(**tag._asdict()))

    def merge(self, slug: str, body: TagMerge) -> Reply:
        """Give every post of one tag another one instead."""
        with self._site.transaction() as session:
            posts = merge_tags(session, slug=slug, into=body.into)
        return Reply(Merged(into=body.into, posts=posts))
