"""The plugin authors' one door: everything a plugin may use, and nothing else.

Names that need the database's models, the renderer or Flask are loaded when they are first used,
so a plugin's module costs little to import.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from blog_core.cache_tags import EVERYTHING, Each, TagRule, given_tags, with_groups
from blog_core.changes.collect import collecting, depend, expire_at, uncacheable
from blog_core.changes.stamps import LATEST, Moment, Stamp, Stamps
from blog_core.changes.writing import in_writing_transaction
from blog_core.current import current_site
from blog_core.defaults.leases import LocalLeases
from blog_core.disk_space import allocate
from blog_core.errors import (
    BlogError,
    Collision,
    ConfigError,
    Conflict,
    FieldError,
    Forbidden,
    NoCurrentBlog,
    NotFound,
    NotSignedIn,
    PluginError,
    PluginFailed,
    PluginNotEnabled,
    QueryError,
    Refused,
    SettingFault,
    TooLarge,
    TooManyRequests,
    Unavailable,
    UnsupportedValue,
    ValidationError,
)
from blog_core.here import current_actor, require, transaction
from blog_core.hookspecs import HOOK_API, hookimpl
from blog_core.lifetimes import MAX_TTL_S
from blog_core.metrics import (
    Counted,
    Counter,
    Gauge,
    Histogram,
    Metrics,
    MetricSpec,
    Ring,
    Tallied,
    Tally,
)
from blog_core.metrics.samples import split_sample
from blog_core.operations import Answer, Operation, Param
from blog_core.ports import (
    ALL,
    Actor,
    All,
    Cache,
    CacheTags,
    Entry,
    Lease,
    Query,
    QueryExecutor,
    Refusal,
    StageLoader,
    TextAction,
    TextOptimizer,
)
from blog_core.routes import NEVER, CacheClass, Parser, Route, View, cached_page
from blog_core.site import STRANGER, SYSTEM, Health, PostChange, Site
from blog_core.slugs import tag_slug

if TYPE_CHECKING:
    from blog_core.access.host_users import HostUser
    from blog_core.access.origin import CrossSite
    from blog_core.access.permissions import Permission, Reach, Subject
    from blog_core.access.rate_limits import Limit, spend
    from blog_core.admin.editor_diff import compared
    from blog_core.admin.plugin_pages import render_admin
    from blog_core.background import background_work, in_background
    from blog_core.caching import (
        NAMESPACES,
        CachePolicy,
        Decision,
        Page,
        Representation,
        StoredPage,
        Strangers,
        Target,
        Unreadable,
        cached,
        decision_of,
        decode_value,
        digest,
        encode_value,
        get_value,
        has_etag,
        readable_key,
        set_value,
        table_tags,
        target_of,
    )
    from blog_core.cli.group import pass_site
    from blog_core.content.json_lists import json_rows
    from blog_core.content.keyset import Cursor
    from blog_core.content.revisions import restore_revision
    from blog_core.content.visible import is_listed
    from blog_core.defaults.executor import CoreExecutor
    from blog_core.host import Contribute, Setup
    from blog_core.host.contributions import (
        Action,
        AdminPage,
        Asset,
        ExplainPanel,
        Panel,
        StageCheck,
        StageValidator,
    )
    from blog_core.jobs import enqueue_mail
    from blog_core.model import (
        Account,
        Base,
        Comment,
        Job,
        Media,
        Outbox,
        Post,
        PostAuthor,
        PostTag,
        Redirect,
        Revision,
        Tag,
        UtcDateTime,
        big_id,
    )
    from blog_core.model.database import schema_of
    from blog_core.model.declarative import json_value
    from blog_core.model.ongoing import ongoing_connection
    from blog_core.model.outages import DatabaseAway, as_blog_error
    from blog_core.model.upsert import insert_on
    from blog_core.rendering import Profile, legal_text, render_markdown, sanitise
    from blog_core.rest.reply import Reply
    from blog_core.settings import CoreSettings, SettingsModel
    from blog_core.validation import Faults

_LATER = {
    "blog_core.access.host_users": ("HostUser",),
    "blog_core.access.origin": ("CrossSite",),
    "blog_core.access.permissions": ("Permission", "Reach", "Subject"),
    "blog_core.access.rate_limits": ("Limit", "spend"),
    "blog_core.admin.editor_diff": ("compared",),
    "blog_core.admin.plugin_pages": ("render_admin",),
    "blog_core.background": ("background_work", "in_background"),
    "blog_core.caching": (
        "NAMESPACES",
        "CachePolicy",
        "Decision",
        "Page",
        "Representation",
        "StoredPage",
        "Strangers",
        "Target",
        "Unreadable",
        "cached",
        "decision_of",
        "decode_value",
        "digest",
        "encode_value",
        "get_value",
        "has_etag",
        "readable_key",
        "set_value",
        "table_tags",
        "target_of",
    ),
    "blog_core.cli.group": ("pass_site",),
    "blog_core.content.json_lists": ("json_rows",),
    "blog_core.content.keyset": ("Cursor",),
    "blog_core.content.revisions": ("restore_revision",),
    "blog_core.content.visible": ("is_listed",),
    "blog_core.defaults.executor": ("CoreExecutor",),
    "blog_core.host": ("Contribute", "Setup"),
    "blog_core.host.contributions": (
        "Action",
        "AdminPage",
        "Asset",
        "ExplainPanel",
        "Panel",
        "StageCheck",
        "StageValidator",
    ),
    "blog_core.jobs": ("enqueue_mail",),
    "blog_core.model": (
        "Account",
        "Base",
        "Comment",
        "Job",
        "Media",
        "Outbox",
        "Post",
        "PostAuthor",
        "PostTag",
        "Redirect",
        "Revision",
        "Tag",
        "UtcDateTime",
        "big_id",
    ),
    "blog_core.model.database": ("schema_of",),
    "blog_core.model.declarative": ("json_value",),
    "blog_core.model.ongoing": ("ongoing_connection",),
    "blog_core.model.outages": ("DatabaseAway", "as_blog_error"),
    "blog_core.model.upsert": ("insert_on",),
    "blog_core.rendering": ("Profile", "legal_text", "render_markdown", "sanitise"),
    "blog_core.rest.reply": ("Reply",),
    "blog_core.settings": ("CoreSettings", "SettingsModel"),
    "blog_core.validation": ("Faults",),
}
_HOMES = {name: module for module, names in _LATER.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a name of `_LATER`."""
    if name not in _HOMES:
        raise AttributeError(f"blog_core.api has no {name!r}")
    return getattr(import_module(_HOMES[name]), name)


