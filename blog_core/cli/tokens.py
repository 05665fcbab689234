"""`blog token`: keys of programs that use the API."""

import click

from blog_core.access.api_tokens import ALL_TOKENS, add_token, revoke_token, scopes_for
from blog_core.cli.group import pass_site
from blog_core.content.accounts import find_account
from blog_core.errors import NotFound
from blog_core.site import SYSTEM, Site


@click.group()
def token() -> None:
    """Tokens of programs: make one, see them, end one."""


@token.command()
@click.argument("email")
@click.option("--name", prompt="Name", help="What it is for.")
@click.option("--scope", "scopes", multiple=True, help="A permission; again for more of them.")
@click.option("--all-scopes", is_flag=True, help="Everything that the account's role may do.")
@click.option("--days", default=90, show_default=True, help="Days until it ends.")
@pass_site
def add(
    site: Site, email: str, name: str, scopes: tuple[str, ...], all_scopes: bool, days: int
) -> None:
    """Make a token for the account with the mail address EMAIL, and print it."""
    account = find_account(site, email=email)
    if account is None:
        raise NotFound("account", email)
    permissions = site.access.permissions
    chosen = scopes_for(permissions, account["role"]) if all_scopes else scopes
    with site.transaction(SYSTEM) as session:
        made = add_token(
            session,
            permissions,
            account_id=account["id"],
            name=name,
            scopes=chosen,
            days=days,
            at=site.clock(),
        )
    click.echo(f"Token {made.id} of {account['name']}, until {made.expires_at:%Y-%m-%d %H:%M} UTC.")
    click.echo(made.token)
    click.echo("It is shown only here.", err=True)


@token.command("list")
@pass_site
def list_(site: Site) -> None:
    """List the tokens that were not revoked, the newest first."""
    now = site.clock()
    for row in site.read(ALL_TOKENS):
        used = f"{row['last_used_at']:%Y-%m-%d}" if row["last_used_at"] else "never"
        end = "ended" if row["expires_at"] <= now else "ends"
        click.echo(
            f"{row['id']:<6}{row['account_email'] or row['account_name']:<32}{row['name']}, "
            f"used {used}, {end} {row['expires_at']:%Y-%m-%d}: {', '.join(row['scopes'])}"
        )


@token.command()
@click.argument("number", type=int)
@pass_site
def revoke(site: Site, number: int) -> None:
    """End the token with the NUMBER that `blog token list` shows."""
    with site.transaction(SYSTEM) as session:
        revoke_token(session, number, at=site.clock())
    click.echo(f"Token {number} opens nothing any more.")
