"""The answer that shows a post with its last saved text, and its version as an ETag."""

from typing import TYPE_CHECKING

from blog_core.content import desk
from blog_core.ports import Actor
from blog_core.rest.post_models import desk_post
from blog_core.rest.reply import Reply

if TYPE_CHECKING:
    from blog_core.site import Site


def post_reply(site: "Site", actor: Actor, post_id: int) -> Reply:
    """A post that the actor may read in any state, else `NotFound` or `Forbidden`."""
    shown = desk_post(desk.post(site, actor, post_id), site.clock())
    return Reply(shown, version=shown.version)
