"""The table of permissions, line by line."""

import pytest

from blog_core.access.permissions import (
    CORE_PERMISSIONS,
    Permission,
    Permissions,
    Reach,
    Subject,
)
from blog_core.errors import ConfigError, Forbidden, NotFound, NotSignedIn
from blog_core.ports import Actor
from blog_core.site import SYSTEM

ROLES = ("stranger", "contributor", "author", "editor", "admin")
OWN_DRAFT = Subject("post", 1, owners=frozenset({7}))
OWN_PUBLIC = Subject("post", 1, owners=frozenset({7}), is_public=True)
OTHERS_DRAFT = Subject("post", 2, owners=frozenset({8}))
OTHERS_PUBLIC = Subject("post", 2, owners=frozenset({8}), is_public=True)
THINGS = (OWN_DRAFT, OWN_PUBLIC, OTHERS_DRAFT, OTHERS_PUBLIC)

TABLE = """
                   own draft     own public    other's draft  other's public
edit-posts         contributor   author        editor         editor
read-drafts        contributor   contributor   editor         editor
publish-posts      author        author        editor         editor
delete-posts       contributor   author        editor         editor
moderate-comments  author        author        editor         editor
edit-media         contributor   contributor   editor         editor
assign-authors     editor        editor        editor         editor
manage-accounts    admin         admin         admin          admin
manage-site        admin         admin         admin          admin
see-internals      admin         admin         admin          admin
"""


def somebody(role):
    return Actor(None if role == "stranger" else 7, role.title(), role)


@pytest.mark.parametrize("line", TABLE.strip().splitlines()[1:])
def test_each_permission_reaches_as_far_as_the_table_says(line):
    name, *least = line.split()
    table = Permissions()
    for thing, role in zip(THINGS, least, strict=True):
        allowed = [role for role in ROLES if table.allows(somebody(role), name, thing)]
        assert allowed == list(ROLES[ROLES.index(role) :]), (name, str(thing))


def test_every_permission_of_the_core_is_in_the_test():
    tested = {line.split()[0] for line in TABLE.strip().splitlines()[1:]}
    anybodys = {"create-posts", "write-comments", "upload-media", "manage-tags", "manage-redirects"}
    assert tested | anybodys == {permission.name for permission in CORE_PERMISSIONS}


@pytest.mark.parametrize(
    "name, least",
    [
        ("create-posts", "contributor"),
        ("write-comments", "stranger"),
        ("upload-media", "contributor"),
        ("manage-tags", "editor"),
        ("manage-redirects", "editor"),
        ("publish-posts", "author"),
    ],
)
def test_without_a_thing_the_question_is_whether_there_is_any(name, least):
    allowed = [role for role in ROLES if Permissions().allows(somebody(role), name)]
    assert allowed == list(ROLES[ROLES.index(least) :])


def test_an_account_that_is_none_yet_owns_nothing():
    host_user = Actor(None, "New", "author")
    assert not Permissions().allows(host_user, "edit-posts", Subject("post", 1))
    assert Permissions().allows(host_user, "edit-posts")


def test_the_system_may_everything():
    assert all(Permissions().allows(SYSTEM, permission.name) for permission in CORE_PERMISSIONS)


def test_a_program_may_what_its_token_and_its_account_may():
    table = Permissions()
    scopes = frozenset({"edit-posts", "manage-site"})
    program = Actor(7, "Script", "author", scopes=scopes)
    assert table.allows(program, "edit-posts", OWN_PUBLIC)
    assert not table.allows(program, "edit-posts", OTHERS_PUBLIC)
    assert not table.allows(program, "publish-posts", OWN_PUBLIC)
    assert not table.allows(program, "manage-site")


def test_a_hidden_thing_of_others_is_not_found_and_a_public_one_forbidden():
    table = Permissions()
    with pytest.raises(NotFound, match="There is no post 2"):
        table.require(somebody("author"), "edit-posts", OTHERS_DRAFT)
    with pytest.raises(Forbidden, match="Author may not edit-posts on post 2"):
        table.require(somebody("author"), "edit-posts", OTHERS_PUBLIC)
    with pytest.raises(Forbidden):
        table.require(somebody("contributor"), "publish-posts", OWN_DRAFT)
    with pytest.raises(NotFound):
        table.require(somebody("stranger"), "edit-posts", OTHERS_DRAFT)
    with pytest.raises(NotSignedIn, match="To create-posts needs an account"):
        table.require(somebody("stranger"), "create-posts")


def test_a_plugin_adds_permissions_under_names_of_its_own():
    table = Permissions()
    table.add([Permission("shop.sell", {"editor": Reach.ANY})], owner="plugin shop")
    assert table.allows(somebody("editor"), "shop.sell")
    assert not table.allows(somebody("admin"), "shop.sell")
    with pytest.raises(
        ConfigError, match="permission edit-posts of plugin shop: found a name that"
    ):
        table.add([Permission("edit-posts", {})], owner="plugin shop")
    with pytest.raises(ConfigError, match="found role 'king', expected one of stranger, contribut"):
        table.add([Permission("shop.buy", {"king": Reach.ANY})], owner="plugin shop")


def test_an_undeclared_permission_is_nobodys():
    with pytest.raises(ConfigError, match="permission fly: found unknown"):
        Permissions().allows(SYSTEM, "fly")
