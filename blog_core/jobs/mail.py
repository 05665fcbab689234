"""Mail: written in the transaction that gives the reason for it, sent by a job, once."""

import logging
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import EmailMessage
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from blog_core.current import current_site
from blog_core.errors import BlogError, FieldError, Unavailable, ValidationError
from blog_core.model import Mail
from blog_core.model.upsert import insert_on
from blog_core.site import SYSTEM

if TYPE_CHECKING:
    from blog_core.settings import MailSettings
    from blog_core.site import Site

MAIL_JOB = "blog.mail"

log = logging.getLogger("blog.mail")


def enqueue_mail(
    session: Session,
    *,
    to_address: str,
    subject: str,
    body: str,
    unique_key: str,
    account_id: int | None = None,
) -> int | None:
    """Send a plain text message after the commit; its id, or None when it was enqueued before.

    `unique_key` names the event and the recipient ("comment:7:author@example.org"): however often
    the event is reported, the message is sent once. Raises `ValidationError` for an address or a
    subject that cannot stand in a header.
    """
    _check_headers(to_address=to_address, subject=subject)
    site: Site = session.info.get("site") or current_site()
    row = insert_on(session, Mail).values(
        unique_key=unique_key,
        account_id=account_id,
        to_address=to_address,
        subject=subject,
        body=body,
        created_at=site.clock(),
    )
    once = row.on_conflict_do_nothing(index_elements=["unique_key"]).returning(Mail.id)
    mail_id: int | None = session.scalar(once)
    if mail_id is not None:
        site.jobs.enqueue(MAIL_JOB, {"mail_id": mail_id}, unique_key=f"mail:{mail_id}")
    return mail_id


def _check_headers(**headers: str) -> None:
    errors = [
        FieldError(name, "header", f"found {value!r}, expected one line that is not empty")
        for name, value in headers.items()
        if not value.strip() or any(ord(character) < 32 for character in value)
    ]
    if "@" not in headers["to_address"]:
        errors.append(FieldError("to_address", "address", "expected a mail address"))
    if errors:
        raise ValidationError(errors)


def deliver(site: "Site", arguments: Mapping[str, Any]) -> None:
    """The job: send one message, unless that has been done. Raises what makes it worth a retry."""
    mail_id = arguments["mail_id"]
    with site.changes.transaction(SYSTEM) as session:
        mail = session.get(Mail, mail_id)
        if mail is None or mail.sent_at is not None:
            return
        mail.attempts += 1
        message = _message(mail, site.settings.core.mail)
    # Outside the transaction: a slow mail server must not hold up writers.
    try:
        _send(message, site.settings.core.mail)
    except BlogError as error:
        _note(site, mail_id, last_error=str(error))
        raise
    # What was sent may hold a link that is as good as a password; nobody needs it here any more.
    _note(site, mail_id, sent_at=site.clock(), last_error="", body="")


def _note(site: "Site", mail_id: int, **values: Any) -> None:
    with site.changes.transaction(SYSTEM) as session:
        session.execute(update(Mail).where(Mail.id == mail_id).values(**values))


def _message(mail: Mail, settings: "MailSettings") -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.sender
    message["To"] = mail.to_address
    message["Subject"] = mail.subject
    # The same for each attempt, so that a mail server can recognise a message sent twice.
    digest = blake2b(mail.unique_key.encode(), digest_size=16).hexdigest()
    message["Message-ID"] = f"<{digest}@{settings.sender.rpartition('@')[2] or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def _send(message: EmailMessage, settings: "MailSettings") -> None:
    if settings.transport == "console":
        log.info("Mail to %s: %s\n%s", message["To"], message["Subject"], message.get_content())
        return
    try:
        with _connected(settings) as server:
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(
            f"The mail server {settings.smtp_host}:{settings.smtp_port} did not take a message "
            f"({error}). It is sent again later; check the settings of [mail]."
        ) from error


@contextmanager
def _connected(settings: "MailSettings") -> Iterator[smtplib.SMTP]:
    place, timeout_s = (settings.smtp_host, settings.smtp_port), settings.timeout_s
    context = ssl.create_default_context()
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(*place, timeout=timeout_s, context=context)
    else:
        server = smtplib.SMTP(*place, timeout=timeout_s)
    with server:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        yield server
