"""Who may do what: one table of permissions, by role, and one function that answers.

A grant reaches over any thing, over one's own, or over one's own while it is not public.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from blog_core.errors import ConfigError, Forbidden, NotFound, NotSignedIn, SettingFault
from blog_core.ports import Actor

ROLES = ("stranger", "contributor", "author", "editor", "admin")
"""Roles of people, from the least to the most. Programs inside have the role `system`."""


class Reach(IntEnum):
    """How far a grant reaches."""

    OWN_UNPUBLISHED = 1
    OWN = 2
    ANY = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing a permission is asked about: whose it is, and whether strangers can see it."""

    kind: str
    key: object
    owners: frozenset[int] = frozenset()
    is_public: bool = False

    def __str__(self) -> str:
        return f"{self.kind} {self.key!r}"


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission: its name as in "Ann may not publish-posts", and each role's reach."""

    name: str
    grants: Mapping[str, Reach] = field(repr=False)


def _grant(**roles: Reach) -> Mapping[str, Reach]:
    return roles


_ANY, _OWN, _DRAFT = Reach.ANY, Reach.OWN, Reach.OWN_UNPUBLISHED
_ALL_WRITERS = _grant(admin=_ANY, editor=_ANY, author=_ANY, contributor=_ANY)
_EDITORS = _grant(admin=_ANY, editor=_ANY)
_ADMINS = _grant(admin=_ANY)

CORE_PERMISSIONS = (
    Permission("create-posts", _ALL_WRITERS),
    Permission("read-drafts", _grant(admin=_ANY, editor=_ANY, author=_OWN, contributor=_OWN)),
    Permission("edit-posts", _grant(admin=_ANY, editor=_ANY, author=_OWN, contributor=_DRAFT)),
    Permission("publish-posts", _grant(admin=_ANY, editor=_ANY, author=_OWN)),
    Permission("delete-posts", _grant(admin=_ANY, editor=_ANY, author=_OWN, contributor=_DRAFT)),
    Permission("assign-authors", _EDITORS),
    Permission("write-comments", _grant(stranger=_ANY, **_ALL_WRITERS)),
    Permission("moderate-comments", _grant(admin=_ANY, editor=_ANY, author=_OWN)),
    Permission("upload-media", _ALL_WRITERS),
    Permission("edit-media", _grant(admin=_ANY, editor=_ANY, author=_OWN, contributor=_OWN)),
    Permission("manage-tags", _EDITORS),
    Permission("manage-redirects", _EDITORS),
    Permission("manage-accounts", _ADMINS),
    Permission("manage-site", _ADMINS),
    Permission("see-internals", _ADMINS),
)


class Permissions:
    """The table: the core's permissions and those that plugins added when the app was made."""

    def __init__(self, permissions: Iterable[Permission] = CORE_PERMISSIONS) -> None:
        self._by_name: dict[str, Permission] = {}
        self.add(permissions, owner="the core")

    def __iter__(self) -> Iterator[Permission]:
        return iter(self._by_name.values())

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def add(self, permissions: Iterable[Permission], *, owner: str) -> None:
        """Add permissions; `ConfigError` for a name that is taken and for unknown roles."""
        for permission in permissions:
            faults = list(self._faults(permission, owner))
            if faults:
                raise ConfigError(faults)
            self._by_name[permission.name] = permission

    def _faults(self, permission: Permission, owner: str) -> Iterator[SettingFault]:
        where = f"permission {permission.name} of {owner}"
        if permission.name in self._by_name or permission.name in {"public", "signed-in"}:
            yield SettingFault(where, "a name that is taken", "a name of its own")
        for role in sorted(set(permission.grants) - set(ROLES)):
            yield SettingFault(where, f"role {role!r}", f"one of {', '.join(ROLES)}")

    def allows(self, actor: Actor, name: str, on: Subject | None = None) -> bool:
        """Whether the actor has the permission: on this thing, or (without one) on any at all."""
        if name not in self._by_name:
            raise ConfigError([SettingFault(f"permission {name}", "unknown", "a declared name")])
        if actor.scopes is not None and name not in actor.scopes:
            return False
        if actor.role == "system":
            return True
        reach = self._by_name[name].grants.get(actor.role)
        if reach is None or on is None or reach is Reach.ANY:
            return reach is not None
        is_own = actor.account_id is not None and actor.account_id in on.owners
        return is_own and not (reach is Reach.OWN_UNPUBLISHED and on.is_public)

    def require(self, actor: Actor, name: str, on: Subject | None = None) -> None:
        """Nothing when allowed; else the error that tells the actor no more than they may know.

        `NotSignedIn` for strangers without a subject, `NotFound` for a thing they may not know of,
        `Forbidden` otherwise.
        """
        if self.allows(actor, name, on):
            return
        if on is not None and not on.is_public and not self.allows(actor, "read-drafts", on):
            raise NotFound(on.kind, on.key)
        if actor.role == "stranger":
            raise NotSignedIn(f"To {name}")
        raise Forbidden(actor.name, name, str(on) if on else "")
