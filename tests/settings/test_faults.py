"""Wrong settings: all told at once, each with its name, what was found, what is expected."""

from typing import Any

import pytest

from blog_core.errors import ConfigError

from .conftest import CacheSection, Load


def faults_of(load: Load, **sources: Any) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        load(**sources).complete({"cache": CacheSection}, installed=["cache", "llm"])
    return {fault.setting: f"{fault.found} -> {fault.expected}" for fault in caught.value.faults}


def test_every_fault_of_every_source_is_told_at_once(load: Load) -> None:
    faults = faults_of(
        load,
        file='titel = "x"\nlanguage = "no language"\n[cache]\nmax_bytes = 0\n[mail]\nsmtp_port = 0',
        env={"BLOG_POSTS_PER_PAGE": "many", "BLOG_SITEURL": "https://example.org"},
        app={"BLOG": {"timezone": "Mars/Olympus"}},
        given={"plugins": ["cache"], "cachee": {"x": 1}, "comments": 3},
    )
    assert faults["titel"] == "an unknown setting in blog.toml -> 'title', perhaps"
    assert faults["language"].startswith("'no language' in blog.toml -> ")
    assert faults["cache.max_bytes"] == "0 in blog.toml -> greater than or equal to 1"
    assert faults["mail.smtp_port"] == "0 in blog.toml -> greater than or equal to 1"
    assert faults["posts_per_page"].startswith("'many' in BLOG_POSTS_PER_PAGE -> a valid integer")
    assert faults["BLOG_SITEURL"] == "an unknown variable -> BLOG_SITE_URL, perhaps"
    assert faults["timezone"].endswith("-> a time zone name such as Europe/Berlin")
    assert faults["cachee"] == "an unknown setting in create_app -> 'cache', perhaps"
    assert faults["comments"].startswith("3 in create_app -> ")
    assert len(faults) == 9


def test_an_unknown_setting_of_a_section_gets_the_nearest_name(load: Load) -> None:
    faults = faults_of(load, given={"cache": {"max_byte": 1}, "mail": {"sendr": "x"}})
    assert faults == {
        "cache.max_byte": "an unknown setting in create_app -> 'cache.max_bytes', perhaps",
        "mail.sendr": "an unknown setting in create_app -> 'mail.sender', perhaps",
    }


@pytest.mark.parametrize(
    "setting,value,expected",
    [
        ("database_url", "mysql://ann:pw@db/x", "a sqlite:// or postgresql:// URL"),
        ("database_url", "no url", "a database URL such as sqlite:///blog.db"),
        ("site_url", "example.org", "an address that starts with http:// or https://"),
        ("site_url", "https://example.org/?a=1", "an address without user, query and fragment"),
        ("admin_prefix", "admin/", "one slash at the start, none at the end"),
        ("trusted_proxies", 99, "less than or equal to 10"),
        ("environment", "prod", "'development', 'production' or 'test'"),
    ],
)
def test_each_field_says_what_it_takes(
    load: Load, setting: str, value: object, expected: str
) -> None:
    assert faults_of(load, given={setting: value})[setting].endswith(expected)


@pytest.mark.parametrize(
    "plugins",
    ["cache", [3], ["Not A Name"], [{"nam": "cache"}], [{"name": "llm", "optional": "yes"}]],
)
def test_a_wrong_list_of_plugins_stops_at_once(load: Load, plugins: object) -> None:
    with pytest.raises(ConfigError, match=r"plugins"):
        load(given={"plugins": plugins})


def test_broken_toml_is_told_with_its_line(load: Load) -> None:
    (setting, fault), *_ = faults_of(load, file="title = \n").items()
    assert setting.endswith("blog.toml")
    assert "line 1" in fault


def test_a_missing_config_file_is_a_fault(load: Load) -> None:
    faults = faults_of(load, env={"BLOG_CONFIG": "/nowhere/blog.toml"})
    assert faults["/nowhere/blog.toml"] == "No such file or directory -> a readable TOML file"


