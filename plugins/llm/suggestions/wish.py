"""What an editor asks for, checked and made into a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from urllib.parse import urlsplit

from sqlalchemy import bindparam, select

from blog_core.api import NAMESPACES, Actor, NotFound, Post, PostAuthor, Query, Site, Subject, Tag
from blog_core.api import get_value as _cached
from plugins.llm.actions.asking import prompt_for, request_for
from plugins.llm.actions.definitions import Action, checked_options, find_action
from plugins.llm.actions.material import Material, checked_material
from plugins.llm.calls.errors import NoModel
from plugins.llm.calls.request import ModelRequest
from plugins.llm.own import own_llm
from plugins.llm.prompts.neutralise import hidden_text
from plugins.llm.prompts.parts import Prompt
from plugins.llm.prompts.templates import templates
from plugins.llm.till.estimate import Estimate, estimate
from plugins.llm.till.prices import price_of

LLM = NAMESPACES["llm"]
MOST_TAGS = 60

_POST = Query(
    "llm.post",
    select(Post.status, Post.author_id).where(Post.id == bindparam("post_id")),
)
_AUTHORS = Query(
    "llm.authors",
    select(PostAuthor.account_id).where(PostAuthor.post_id == bindparam("post_id")),
)
_TAGS = Query(
    "llm.tags_in_use",
    select(Tag.name).where(Tag.post_count > 0).order_by(Tag.post_count.desc()).limit(MOST_TAGS),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """An action on texts, with its options. `variant` above 0 wants another answer than before."""

    action: str
    material: Material
    options: Mapping[str, str] = field(default_factory=dict)
    post_id: int | None = None
    variant: int = 0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A wish ready to be sent: everything that may be shown before, and the digest it has."""

    action: Action
    material: Mapping[str, str]
    options: Mapping[str, str]
    prompt: Prompt
    request: ModelRequest
    key: str
    server: str
    estimate: Estimate
    hidden: tuple[str, ...]


def may_edit(site: Site, actor: Actor, post_id: int) -> None:
    """Nothing when the actor may edit the post; else `NotFound`, `NotSignedIn` or `Forbidden`."""
    rows = site.read(_POST, {"post_id": post_id})
    if not rows:
        site.access.require(actor, "edit-posts")
        raise NotFound("post", post_id)
    owners = {row["account_id"] for row in site.read(_AUTHORS, {"post_id": post_id})}
    subject = Subject(
        "post",
        post_id,
        owners=frozenset(owners | {rows[0]["author_id"]}),
        is_public=rows[0]["status"] == "published",
    )
    site.access.require(actor, "edit-posts", on=subject)


def prepare(site: Site, wish: Wish, actor: Actor) -> Prepared:
    """Check a wish and make its request; nothing is sent.

    Raises `NoModel` where none is set, `UnknownAction`, and `ValidationError` with every fault.
    """
    llm = own_llm(site, "An action")
    action = find_action(wish.action)
    if llm.settings.missing:
        raise NoModel(llm.settings.missing)
    options = checked_options(action, wish.options)
    given = dict(wish.material)
    if "tags_in_use" in action.material:
        given["tags_in_use"] = "\n".join(row["name"] for row in site.read(_TAGS))
    material = checked_material(action, given, llm.settings.max_input_chars)
    prompt = prompt_for(action, material, options, templates(site), _secret(site))
    request = request_for(
        action,
        material,
        prompt,
        model=llm.settings.model,
        most=llm.settings.max_output_tokens,
        scope=_scope(wish, actor),
    ).again(wish.variant)
    price = price_of(site, request.model, site.clock().date())
    return Prepared(
        action=action,
        material=material,
        options=options,
        prompt=prompt,
        request=request,
        key=llm.upstream.key(request),
        server=llm.upstream.name,
        estimate=estimate(request, price),
        hidden=tuple(
            f"{name}: {what}"
            for name in action.material
            for what in hidden_text(material.get(name, ""))
        ),
    )


def is_cached(site: Site, prepared: Prepared) -> bool:
    """Whether the answer is there already, so that nothing will be charged."""
    return _cached(site, LLM, prepared.key) is not None


def allowed_hosts(site: Site) -> frozenset[str]:
    """The hosts that any answer may link to: this blog's and those of the settings."""
    own = urlsplit(site.settings.core.site_url).hostname
    settings = own_llm(site, "An action").settings
    return frozenset({*settings.allowed_hosts, *([own] if own else [])})


def _scope(wish: Wish, actor: Actor) -> str:
    """Who may get the same answer: those who may edit the post; without a post, the person."""
    return f"post:{wish.post_id}" if wish.post_id is not None else f"account:{actor.account_id}"


def _secret(site: Site) -> bytes:
    """What the marks around material are made with: the same in all processes, known to no text."""
    return blake2b(site.access.sign("llm material", "mark").encode(), digest_size=32).digest()
