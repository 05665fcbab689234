"""Ending sessions and links in the transaction that gives the reason for it."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from blog_core.model import LoginSession, PasswordLink


def revoke_sessions(
    session: Session, account_id: int, *, at: datetime, token_digest: str | None = None
) -> None:
    """End all sessions of an account from `at` on, or only the one with `token_digest`."""
    open_ones = update(LoginSession).where(
        LoginSession.account_id == account_id, LoginSession.revoked_at.is_(None)
    )
    if token_digest is not None:
        open_ones = open_ones.where(LoginSession.token_digest == token_digest)
    session.execute(open_ones.values(revoked_at=at))


def revoke_access(session: Session, account_id: int, *, at: datetime) -> None:
    """End all sessions of an account, and the links by which its password could be changed."""
    revoke_sessions(session, account_id, at=at)
    session.execute(delete(PasswordLink).where(PasswordLink.account_id == account_id))
