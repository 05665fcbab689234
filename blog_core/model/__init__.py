"""The tables of the core. Plugins get them through `blog_core.api` for foreign keys and reads."""

from blog_core.model.account import Account, ApiToken, LoginSession
from blog_core.model.comment import Comment
from blog_core.model.declarative import Base, UtcDateTime, big_id
from blog_core.model.link import PasswordLink, PreviewLink
from blog_core.model.media import Media, MediaVariant
from blog_core.model.post import (
    Post,
    PostAuthor,
    PostMonth,
    PostTag,
    Redirect,
    Revision,
    Tag,
    WorkingCopy,
)
from blog_core.model.queue import Job, Mail, Outbox
from blog_core.model.rate_limit import RateLimit
from blog_core.model.repeated import CarriedOut
from blog_core.model.webhook import Webhook, WebhookDelivery

__all__ = [
    "Account",
    "ApiToken",
    "Base",
    "CarriedOut",
    "Comment",
    "Job",
    "LoginSession",
    "Mail",
    "Media",
    "MediaVariant",
    "Outbox",
    "PasswordLink",
    "Post",
    "PostAuthor",
    "PostMonth",
    "PostTag",
    "PreviewLink",
    "RateLimit",
    "Redirect",
    "Revision",
    "Tag",
    "UtcDateTime",
    "Webhook",
    "WebhookDelivery",
    "WorkingCopy",
    "big_id",
]
