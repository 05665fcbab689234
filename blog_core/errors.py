"""Every error of the product: what happened, to which named thing, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass


class BlogError(Exception):
    """Root of all errors raised by the blog. `status` is the HTTP status it answers with."""

    status: int = 500


# --- configuration and plugins: raised while the app is made -------------------------------------


@dataclass(frozen=True, slots=True)
class SettingFault:
    """One wrong setting: its dotted name, what was found (secrets masked), what is expected."""

    setting: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.setting}: found {self.found}, expected {self.expected}"


class ConfigError(BlogError):
    """One or more settings are wrong; `faults` holds all of them."""

    def __init__(self, faults: Sequence[SettingFault]) -> None:
        self.faults = tuple(faults)
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"The blog's configuration has {len(self.faults)} fault(s):\n{lines}")


class PluginError(BlogError):
    """A plugin could not be found, checked or started."""


class PluginNotFound(PluginError):
    """A name in `plugins` is no installed plugin."""

    def __init__(self, name: str, known: Sequence[str], reason: str = "") -> None:
        hint = f" ({reason})" if reason else ""
        super().__init__(
            f"Plugin {name!r} was not found{hint}. "
            f"Installed plugins: {', '.join(known) or 'none'}. "
            f"Correct the name in `plugins`, or install the package that provides it."
        )


class PluginConflict(PluginError):
    """Two plugins provide the same port."""

    def __init__(self, hook: str, names: Sequence[str]) -> None:
        listed = " and ".join(repr(name) for name in names)
        super().__init__(
            f"Plugins {listed} both provide {hook}. Remove one of them from `plugins`."
        )


class PluginFailed(PluginError):
    """A plugin's method raised something unforeseen, or returned what its port does not allow."""

    status = 503

    def __init__(self, plugin: str, where: str, reason: str) -> None:
        super().__init__(
            f"Plugin {plugin!r} failed in {where}: {reason}. The log has the details. Until it is "
            f"mended, BLOG_PLUGINS_DISABLED={plugin} starts the blog without it."
        )


class PluginNotEnabled(PluginError):
    """A function needs a plugin that this blog does not enable."""

    status = 503

    def __init__(self, plugin: str, wanted: str) -> None:
        super().__init__(
            f"{wanted} needs the plugin {plugin!r}, which this blog does not enable. "
            f"Add {plugin!r} to `plugins` in blog.toml (or to create_app's config) and restart."
        )


class NoCurrentBlog(BlogError):
    """It is not clear which blog is meant."""

    def __init__(self, names: Sequence[str]) -> None:
        found = f"{len(names)} blogs exist ({', '.join(names)})" if names else "no blog exists yet"
        super().__init__(
            f"Which blog is meant? Outside a request of a blog, {found}. "
            f"Wrap the call in `with blog.activate():`."
        )


# --- what a caller asked for ------------------------------------------------------------------


class NotFound(BlogError):
    """A named thing does not exist, or this actor may not know of it.

    `known` are the names that there are, where they are few and no secret.
    """

    status = 404

    def __init__(self, kind: str, key: object, known: Sequence[str] = ()) -> None:
        self.kind, self.key, self.known = kind, key, tuple(known)
        listed = f" There are: {', '.join(self.known)}." if self.known else ""
        super().__init__(f"There is no {kind} {key!r}.{listed}")


class NotSignedIn(BlogError):
    """The route or use case needs an account."""

    status = 401

    def __init__(self, wanted: str) -> None:
        super().__init__(f"{wanted} needs an account. Sign in and try again; nothing was changed.")


class Forbidden(BlogError):
    """The actor's role lacks a permission."""

    status = 403

    def __init__(self, actor: str, permission: str, on: str = "") -> None:
        self.permission = permission
        where = f" on {on}" if on else ""
        super().__init__(
            f"{actor} may not {permission}{where}. "
            f"Ask an administrator for a role that includes it; nothing was changed."
        )


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of one field: a stable code, the limit that was passed, a sentence for people."""

    field: str
    code: str
    message: str
    limit: int | str | None = None


class ValidationError(BlogError):
    """Input was refused; `errors` names every fault."""

    status = 422

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in self.errors))


@dataclass(frozen=True, slots=True)
class Collision:
    """A field that two people changed: as it was, theirs, yours, and both together where the
    changes stand on different lines (else None)."""

    field: str
    base: str | int | bool | None
    theirs: str | int | bool | None
    yours: str | int | bool | None
    merged: str | None = None


class Conflict(BlogError):
    """Somebody else changed the thing since it was read; nothing was overwritten.

    `collisions` are the fields that both changed, where the thing is compared field by field.
    """

    status = 412

    def __init__(
        self,
        kind: str,
        key: object,
        *,
        seen: int,
        current: int,
        collisions: Sequence[Collision] = (),
    ) -> None:
        self.seen, self.current, self.collisions = seen, current, tuple(collisions)
        names = ", ".join(each.field for each in self.collisions)
        both = f" Both changed: {names}." if names else ""
        super().__init__(
            f"{kind} {key!r} is at version {current}, but the change was made on version {seen}. "
            f"Nothing was overwritten: compare both texts and save again on version {current}."
            f"{both}"
        )


class Refused(BlogError):
    """A stage or a rule keeps a thing from a transition; `missing` says what is needed for it."""

    status = 409

    def __init__(
        self, kind: str, key: object, transition: str, reason: str, missing: Sequence[str] = ()
    ) -> None:
        self.transition, self.reason, self.missing = transition, reason, tuple(missing)
        needed = f" Missing: {'; '.join(missing)}." if missing else ""
        super().__init__(
            f"{kind} {key!r} can't take the step {transition!r}: {reason.rstrip('.')}.{needed} "
            f"Nothing was changed."
        )


class TooManyRequests(BlogError):
    """A rate limit is used up; worth another try after `retry_after_s` seconds."""

    status = 429

    def __init__(self, what: str, *, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        wait = f"{retry_after_s} seconds" if retry_after_s != 1 else "a second"
        super().__init__(f"{what}: too many attempts. Wait {wait} and try again.")


class TooLarge(BlogError):
    """Input passes a size limit."""

    status = 413

    def __init__(self, what: str, *, size_bytes: int, max_bytes: int) -> None:
        super().__init__(
            f"{what} has {size_bytes:,} bytes; at most {max_bytes:,} are accepted. "
            f"Shorten it or split it; nothing was changed."
        )


# --- dependencies ------------------------------------------------------------------------------


class Unavailable(BlogError):
    """A dependency does not answer; worth another try after `retry_after_s` seconds."""

    status = 503

    def __init__(self, message: str, *, retry_after_s: int = 2) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class QueryError(BlogError):
    """A statement was refused by us or failed in the database."""

    def __init__(self, name: str, reason: str) -> None:
        self.query_name = name
        super().__init__(f"Query {name!r}: {reason}")


class UnsupportedValue(BlogError):
    """A value has a type that the closed set of cache values does not include."""

    def __init__(self, path: str, found: str) -> None:
        super().__init__(
            f"A cached value holds {found} at {path}. Use None, bool, int, float, str, bytes, "
            f"datetime, date, Decimal, UUID, list, tuple or dict with string keys."
        )
