"""The editors' pages: signing in, the list of posts, a preview, one's own account.

All of them work without JavaScript and none is ever stored by a cache.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from blog_core.admin.account import AccountPage
from blog_core.admin.accounts import accounts_routes
from blog_core.admin.declaring import GET_AND_POST, POST_PATH, declare
from blog_core.admin.editor_routes import editor_routes
from blog_core.admin.media import media_routes
from blog_core.admin.moderation import moderation_routes
from blog_core.admin.pages import Pages
from blog_core.admin.params import one_of, searched, small_id, status_filter
from blog_core.admin.password_links import PasswordLinkPages
from blog_core.admin.post_steps import post_step_routes
from blog_core.admin.posts import PostPages, PreviewModel
from blog_core.admin.preview_links import preview_link_routes
from blog_core.admin.probes import probe_routes
from blog_core.admin.redirects import redirect_routes
from blog_core.admin.revisions import revision_routes
from blog_core.admin.settings import SettingsPage
from blog_core.admin.sign_in import SignInPages
from blog_core.admin.tags import tag_routes
from blog_core.admin.tokens import token_routes
from blog_core.admin.webhooks import webhook_routes
from blog_core.content.keyset import Cursor
from blog_core.routes import Parser, Route

if TYPE_CHECKING:
    from blog_core.admin.pages import Theme
    from blog_core.site import Site

__all__ = ["STATIC_DIR", "routes"]

STATIC_DIR = Path(__file__).parent / "static"


def routes(site: "Site", theme: "Theme", preview: PreviewModel) -> list[Route]:
    """The admin's routes below `admin_prefix`. `preview` makes the reader's view of a post.

    Where a host app signs people in, there is no sign-in here.
    """
    site.admin = pages = Pages(site, theme)
    posts, account = PostPages(pages, preview), AccountPage(pages)
    page = partial(declare, site)
    found = [
        page("posts", "/", posts.list, "read-drafts", statements=3, params=_LIST_PARAMS),
        page("post", POST_PATH, posts.one, "read-drafts", statements=4, params=_SAID),
        page("preview", f"{POST_PATH}/preview", posts.preview, "read-drafts", statements=3),
        page("account", "/account", account.show, "signed-in", statements=3, params=_SAID),
        page("settings", "/settings", SettingsPage(pages).show, "manage-site", statements=1),
        *editor_routes(pages, preview),
        *post_step_routes(pages, posts),
        *revision_routes(pages),
        *preview_link_routes(pages, preview),
        *media_routes(pages),
        *probe_routes(pages),
        *token_routes(pages),
        *webhook_routes(pages),
        *moderation_routes(pages),
        *tag_routes(pages),
        *redirect_routes(pages),
    ]
    return found if site.access.identity is not None else [*found, *_sign_in(pages, account)]


_SAID: Mapping[str, Parser] = {"said": one_of("saved", "archived")}
_LIST_PARAMS: Mapping[str, Parser] = {
    "page": Cursor.parse,
    "status": status_filter,
    "author": small_id,
    "q": searched,
    "said": one_of("deleted"),
}


def _sign_in(pages: Pages, account: AccountPage) -> Sequence[Route]:
    door, links, page = SignInPages(pages), PasswordLinkPages(pages), partial(declare, pages.site)
    asked = {"next": str, "said": one_of("password")}
    return (
        *accounts_routes(pages),
        page("sign_in", "/sign-in", door.sign_in, "public", GET_AND_POST, params=asked),
        page("sign_out", "/sign-out", door.sign_out, "signed-in", ("POST",)),
        page("password", "/password", door.password, "signed-in", GET_AND_POST),
        page("forgotten_password", "/forgotten-password", links.ask, "public", GET_AND_POST),
        page("choose_password", "/set-password/<token>", links.choose, "public", GET_AND_POST),
        page("change_account", "/account/profile", account.change, "signed-in", ("POST",)),
        page("end_session", "/account/sessions", account.end_session, "signed-in", ("POST",)),
    )
