"""The editors' pages: signing in, the list of posts, a preview, one's own account.

All of them work without JavaScript and none is ever stored by a cache.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from blog_core.admin.account import AccountPage
from blog_core.admin.editor_routes import editor_routes
from blog_core.admin.pages import Pages
from blog_core.admin.params import small_id, status_filter
from blog_core.admin.posts import PostPages, PreviewModel
from blog_core.admin.sign_in import SignInPages
from blog_core.content.keyset import Cursor
from blog_core.routes import NEVER, Parser, Route, View

if TYPE_CHECKING:
    from blog_core.admin.pages import Theme
    from blog_core.site import Site

__all__ = ["STATIC_DIR", "routes"]

STATIC_DIR = Path(__file__).parent / "static"
FORM_BYTES = 16 * 1024
_ID = "<int(max=9223372036854775807):post_id>"


def routes(site: "Site", theme: "Theme", preview: PreviewModel) -> list[Route]:
    """The admin's routes below `admin_prefix`. `preview` makes the reader's view of a post.

    Where a host app signs people in, there is no sign-in here.
    """
    site.admin = pages = Pages(site, theme)
    posts, account = PostPages(pages, preview), AccountPage(pages)
    found = [
        _page(site, "posts", "/", posts.list, "read-drafts", statements=2, params=_LIST_PARAMS),
        _page(site, "post", f"/posts/{_ID}", posts.one, "read-drafts", statements=4),
        _page(site, "preview", f"/posts/{_ID}/preview", posts.preview, "read-drafts", statements=3),
        _page(site, "account", "/account", account.show, "signed-in", statements=2),
        *editor_routes(pages, preview),
    ]
    return found if site.access.identity is not None else [*found, *_sign_in(site, pages, account)]


_LIST_PARAMS: Mapping[str, Parser] = {
    "page": Cursor.parse,
    "status": status_filter,
    "author": small_id,
}


def _sign_in(site: "Site", pages: Pages, account: AccountPage) -> Sequence[Route]:
    door = SignInPages(pages)
    both = ("GET", "POST")
    return (
        _page(site, "sign_in", "/sign-in", door.sign_in, "public", both, params={"next": str}),
        _page(site, "sign_out", "/sign-out", door.sign_out, "signed-in", ("POST",)),
        _page(site, "password", "/password", door.password, "signed-in", both),
        _page(
            site, "end_session", "/account/sessions", account.end_session, "signed-in", ("POST",)
        ),
    )


def _page(
    site: "Site",
    name: str,
    path: str,
    view: View,
    permission: str,
    methods: tuple[str, ...] = ("GET",),
    *,
    statements: int | None = None,
    params: Mapping[str, Parser] | None = None,
) -> Route:
    return Route(
        endpoint=f"admin_{name}",
        rule=f"{site.settings.core.admin_prefix}{path}",
        view=view,
        permission=permission,
        cache=NEVER,
        methods=methods,
        params=params or {},
        max_body_bytes=FORM_BYTES if "POST" in methods else 0,
        statements=statements,
    )
