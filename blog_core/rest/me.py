"""Whose token it is, and what it may do."""

from typing import TYPE_CHECKING

from blog_core.rest.models import Me
from blog_core.rest.reply import Reply

if TYPE_CHECKING:
    from blog_core.site import Site


def me(site: "Site") -> Reply:
    """The account of the request's token, and the token's scopes that its role still allows."""
    identified = site.access.identified()
    actor, token = identified.actor, identified.token
    assert token is not None  # noqa: S101  the route lets nobody else through
    scopes = [
        scope
        for scope in token.scopes
        if scope in site.access.permissions and site.access.allows(actor, scope)
    ]
    return Reply(
        Me(
            account_id=actor.account_id,
            name=actor.name,
            role=actor.role,
            token=token.name,
            scopes=scopes,
            expires_at=token.expires_at,
        )
    )
