"""Pieces of templates kept by themselves: `{% call cached("name", key) %}...{% endcall %}`.

A piece depends on what is named while it is made (`depend`, by whatever reads in it) and on
`cache_tags`; a piece that depends on nothing is made each time. What it shows of anything else must
be in its key. Its template, and the address it is shown at, are in the key by themselves. The page
around it depends on all that it depends on.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from flask import has_request_context, request
from jinja2 import Environment, Template, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from blog_core.caching.cached import cached
from blog_core.caching.keys import digest
from blog_core.caching.namespaces import FRAGMENT
from blog_core.rendering.trusted import kept_piece

if TYPE_CHECKING:
    from blog_core.site import Site


def install_fragments(environment: Environment, site: "Site") -> None:
    """Give the templates of an environment the function `cached`."""
    environment.globals["cached"] = _Fragments(site)


class _Fragments:
    def __init__(self, site: "Site") -> None:
        self._site = site
        self._digests: WeakKeyDictionary[Template, str] = WeakKeyDictionary()

    @pass_context
    def __call__(
        self,
        context: Context,
        name: str,
        *key: object,
        caller: Callable[[], str],
        ttl_s: float | None = None,
        cache_tags: Iterable[str] = (),
    ) -> Markup:
        """The piece `name` for this key, kept or made by the block."""
        place = (request.scheme, request.host, request.script_root) if has_request_context() else ()
        text = cached(
            self._site,
            FRAGMENT,
            (name, key, self._digest(context), place),
            lambda: str(caller()),
            ttl_s=ttl_s,
            cache_tags=cache_tags,
            only_tagged=True,
        )
        return kept_piece(text)

    def _digest(self, context: Context) -> str:
        """Of the template that is being rendered: another text makes other pieces."""
        environment, name = context.environment, context.name or ""
        template = environment.get_template(name)
        known = self._digests.get(template)
        if known is None:
            source = (
                environment.loader.get_source(environment, name)[0] if environment.loader else ""
            )
            known = self._digests[template] = digest(name, source)
        return known
