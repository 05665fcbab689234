"""Which source wins, and that each value says where it was set."""

from pathlib import Path

import pytest

from blog_core.settings import RawSettings, Settings

from .conftest import CacheSection, Load


def done(raw: RawSettings) -> Settings:
    return raw.complete({"cache": CacheSection}, installed=["cache", "llm"])


def source_of(settings: Settings, name: str) -> str:
    return next(line.source for line in settings.report() if line.name == name)


def test_each_source_wins_over_the_one_before(load: Load) -> None:
    sources = {
        "file": 'title = "file"',
        "env": {"BLOG_TITLE": "env"},
        "app": {"BLOG": {"title": "app"}},
        "given": {"title": "given"},
    }
    expected = {
        "file": "blog.toml",
        "env": "BLOG_TITLE",
        "app": "app.config['BLOG']",
        "given": "create_app",
    }
    so_far: dict[str, object] = {}
    for source, value in sources.items():
        so_far[source] = value
        settings = done(load(**so_far))
        assert settings.core.title == source
        assert source_of(settings, "title") == expected[source]


def test_an_unset_value_comes_from_the_default(load: Load) -> None:
    settings = done(load())
    assert settings.core.posts_per_page == 10
    assert source_of(settings, "posts_per_page") == "default"


def test_sections_are_laid_leaf_by_leaf(load: Load) -> None:
    settings = done(
        load(
            file='[cache]\nmax_bytes = 5\nredis_url = "redis://file"',
            env={"BLOG_CACHE__MAX_BYTES": "6"},
            given={"cache": {}},
        )
    )
    section = settings.section("cache", CacheSection)
    assert section.max_bytes == 6
    assert section.redis_url.get_secret_value() == "redis://file"
    assert source_of(settings, "cache.max_bytes") == "BLOG_CACHE__MAX_BYTES"
    assert source_of(settings, "cache.redis_url") == "blog.toml"


def test_variables_hold_lists_and_tables(load: Load) -> None:
    settings = done(
        load(
            env={
                "BLOG_PLUGINS": "cache, llm",
                "BLOG_CACHE__IGNORE_COOKIES": "_ga*,seen",
                "BLOG_CACHE__HEADERS": '{"X-A": "1"}',
                "BLOG_ALLOWED_HOSTS": "example.org",
                "BLOG_DEBUG": "true",
            }
        )
    )
    section = settings.section("cache", CacheSection)
    assert [plugin.name for plugin in settings.core.plugins] == ["cache", "llm"]
    assert section.ignore_cookies == ("_ga*", "seen")
    assert section.headers == {"X-A": "1"}
    assert settings.core.allowed_hosts == ("example.org",)
    assert settings.core.debug is True


def test_blog_config_names_another_file(load: Load, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "site.toml"
    other.parent.mkdir()
    other.write_text('title = "Elsewhere"\ndata_dir = "things"\ntheme_dir = "theme"')
    settings = done(load(file='title = "here"', env={"BLOG_CONFIG": str(other)}))
    assert settings.core.title == "Elsewhere"
    assert settings.core.data_dir == other.parent / "things"
    assert settings.core.theme_dir == other.parent / "theme"


def test_the_data_stands_beside_the_file_or_in_the_instance_folder(
    load: Load, tmp_path: Path
) -> None:
    assert done(load()).core.data_dir == tmp_path / "data"
    hosted = done(load(in_host_app=True, instance_path=tmp_path / "instance"))
    assert hosted.core.data_dir == tmp_path / "instance" / "blog"
    assert str(hosted.core.database_url).startswith(f"sqlite:///{tmp_path}/instance/blog/")


def test_a_relative_sqlite_file_is_taken_from_the_folder_of_blog_toml(
    load: Load, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere" / "site.toml"
    other.parent.mkdir()
    other.write_text('database_url = "sqlite:///x.db"')
    settings = done(load(env={"BLOG_CONFIG": str(other)}))
    assert settings.core.database_url.database == str(other.parent / "x.db")


def test_database_url_wins_over_the_file_and_blog_database_url_over_it(load: Load) -> None:
    file = 'database_url = "sqlite:///file.db"'
    env = {"DATABASE_URL": "postgres://ann:pw@db.example/one"}
    settings = done(load(file=file, env=env))
    assert settings.core.database_url.host == "db.example"
    assert settings.core.database_url.drivername == "postgresql+psycopg2"
    assert source_of(settings, "database_url") == "DATABASE_URL"
    env["BLOG_DATABASE_URL"] = "postgresql://ann@db.example/two"
    assert done(load(env=env)).core.database_url.database == "two"


PARTS = {
    "DB_HOST": "db.example",
    "DB_NAME": "blog",
    "DB_USER": "ann",
    "DB_PASSWORD": "p@ss/word",
}


def test_db_variables_count_when_no_url_is_set(load: Load) -> None:
    url = done(load(env=PARTS)).core.database_url
    assert (url.host, url.database, url.username, url.password) == tuple(PARTS.values())
    with_url = done(load(env=PARTS, file='database_url = "sqlite:///file.db"'))
    assert with_url.core.database_url.drivername == "sqlite"


def test_in_a_host_app_db_variables_count_only_when_told(load: Load, tmp_path: Path) -> None:
    def hosted(file: str) -> str:
        raw = load(file=file, env=PARTS, in_host_app=True, instance_path=tmp_path)
        settings = raw.complete({}, installed=["db_opt"])
        return settings.core.database_url.drivername

    assert hosted("[db_opt]\nread_db_env = false") == "sqlite"
    assert hosted("[db_opt]\nread_db_env = true") == "postgresql+psycopg2"


def test_a_second_blog_has_its_own_names_everywhere(load: Load, tmp_path: Path) -> None:
    settings = done(
        load(
            name="news",
            file='title = "of the first blog"',
            env={
                "DATABASE_URL": "postgresql://ann@db.example/first",
                "BLOG_TITLE": "of the first blog",
                "BLOG_NEWS_TAGLINE": "of the second",
            },
            app={"BLOG": {"title": "of the first"}, "BLOG_NEWS": {"title": "News"}},
            in_host_app=True,
            instance_path=tmp_path,
        )
    )
    assert settings.core.title == "News"
    assert settings.core.tagline == "of the second"
    assert settings.core.data_dir == tmp_path / "news"
    assert settings.core.database_url.drivername == "sqlite"


def test_a_host_apps_key_is_used_until_the_blog_has_its_own(load: Load, tmp_path: Path) -> None:
    app = {"SECRET_KEY": "k" * 40}
    hosted = load(app=app, in_host_app=True, instance_path=tmp_path)
    assert done(hosted).core.secret_key.get_secret_value() == "k" * 40
    alone = load(app=app)
    assert done(alone).core.secret_key.get_secret_value() == ""


@pytest.mark.parametrize("value", ["1", "true", "on"])
def test_switches_for_the_start_are_no_settings(load: Load, value: str) -> None:
    raw = load(env={"BLOG_PLUGINS_DISABLED": "llm, cache", "BLOG_SAFE_MODE": value})
    assert raw.disabled == {"llm", "cache"}
    assert raw.safe_mode is True
    done(raw)


def test_what_others_call_blog_something_is_passed_over(load: Load) -> None:
    done(load(env={"BLOG_PORT": "tcp://10.0.0.1:80", "BLOG_SERVICE_HOST": "10.0.0.1"}))


def test_a_section_of_a_plugin_that_is_off_is_left_aside(load: Load) -> None:
    settings = done(load(file='[llm]\nmodel = "x"'))
    assert settings.ignored == ("llm.model in blog.toml",)
