"""`blog cache ...`: the cache from the command line."""

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from blog_core.api import ALL, CacheTags, Site, given_tags, pass_site

if TYPE_CHECKING:
    from .stats import NamespaceStats, Stats
    from .verify import Difference
    from .why import Kept, Why


@click.group()
def cache() -> None:
    """The cache: what it did, why a page is or is not in it, and whether it is right."""


# --- stats ----------------------------------------------------------------------------------------


@cache.command()
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON.")
@pass_site
def stats(site: Site, as_json: bool) -> None:
    """Hits, misses, saved time and memory of all workers, by namespace and by route."""
    from .stats import read_stats

    found = read_stats(site)
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=2))
        return
    click.echo(f"levels       {', '.join(found.levels) or 'none'}")
    click.echo(f"memory       at most {found.max_bytes:,} bytes in each process")
    click.echo(f"redis        {found.redis}")
    click.echo(f"invalidated  {found.invalidated_tags:,.0f} tags")
    if found.unsupported:
        click.echo(f"unsupported  {found.unsupported:,.0f} values were not kept for their type")
    for name, part in found.namespaces.items():
        _tell_namespace(name, part)
    _tell_routes(found)


def _tell_namespace(name: str, part: "NamespaceStats") -> None:
    click.echo(f"\n{name}: {part.entries:,.0f} entries, {part.bytes:,.0f} bytes")
    click.echo(f"  hits       {part.hit_ratio:.1%}: {_counted(part.hits)}")
    click.echo(f"  misses     {_counted(part.misses)}")
    click.echo(f"  stores     {_counted(part.stores)}")
    click.echo(
        f"  time       {part.saved_s:.1f} s saved, {part.build_s:.1f} s spent on building; "
        f"entries were {part.mean_age_s:.0f} s old when served"
    )
    click.echo(f"  others     {part.evictions:,.0f} evicted, {part.waits:,.0f} waits for a builder")


def _tell_routes(found: "Stats") -> None:
    if found.routes:
        click.echo("\nanswers of cached routes")
    for route, outcomes in found.routes.items():
        click.echo(f"  {route}: {_counted(outcomes)}")


def _counted(counts: dict[str, float] | object) -> str:
    pairs = counts.items() if isinstance(counts, dict) else ()
    return ", ".join(f"{value:,.0f} {name}" for name, value in pairs) or "none"


# --- why ------------------------------------------------------------------------------------------


@cache.command(name="why")
@click.argument("url")
@pass_site
def why_command(site: Site, url: str) -> None:
    """What is kept for URL (an address or a path of this blog), what ended it, what is next."""
    from .why import why

    found = why(site, url)
    click.echo(f"address    {found.target.url}")
    click.echo(f"route      {found.target.route or 'none of the blog'}")
    if found.target.why_not:
        click.echo(f"never kept because {found.target.why_not}")
        return
    click.echo(f"key        {found.target.page_key}")
    told: CacheTags = frozenset()
    for kept in found.kept:
        _tell_kept(kept, kept.cache_tags != told)
        told = kept.cache_tags
    if not found.kept:
        click.echo("kept       nothing")
        if found.assumption:
            click.echo(f"           {found.assumption}")
    for move, tags in found.ended_by[:5]:
        click.echo(f"ended      {_ago(move.at_s)} by {move.source}: {', '.join(sorted(tags))}")
    _tell_decision(found)


def _tell_kept(kept: "Kept", with_tags: bool) -> None:
    state = "valid" if kept.is_valid else "ended by time" if kept.is_ended else "invalidated"
    click.echo(f"kept       in {kept.level}: {kept.bytes:,} bytes, {state}")
    click.echo(f"           stored {_ago(kept.stored_at)}, until {_clock(kept.expires_at)}")
    for tag in sorted(kept.cache_tags) if with_tags else ():
        click.echo(f"           {'moved' if tag in kept.moved_tags else '     '} {tag}")


def _tell_decision(found: "Why") -> None:
    click.echo(f"now        {found.now}")
    if found.decision is not None and found.decision.cache_tags:
        click.echo(f"           it depends on {', '.join(sorted(found.decision.cache_tags))}")


def _ago(at_s: float) -> str:
    return f"{max(0.0, time.time() - at_s):.1f} s ago"


def _clock(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


# --- clear ----------------------------------------------------------------------------------------


def _named(_context: click.Context, _option: click.Parameter, tags: tuple[str, ...]) -> CacheTags:
    """The tags. Raises `BadParameter` for an empty one, which would look like all and be none."""
    if not all(tag.strip() for tag in tags):
        raise click.BadParameter(
            "a tag is empty; name one such as post:7, or leave --tag out to clear everything."
        )
    return given_tags(tags)


@cache.command()
@click.option(
    "--tag", "tags", multiple=True, callback=_named, help="Only entries with this cache tag."
)
@pass_site
def clear(site: Site, tags: CacheTags) -> None:
    """Make everything, or what has one of the tags, invalid in every process and host."""
    site.ports.cache.invalidate(tags or ALL)
    if tags:
        told = f"Entries with {' or '.join(sorted(tags))} are invalid now and will be made again"
        click.echo(f"{told} when they are asked for.")
    else:
        click.echo("Everything is invalid now and will be made again when it is asked for.")


# --- verify ---------------------------------------------------------------------------------------


@cache.command(name="verify")
@click.option("--limit", default=1000, show_default=True, type=click.IntRange(1))
@pass_site
def verify_command(site: Site, limit: int) -> None:
    """Make cached pages again, compare them byte for byte, and name what a wrong one missed."""
    from .verify import verify

    pages = wrong = 0
    for checked in verify(site, limit=limit):
        pages += 1
        if checked.difference is not None:
            wrong += 1
            _tell_difference(checked.difference)
    click.echo(f"{pages} pages compared, {wrong} differ.")
    if wrong:
        raise SystemExit(1)


def _tell_difference(found: "Difference") -> None:
    click.echo(f"{found.url} differs from byte {found.at} on")
    click.echo(f"    kept      ...{found.cached.decode(errors='replace')!r}")
    click.echo(f"    made now  ...{found.made.decode(errors='replace')!r}")
    if found.missed:
        click.echo(f"    touched since, and not depended on: {', '.join(sorted(found.missed))}")
    if found.unnamed:
        click.echo(f"    made now, it also depends on: {', '.join(sorted(found.unnamed))}")
