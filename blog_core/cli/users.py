"""`blog user`: accounts for the people who write, and passwords for those who forgot theirs."""

import click
from sqlalchemy import RowMapping, select

from blog_core.access.passwords import check_new, one_time_password
from blog_core.cli.group import pass_site
from blog_core.content.accounts import (
    change_role,
    create_account,
    find_account,
    set_active,
    set_password_hash,
)
from blog_core.errors import NotFound
from blog_core.model import Account
from blog_core.model.account import ROLES
from blog_core.ports import Query
from blog_core.site import SYSTEM, Site

ALL_ACCOUNTS = Query(
    "account.all",
    select(Account.name, Account.email, Account.role, Account.is_active, Account.post_count)
    .order_by(Account.name, Account.id)
    .limit(1_000),
)


@click.group()
def user() -> None:
    """Accounts: add people, give them a password, see who there is."""


@user.command()
@click.argument("email")
@click.option("--name", prompt="Name", help="The name readers see.")
@click.option("--role", type=click.Choice(ROLES), default="author", show_default=True)
@click.option("--ask", is_flag=True, help="Ask for the password instead of making a one-time one.")
@pass_site
def add(site: Site, email: str, name: str, role: str, ask: bool) -> None:
    """Add a person with the mail address EMAIL, and print a one-time password for them."""
    password = _asked(email, name) if ask else one_time_password()
    password_hash = site.access.passwords.hash(password)
    with site.transaction(SYSTEM) as session:
        account = create_account(
            session,
            name=name,
            role=role,
            email=email,
            password_hash=password_hash,
            must_change_password=not ask,
        )
    click.echo(f"Added {name} ({role}), account {account.id}, {account.slug}.")
    _show(password, asked=ask)


@user.command()
@click.argument("email")
@click.option("--ask", is_flag=True, help="Ask for the password instead of making a one-time one.")
@pass_site
def password(site: Site, email: str, ask: bool) -> None:
    """Give the person with the mail address EMAIL a new password; all their sessions end."""
    account = _account(site, email)
    new = _asked(email, account["name"]) if ask else one_time_password()
    new_hash = site.access.passwords.hash(new)
    with site.transaction(SYSTEM) as session:
        set_password_hash(
            session,
            account_id=account["id"],
            password_hash=new_hash,
            one_time=not ask,
        )
    click.echo(f"{account['name']} has a new password and was signed out everywhere.")
    _show(new, asked=ask)


@user.command()
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@pass_site
def role(site: Site, email: str, role: str) -> None:
    """Give the person with the mail address EMAIL another ROLE; all their sessions end."""
    account = _account(site, email)
    with site.transaction(SYSTEM) as session:
        change_role(session, account_id=account["id"], version=account["version"], role=role)
    click.echo(f"{account['name']} is {role} now and was signed out everywhere.")


@user.command()
@click.argument("email")
@click.option("--open", "is_open", is_flag=True, help="Let them sign in again.")
@pass_site
def close(site: Site, email: str, is_open: bool) -> None:
    """Let nobody sign in with the account of EMAIL any more; its posts stay."""
    account = _account(site, email)
    with site.transaction(SYSTEM) as session:
        set_active(session, account_id=account["id"], version=account["version"], is_active=is_open)
    click.echo(f"The account of {account['name']} is {'open' if is_open else 'closed'} now.")


@user.command("list")
@pass_site
def list_(site: Site) -> None:
    """List the accounts by name."""
    for row in site.read(ALL_ACCOUNTS):
        closed = "" if row["is_active"] else "  (closed)"
        address = row["email"] or "-"
        click.echo(
            f"{row['role']:<12}{address:<32}{row['name']}, {row['post_count']} post(s){closed}"
        )


def _account(site: Site, email: str) -> RowMapping:
    account = find_account(site, email=email)
    if account is None:
        raise NotFound("account", email)
    return account


def _asked(email: str, name: str) -> str:
    new: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    check_new(new, not_like=(email, name))
    return new


def _show(password: str, *, asked: bool) -> None:
    if not asked:
        click.echo(f"One-time password: {password}")
        click.echo("It is shown only here, and has to be changed at the first sign-in.")
