"""Accounts: people who write here, those that an archive names as authors, and their roles."""

from dataclasses import dataclass

from sqlalchemy import RowMapping, bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from blog_core.access.revoking import revoke_access, revoke_sessions
from blog_core.content.acting import actor_of, now, require, rows_changed
from blog_core.content.text import refused
from blog_core.content.unique import insert_with_slug, taken_in
from blog_core.errors import NotFound
from blog_core.model import Account, PasswordLink
from blog_core.model.account import ROLES
from blog_core.ports import Query
from blog_core.site import Site
from blog_core.slugs import slugify
from blog_core.validation import Faults, is_name

ACCOUNT_BY_EMAIL = Query(
    "account.by_email",
    select(
        Account.id,
        Account.name,
        Account.slug,
        Account.email,
        Account.role,
        Account.is_active,
        Account.version,
    )
    .where(Account.email == bindparam("email"))
    .limit(1),
)


@dataclass(frozen=True, slots=True)
class AccountRef:
    """An account's id and slug."""

    id: int
    slug: str


def find_account(site: Site, *, email: str) -> RowMapping | None:
    """The account with a mail address, if there is one. One statement."""
    email = email.strip().lower()
    rows = site.read(ACCOUNT_BY_EMAIL, {"email": email}) if is_name(email) else ()
    return rows[0] if rows else None


def create_account(
    session: Session,
    *,
    name: str,
    role: str,
    email: str | None = None,
    password_hash: str | None = None,
    must_change_password: bool = False,
    bio: str = "",
) -> AccountRef:
    """Make an account. Without a password hash (`access.hash_password`) nobody can sign in as it.

    Raises `ValidationError` with every fault, an address that is taken included.
    """
    require(session, "manage-accounts")
    faults = Faults()
    name = faults.line("name", name, max_chars=100)
    faults.one_of("role", role, ROLES)
    address = faults.email("email", email)
    if address and session.scalar(select(Account.id).where(Account.email == address)):
        faults.add("email", "taken", f"found {address}, which another account has")
    faults.raise_any()
    return _insert(
        session,
        name=name,
        role=role,
        email=address,
        password_hash=password_hash,
        must_change_password=must_change_password,
        bio=bio,
    )


def ensure_author(session: Session, *, name: str, email: str | None = None) -> AccountRef:
    """The account of an author whom an archive names, by address or else by name; made if missing.

    A new one has the role author and no password. Raises `ValidationError` for a bad name.
    """
    require(session, "assign-authors")
    faults = Faults()
    name = faults.line("name", name, max_chars=100)
    address = faults.email("email", email)
    faults.raise_any()
    account = select(Account.id, Account.slug).order_by(Account.id).limit(1)
    by_address = account.where(Account.email == address)
    by_name = account.where(func.lower(Account.name) == name.lower())
    for known in (by_address, by_name) if address else (by_name,):
        found = session.execute(known).one_or_none()
        if found is not None:
            return AccountRef(found.id, found.slug)
    return _insert(session, name=name, role="author", email=address)


def change_account(
    session: Session,
    *,
    account_id: int,
    version: int,
    name: str | None = None,
    email: str | None = None,
    bio: str | None = None,
) -> None:
    """Change one's own account, or (administrators) anybody's. None leaves a field as it is.

    A version other than the one that was seen raises `ValidationError`; nothing is changed then.
    """
    actor = actor_of(session)
    if actor.account_id != account_id:
        require(session, "manage-accounts")
    faults = Faults()
    values: dict[str, object] = {}
    if name is not None:
        values["name"] = faults.line("name", name, max_chars=100)
    if email is not None:
        values["email"] = faults.email("email", email)
    if bio is not None:
        values["bio"] = faults.length("bio", bio.strip(), max_chars=2_000)
    faults.raise_any()
    _change(session, account_id, version, values)
    if email is not None:
        # A link that went to the old address must not change the password any more.
        session.execute(delete(PasswordLink).where(PasswordLink.account_id == account_id))


def change_role(session: Session, *, account_id: int, version: int, role: str) -> None:
    """Give an account another role; its sessions end, so that nothing of the old one lives on."""
    require(session, "manage-accounts")
    faults = Faults()
    faults.one_of("role", role, ROLES)
    faults.raise_any()
    _keep_an_admin(session, account_id, stays=role == "admin")
    _change(session, account_id, version, {"role": role})
    revoke_sessions(session, account_id, at=now(session))


def set_active(session: Session, *, account_id: int, version: int, is_active: bool) -> None:
    """Let nobody sign in as an account any more (its sessions end), or let them again."""
    require(session, "manage-accounts")
    _keep_an_admin(session, account_id, stays=is_active)
    _change(session, account_id, version, {"is_active": is_active})
    if not is_active:
        revoke_access(session, account_id, at=now(session))


def end_sessions(session: Session, *, account_id: int, token_digest: str | None = None) -> None:
    """Sign somebody out of one browser (its session's digest), or of all, as an administrator."""
    require(session, "manage-accounts")
    revoke_sessions(session, account_id, at=now(session), token_digest=token_digest)


def set_password_hash(
    session: Session, *, account_id: int, password_hash: str, one_time: bool = False
) -> None:
    """Set a new password (its hash) for oneself or, as an administrator, for anybody.

    All sessions of the account end. `one_time`: it must be changed at the next sign-in.
    """
    if actor_of(session).account_id != account_id:
        require(session, "manage-accounts")
    changed = update(Account).where(Account.id == account_id)
    values = {
        "password_hash": password_hash,
        "must_change_password": one_time,
        "updated_at": now(session),
    }
    if not rows_changed(session, changed.values(version=Account.version + 1, **values)):
        raise NotFound("account", account_id)
    revoke_access(session, account_id, at=now(session))


def _insert(session: Session, *, name: str, **values: object) -> AccountRef:
    instant = now(session)
    row = {"name": name, "created_at": instant, "updated_at": instant, **values}
    row.setdefault("bio", "")
    row.setdefault("must_change_password", False)
    wanted = slugify(name) or "author"
    try:
        id_, slug = insert_with_slug(
            session, Account, row, wanted=wanted, taken=taken_in(session, Account.slug)
        )
    except IntegrityError as error:
        # Between the look-up and this row somebody else took the address.
        raise refused("email", "taken", f"found {values.get('email')}, which is taken") from error
    return AccountRef(id_, slug)


def _change(session: Session, account_id: int, version: int, values: dict[str, object]) -> None:
    changed = update(Account).where(Account.id == account_id, Account.version == version)
    stamped = {"version": version + 1, "updated_at": now(session), **values}
    try:
        if rows_changed(session, changed.values(**stamped)):
            return
    except IntegrityError as error:
        raise refused("email", "taken", "found an address that another account has") from error
    current = session.scalar(select(Account.version).where(Account.id == account_id))
    if current is None:
        raise NotFound("account", account_id)
    message = f"found version {version}, expected {current}: somebody changed the account meanwhile"
    raise refused("version", "conflict", message)


def _keep_an_admin(session: Session, account_id: int, *, stays: bool) -> None:
    """Refuse to take the last administrator away: nobody could give the role back."""
    # Locked, so that two administrators who take the role from each other do it in turn.
    is_admin = Account.role == "admin", Account.is_active
    admins = select(Account.id).where(*is_admin).order_by(Account.id).with_for_update()
    if not stays and session.scalars(admins).all() == [account_id]:
        message = "this is the last active administrator. Make somebody else one first"
        raise refused("role", "last_admin", message)
