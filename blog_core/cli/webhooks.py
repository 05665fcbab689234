"""`blog webhook`: tell other programs what happens to posts."""

import click

from blog_core.cli.group import pass_site
from blog_core.site import SYSTEM, Site
from blog_core.webhooks import EVENTS


@click.group()
def webhook() -> None:
    """Webhooks: add an address, see what was sent, send again what died."""


@webhook.command()
@click.argument("url")
@click.option("--event", "events", multiple=True, help="An event; again for more. Usually all.")
@pass_site
def add(site: Site, url: str, events: tuple[str, ...]) -> None:
    """Tell the address URL of events, and print the secret of the signatures."""
    with site.transaction(SYSTEM) as session:
        made = site.webhooks.add(session, url=url, events=events or EVENTS)
    click.echo(f"Webhook {made.id} to {url}. Its secret:")
    click.echo(made.secret)
    click.echo("It is shown only here.", err=True)


@webhook.command("list")
@pass_site
def list_(site: Site) -> None:
    """List the webhooks."""
    for row in site.webhooks.all():
        state = "" if row["is_active"] else "  (off)"
        click.echo(f"{row['id']:<6}{row['url']}{state}: {', '.join(row['events'])}")


@webhook.command()
@click.argument("number", type=int)
@pass_site
def remove(site: Site, number: int) -> None:
    """Forget the webhook NUMBER and what it is still owed."""
    with site.transaction(SYSTEM) as session:
        site.webhooks.remove(session, number)
    click.echo(f"Webhook {number} is forgotten.")


@webhook.command("test")
@click.argument("number", type=int)
@pass_site
def test_(site: Site, number: int) -> None:
    """Send a ping to the webhook NUMBER; `blog webhook messages` shows how it went."""
    with site.transaction(SYSTEM) as session:
        site.webhooks.test(session, number)
    click.echo("A ping will be sent with the next jobs.")


@webhook.command()
@pass_site
def messages(site: Site) -> None:
    """List the newest messages: sent, waiting, dropped or dead."""
    for row in site.webhooks.deliveries():
        told = f": {row['last_error']}" if row["last_error"] else ""
        click.echo(
            f"{row['id']:<8}{row['status']:<9}{row['event']:<18}{row['attempts']} attempt(s)  "
            f"{row['url']}{told}"
        )


@webhook.command()
@click.argument("number", type=int, required=False)
@pass_site
def resend(site: Site, number: int | None) -> None:
    """Send the message NUMBER again, or all dead ones."""
    with site.transaction(SYSTEM) as session:
        count = site.webhooks.send_again(session, number)
    click.echo(f"{count} message(s) will be sent again.")
