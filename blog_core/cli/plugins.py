"""`blog plugins`, `blog hooks` and `blog settings`: what is loaded, what there is, what holds."""

import inspect
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import click

from blog_core.cli.group import SiteSource
from blog_core.errors import ConfigError, PluginError

if TYPE_CHECKING:
    from blog_core.host import PluginStatus
    from blog_core.metrics import Metrics
    from blog_core.site import Site


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_context
def plugins(ctx: click.Context, *, as_json: bool) -> None:
    """List the plugins: what is loaded, from where, what it does, what failed and why.

    Works also when a plugin keeps the blog from starting.
    """
    source = ctx.ensure_object(SiteSource)
    try:
        report = _of_site(source.site())
    except PluginError:
        report = _of_failed_start()
    if as_json:
        click.echo(json.dumps(report.as_dict(), indent=2))
    else:
        click.echo("\n".join(report.lines()))
    if any(status.state == "failed" for status in report.statuses):
        ctx.exit(1)


@click.command()
def hooks() -> None:
    """List the hooks a plugin may implement."""
    from blog_core import hookspecs
    from blog_core.host import hook_names

    for name in hook_names():
        spec = getattr(hookspecs, name)
        click.echo(click.style(f"{name}{inspect.signature(spec)}", bold=True))
        click.echo(f"    {inspect.cleandoc(spec.__doc__ or '').splitlines()[0]}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.option("--all", "show_all", is_flag=True, help="Also those that stand at their default.")
@click.pass_context
def settings(ctx: click.Context, *, as_json: bool, show_all: bool) -> None:
    """List the settings in force and where each was set. Secrets are hidden."""
    source = ctx.ensure_object(SiteSource)
    site = source.site()
    report = [line for line in site.settings.report() if show_all or line.source != "default"]
    if as_json:
        click.echo(json.dumps([asdict(line) for line in report], indent=2))
        return
    click.echo(
        _table(
            [("setting", "value", "from")]
            + [(line.name, line.value_shown, line.source) for line in report]
        )
    )
    if site.settings.ignored:
        click.echo(f"Left aside, as their plugin is not loaded: {', '.join(site.settings.ignored)}")


@dataclass(frozen=True, slots=True)
class Report:
    """What `blog plugins` shows. `usage` is by plugin, summed over all workers."""

    statuses: tuple["PluginStatus", ...]
    providers: Mapping[str, str]
    usage: Mapping[str, Mapping[str, float]]
    trouble: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "plugins": [
                {**status.as_dict(), "usage": dict(self.usage.get(status.name, {}))}
                for status in self.statuses
            ],
            "providers": dict(self.providers),
            "trouble": self.trouble,
        }

    def lines(self) -> Iterator[str]:
        if not self.statuses:
            yield "No plugins are enabled; name some in `plugins` of blog.toml."
        for status in self.statuses:
            yield from self._plugin_lines(status)
        if self.providers:
            yield "Ports: " + ", ".join(f"{p} by {who}" for p, who in self.providers.items())
        if self.trouble:
            yield self.trouble

    def _plugin_lines(self, status: "PluginStatus") -> Iterator[str]:
        optional = ", optional" if status.optional else ""
        yield click.style(f"{status.name}: {status.state}{optional}", bold=True)
        facts = {
            "why": status.reason,
            "file": status.file,
            "version": status.version,
            "hooks": ", ".join(status.hooks),
            "provides": ", ".join(status.provides),
            "wraps": ", ".join(status.wraps),
            "levels": ", ".join(status.levels),
            "settings": f"[{status.name}]" if status.has_section else "",
            "start": _start_time(status),
            "calls": _usage(self.usage.get(status.name, {})),
        }
        yield from (f"  {name:9} {fact}" for name, fact in facts.items() if fact)


def _start_time(status: "PluginStatus") -> str:
    if status.state == "disabled":
        return ""
    return f"import {status.import_s * 1000:.0f} ms, start {status.start_s * 1000:.0f} ms"


def _usage(usage: Mapping[str, float]) -> str:
    if not usage.get("calls"):
        return ""
    parts = [f"{usage['calls']:,.0f} in {usage['seconds']:.3f} s"]
    parts += [f"{usage[kind]:,.0f} {kind}" for kind in ("errors", "slow", "skipped") if usage[kind]]
    if usage["resting"]:
        parts.append(f"resting in {usage['resting']:.0f} places after repeated failures")
    return ", ".join(parts)


def _of_site(site: "Site") -> Report:
    names = [status.name for status in site.host.statuses]
    return Report(site.host.statuses, site.host.providers, _summed(site.metrics, names))


def _summed(metrics: "Metrics", names: Iterable[str]) -> dict[str, dict[str, float]]:
    from blog_core.host.guards import METRICS
    from blog_core.metrics.samples import split_sample

    kinds = {spec.name: spec.name.split("_")[2] for spec in METRICS}
    usage = {name: dict.fromkeys(kinds.values(), 0.0) for name in names}
    for sample, value in metrics.sum_all().items():
        name, labels = split_sample(sample)
        plugin = dict(labels).get("plugin", "")
        if name in kinds and plugin in usage:
            usage[plugin][kinds[name]] += value
    return usage


def _of_failed_start() -> Report:
    """Every plugin by itself, failed ones noted: the blog as a whole does not start."""
    from blog_core.host import PluginHost
    from blog_core.settings import load_settings

    host = PluginHost(load_settings(environ=os.environ), tolerant=True)
    trouble = ["The blog does not start like this."]
    try:
        host.load()
    except (PluginError, ConfigError) as error:
        trouble.append(str(error))
    return Report(host.statuses, host.providers, {}, "\n".join(trouble))


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