__all__ = [
    "ALL",
    "EVERYTHING",
    "HOOK_API",
    "LATEST",
    "MAX_TTL_S",
    "NAMESPACES",
    "NEVER",
    "STRANGER",
    "SYSTEM",
    "Account",
    "Action",
    "Actor",
    "AdminPage",
    "All",
    "Answer",
    "Asset",
    "Base",
    "BlogError",
    "Cache",
    "CacheClass",
    "CachePolicy",
    "CacheTags",
    "Collision",
    "Comment",
    "ConfigError",
    "Conflict",
    "Contribute",
    "CoreExecutor",
    "CoreSettings",
    "Counted",
    "Counter",
    "CrossSite",
    "Cursor",
    "DatabaseAway",
    "Decision",
    "Each",
    "Entry",
    "ExplainPanel",
    "Faults",
    "FieldError",
    "Forbidden",
    "Gauge",
    "Health",
    "Histogram",
    "HostUser",
    "Job",
    "Lease",
    "Limit",
    "LocalLeases",
    "Media",
    "MetricSpec",
    "Metrics",
    "Moment",
    "NoCurrentBlog",
    "NotFound",
    "NotSignedIn",
    "Operation",
    "Outbox",
    "Page",
    "Panel",
    "Param",
    "Parser",
    "Permission",
    "PluginError",
    "PluginFailed",
    "PluginNotEnabled",
    "Post",
    "PostAuthor",
    "PostChange",
    "PostTag",
    "Profile",
    "Query",
    "QueryError",
    "QueryExecutor",
    "Reach",
    "Redirect",
    "Refusal",
    "Refused",
    "Reply",
    "Representation",
    "Revision",
    "Ring",
    "Route",
    "SettingFault",
    "SettingsModel",
    "Setup",
    "Site",
    "StageCheck",
    "StageLoader",
    "StageValidator",
    "Stamp",
    "Stamps",
    "StoredPage",
    "Strangers",
    "Subject",
    "Tag",
    "TagRule",
    "Tallied",
    "Tally",
    "Target",
    "TextAction",
    "TextOptimizer",
    "TooLarge",
    "TooManyRequests",
    "Unavailable",
    "Unreadable",
    "UnsupportedValue",
    "UtcDateTime",
    "ValidationError",
    "View",
    "allocate",
    "as_blog_error",
    "background_work",
    "big_id",
    "cached",
    "cached_page",
    "collecting",
    "compared",
    "current_actor",
    "current_site",
    "decision_of",
    "decode_value",
    "depend",
    "digest",
    "encode_value",
    "enqueue_mail",
    "expire_at",
    "get_value",
    "given_tags",
    "has_etag",
    "hookimpl",
    "in_background",
    "in_writing_transaction",
    "insert_on",
    "is_listed",
    "json_rows",
    "json_value",
    "legal_text",
    "ongoing_connection",
    "pass_site",
    "readable_key",
    "render_admin",
    "render_markdown",
    "require",
    "restore_revision",
    "sanitise",
    "schema_of",
    "set_value",
    "spend",
    "split_sample",
    "table_tags",
    "tag_slug",
    "target_of",
    "transaction",
    "uncacheable",
    "with_groups",
]
