"""The users of a host app: known by the host's id, given an account when they first write."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from flask import Request
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from blog_core.model import Account
from blog_core.model.account import ROLES
from blog_core.model.upsert import insert_on
from blog_core.ports import Actor, Query
from blog_core.slugs import free_slug, slugify

ACCOUNT_OF_HOST_USER = Query(
    "access.host_user",
    select(Account.id, Account.name, Account.role, Account.is_active).where(
        Account.external_id == bindparam("external_id")
    ),
)


@dataclass(frozen=True, slots=True)
class HostUser:
    """A person whom the host app has signed in. `id` is the host's; `role` is one of the blog's."""

    id: str
    name: str
    email: str | None = None
    role: str = "contributor"

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(
                f"identity() gave the role {self.role!r} for {self.name!r}; "
                f"expected one of {', '.join(ROLES)}."
            )


Identity = Callable[[Request], HostUser | None]
"""Given by the host app: who sent this request, or None."""


def actor_of_host_user(user: HostUser, account_id: int | None) -> Actor:
    """The role is the host's to say at each request; the account only gives the id."""
    return Actor(account_id, user.name, user.role)


def ensure_account(session: Session, user: HostUser, *, at: datetime) -> int:
    """The id of the user's account, made or brought up to date."""
    known = session.execute(
        select(Account.id, Account.name, Account.role).where(Account.external_id == user.id)
    ).one_or_none()
    if known is None:
        return _insert(session, user, at)
    if (known.name, known.role) != (user.name, user.role):
        changed = update(Account).where(Account.id == known.id)
        values = {"name": user.name, "role": user.role, "updated_at": at}
        session.execute(changed.values(version=Account.version + 1, **values))
    return int(known.id)


def _insert(session: Session, user: HostUser, at: datetime) -> int:
    """Two first writes at once make one account: the second finds the first's."""
    row = {
        "external_id": user.id,
        "name": user.name,
        "role": user.role,
        "must_change_password": False,
        "bio": "",
        "created_at": at,
        "updated_at": at,
    }
    while True:
        free = {"slug": _free_slug(session, user), "email": _free_address(session, user)}
        once = insert_on(session, Account).values(**row, **free).on_conflict_do_nothing()
        session.execute(once)
        found = session.scalar(select(Account.id).where(Account.external_id == user.id))
        if found is not None:
            return found


def _free_slug(session: Session, user: HostUser) -> str:
    def taken(slugs: Collection[str]) -> set[str]:
        return set(session.scalars(select(Account.slug).where(Account.slug.in_(slugs))))

    return free_slug(slugify(user.name) or "author", taken)


def _free_address(session: Session, user: HostUser) -> str | None:
    """The user's address, unless another account has it already."""
    address = (user.email or "").strip().lower()
    taken = address and session.scalar(select(Account.id).where(Account.email == address))
    return None if taken or not address else address
