"""`blog llm ...`: what is set, what was spent, what models cost, and the prompts."""

from datetime import date, datetime, timedelta
from pathlib import Path

import click

from blog_core.api import Site, pass_site
from plugins.llm.till.money import Price, shown, to_micros


@click.group()
def llm() -> None:
    """Help from a language model: what is set, what it cost, and its prompts."""


@llm.command()
@pass_site
def status(site: Site) -> None:
    """Which model is asked, what is used of each cap, and what was saved in the last 30 days."""
    from plugins.llm.own import own_llm
    from plugins.llm.till.budget import caps_of
    from plugins.llm.till.ledger import sums_since, till_of

    settings = own_llm(site, "blog llm status").settings
    if settings.missing:
        click.echo(settings.missing)
        click.echo("The clean-up of texts and the offline actions work without it.")
    else:
        click.echo(f"model    {settings.model} at {own_llm(site, 'status').upstream.name}")
    caps = [cap for cap in caps_of(settings, None, site.clock()) if "user" not in cap.period]
    rows = till_of(site, [cap.period for cap in caps])
    for cap in caps:
        row = rows.get(cap.period)
        tokens, micros = (row["used_tokens"], row["used_micros"]) if row else (0, 0)
        of_tokens = f" of {cap.tokens:,}" if cap.tokens else ""
        of_money = f" of {shown(cap.micros, settings.currency)}" if cap.micros else ""
        spent = shown(micros, settings.currency)
        click.echo(f"{cap.title:12} {tokens:,}{of_tokens} tokens, {spent}{of_money}")
    sums = sums_since(site, site.clock() - timedelta(days=30))
    not_made = sum(row["requests"] for row in sums if row["outcome"] in {"cached", "joined"})
    saved = sum(row["saved_micros"] for row in sums)
    click.echo(f"saved        {not_made:,} calls and {shown(saved, settings.currency)} in 30 days")


@llm.command()
@click.option("--last", "most", default=20, show_default=True, help="How many requests.")
@pass_site
def ledger(site: Site, most: int) -> None:
    """Show the newest requests: who asked for what, how it was answered, what it cost."""
    from plugins.llm.own import own_llm
    from plugins.llm.till.ledger import last_rows

    currency = own_llm(site, "blog llm ledger").settings.currency
    for row in last_rows(site, most):
        tokens = f"{row['input_tokens']:,}+{row['output_tokens']:,}"
        cost = shown(row["cost_micros"], currency)
        saved = f", saved {shown(row['saved_micros'], currency)}" if row["saved_micros"] else ""
        click.echo(
            f"{row['at']:%Y-%m-%d %H:%M} {row['outcome']:8} {row['action']:16} "
            f"{row['model']:20} {tokens} tokens, {cost}{saved}"
        )


# --- prices ---------------------------------------------------------------------------------------


@llm.group()
def prices() -> None:
    """What models cost, from which day on."""


@prices.command("list")
@pass_site
def list_prices(site: Site) -> None:
    """Show the price table, for a million tokens."""
    from plugins.llm.own import own_llm
    from plugins.llm.till.prices import all_prices

    currency = own_llm(site, "blog llm prices").settings.currency
    rows = all_prices(site)
    for row in rows:
        amounts = [
            f"{name} {shown(row[f'{name}_micros'], currency)}"
            for name in ("input", "cached", "output")
        ]
        click.echo(f"{row['model']:24} since {row['since']}: {', '.join(amounts)}")
    if not rows:
        click.echo("No model has a price yet, so only tokens are counted: blog llm prices set")


def _micros(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    try:
        return None if value is None else to_micros(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@prices.command("set")
@click.argument("model")
@click.option("--input", "input_", required=True, callback=_micros, help="For a million tokens.")
@click.option("--output", required=True, callback=_micros, help="For a million tokens.")
@click.option("--cached", callback=_micros, help="For a million input tokens kept by the provider.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="The first day; usually today.")
@pass_site
def set_price(
    site: Site, model: str, input_: int, output: int, cached: int | None, since: datetime | None
) -> None:
    """Set what MODEL costs from a day on."""
    from plugins.llm.till.prices import set_price as write

    day = _day(site, since)
    write(site, model, day, Price(input_, input_ if cached is None else cached, output))
    click.echo(f"{model} has this price since {day}.")


@prices.command("drop")
@click.argument("model")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True)
@pass_site
def drop_price(site: Site, model: str, since: datetime) -> None:
    """Take a price out of the table."""
    from plugins.llm.till.prices import drop_price as drop

    drop(site, model, since.date())
    click.echo(f"{model} has no price since {since:%Y-%m-%d} any more.")


def _day(site: Site, given: datetime | None) -> date:
    return given.date() if given is not None else site.clock().date()


# --- prompts --------------------------------------------------------------------------------------


@llm.group()
def prompts() -> None:
    """The prompt templates: what is in use, and what it was before."""


@prompts.command("list")
@pass_site
def list_prompts(site: Site) -> None:
    """Show all templates with the version in use; 0 is the built-in one."""
    from plugins.llm.prompts.templates import templates

    for template in templates(site).values():
        first = template.text.partition("\n")[0] or "(empty)"
        click.echo(f"{template.origin:22} {first[:70]}")


@prompts.command("show")
@click.argument("name")
@click.option("--version", type=int, help="An earlier version; 0: the built-in text.")
@pass_site
def show_prompt(site: Site, name: str, version: int | None) -> None:
    """Print the text of a template."""
    from plugins.llm.prompts.templates import template_version

    click.echo(template_version(site, name, version).text)


@prompts.command("edit")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_site
def edit_prompt(site: Site, name: str, file: Path) -> None:
    """Make the text of FILE the next version of a template."""
    from plugins.llm.prompts.templates import edit_template, template_version

    current = template_version(site, name, None).version
    saved = edit_template(site, name, file.read_text(encoding="utf-8"), version=current)
    click.echo(f"{saved.origin} is in use; {name}@{current} is kept.")