def test_half_a_database_in_variables_is_a_fault(load: Load) -> None:
    assert faults_of(load, env={"DB_HOST": "db"}) == {
        "DB_NAME": "nothing, while DB_HOST is set -> the database's name"
    }
    assert "DB_PORT" in faults_of(load, env={"DB_NAME": "x", "DB_PORT": "five"})


def test_a_section_that_is_no_table_is_a_fault(load: Load) -> None:
    assert faults_of(load, given={"cache": 5}) == {
        "cache": "5 in create_app -> a table of settings"
    }
    assert faults_of(load, app={"BLOG": "x"})["app.config['BLOG']"].endswith(
        "a mapping of settings"
    )


# --- secrets -----------------------------------------------------------------------------------


def test_no_fault_shows_a_secret(load: Load) -> None:
    with pytest.raises(ConfigError) as caught:
        load(
            given={
                "database_url": "mysql://ann:hunter2@db/x",
                "secret_key": ["hunter2"],
                "mail": {"smtp_password": 22222},
                "cache": {"redis_url": {"hunter2": 1}},
            }
        ).complete({"cache": CacheSection})
    assert "hunter2" not in str(caught.value)
    assert "22222" not in str(caught.value)
    assert str(caught.value).count("(hidden)") == 3


def test_neither_repr_nor_report_shows_a_secret(load: Load) -> None:
    raw = load(
        given={
            "database_url": "postgresql://ann:hunter2@db/x",
            "secret_key": "hunter2" * 6,
            "mail": {"smtp_password": "hunter2"},
            "cache": {"redis_url": "redis://:hunter2@r"},
        }
    )
    settings = raw.complete({"cache": CacheSection})
    shown = {line.name: line.value_shown for line in settings.report()}
    assert "hunter2" not in repr(raw) + repr(settings) + repr(settings.report())
    assert "hunter2" not in repr(settings.layers) + str(settings.core.database_url)
    assert shown["database_url"] == "postgresql+psycopg2://ann:***@db/x"
    assert shown["secret_key"] == shown["cache.redis_url"] == "set (hidden)"


# --- production --------------------------------------------------------------------------------

GOOD = {
    "environment": "production",
    "secret_key": "f3b1c8e29a7d4065b8e1d2c3a4958677",
    "site_url": "https://example.org/blog/",
}


def test_a_complete_production_starts_and_answers_its_own_host(load: Load) -> None:
    settings = load(given=GOOD).complete({})
    assert settings.core.site_url == "https://example.org/blog"
    assert settings.core.answered_hosts == ("example.org",)


@pytest.mark.parametrize(
    "change,setting,fault",
    [
        ({"debug": True}, "debug", "true in production"),
        ({"secret_key": ""}, "secret_key", "nothing in production"),
        ({"secret_key": "short"}, "secret_key", "only 5 characters"),
        ({"secret_key": "change-me-" * 5}, "secret_key", "a well-known or guessable value"),
        ({"secret_key": "a" * 64}, "secret_key", "a well-known or guessable value"),
        ({"site_url": ""}, "site_url", "nothing in production"),
        ({"allowed_hosts": ["*"]}, "allowed_hosts", "'*' in production"),
    ],
)
def test_production_refuses_what_is_unsafe(
    load: Load, change: dict[str, object], setting: str, fault: str
) -> None:
    faults = faults_of(load, given={**GOOD, **change})
    assert list(faults) == [setting]
    assert faults[setting].startswith(fault)
    load(given={**GOOD, **change, "environment": "development"}).complete({})


def test_production_refuses_flasks_own_debug_switch(load: Load) -> None:
    faults = faults_of(load, given=GOOD, app={"DEBUG": True})
    assert faults == {"DEBUG of Flask": "true in production -> false: unset FLASK_DEBUG"}


def test_a_switch_that_switches_nothing_off_is_a_fault(load: Load) -> None:
    faults = faults_of(load, env={"BLOG_PLUGINS_DISABLED": "lllm"})
    assert faults == {"BLOG_PLUGINS_DISABLED": "'lllm' -> 'llm', perhaps"}


def test_production_faults_are_told_beside_others(load: Load) -> None:
    faults = faults_of(load, given={"environment": "production", "posts_per_page": 0})
    assert set(faults) == {"posts_per_page", "secret_key", "site_url"}
