"""Engines: which database is meant, how connections behave, and reading without a transaction."""

from types import SimpleNamespace

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import make_url, text

from blog_core.errors import ConfigError
from blog_core.model.database import engine_opener, own_engine, reading, schema_of


def settings(url, source="blog.toml"):
    leaf = SimpleNamespace(source=source)
    return SimpleNamespace(
        core=SimpleNamespace(database_url=make_url(url)),
        layers=SimpleNamespace(get=lambda name: leaf),
    )


def host_app(url=None):
    app = Flask("host")
    if url is not None:
        app.config["SQLALCHEMY_DATABASE_URI"] = url
        SQLAlchemy(app)
    return app


def opened(app, url, source="blog.toml", **more):
    return engine_opener(app, name="blog", settings=settings(url, source), **more)()


@pytest.fixture
def sqlite(sqlite_url):
    engine = own_engine(make_url(sqlite_url))
    yield engine
    engine.dispose()


def pragma(connection, name):
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_sqlite_connections_are_made_ready(sqlite):
    with reading(sqlite) as connection:
        assert pragma(connection, "journal_mode") == "wal"
        assert pragma(connection, "synchronous") == 1
        assert pragma(connection, "busy_timeout") == 5000
        assert pragma(connection, "foreign_keys") == 1
        assert pragma(connection, "mmap_size") > 0


def test_a_sqlite_transaction_takes_the_write_lock_at_once(sqlite):
    with sqlite.connect() as writer, sqlite.connect() as second:
        writer.execute(text("SELECT 1"))
        second.connection.dbapi_connection.execute("PRAGMA busy_timeout = 1")
        with pytest.raises(Exception, match="database is locked"):
            second.execute(text("SELECT 1"))


def test_reading_takes_no_lock_and_opens_no_transaction(engine):
    with engine.begin() as writer:
        writer.execute(text("CREATE TABLE note (id integer)"))
    with engine.begin() as writer:
        writer.execute(text("INSERT INTO note VALUES (1)"))
        with reading(engine) as reader:
            assert reader.scalar(text("SELECT count(*) FROM note")) == 0
            driver = reader.connection.dbapi_connection
            in_transaction = getattr(driver, "in_transaction", None)
            assert in_transaction is False or driver.get_transaction_status() == 0


def test_what_sqlalchemy_calls_autocommit_begins_no_transaction_either(sqlite):
    with sqlite.connect() as writer:
        writer.execute(text("SELECT 1"))
        with sqlite.execution_options(isolation_level="AUTOCOMMIT").connect() as reader:
            assert reader.scalar(text("SELECT 1")) == 1
    # The level was set back by SQLAlchemy, and our transactions still begin at once.
    with sqlite.connect() as connection:
        connection.execute(text("SELECT 1"))
        assert connection.connection.dbapi_connection.in_transaction


def test_postgresql_sessions_have_a_name_a_zone_and_limits(postgres_url):
    engine = own_engine(make_url(postgres_url), "news")
    with reading(engine) as connection:
        shown = {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("application_name", "timezone", "statement_timeout", "lock_timeout")
        }
    engine.dispose()
    assert shown == {
        "application_name": "news",
        "timezone": "UTC",
        "statement_timeout": "5s",
        "lock_timeout": "2s",
    }


def test_options_of_the_url_and_of_the_caller_are_kept(postgres_url):
    url = make_url(postgres_url).update_query_dict({"options": "-c work_mem=8MB"})
    engine = own_engine(url, pool_size=3)
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SHOW work_mem").scalar() == "8MB"
        assert connection.exec_driver_sql("SHOW timezone").scalar() == "UTC"
    assert engine.pool.size() == 3
    engine.dispose()


def test_an_app_of_its_own_gets_flask_sqlalchemy_with_our_engine(sqlite_url):
    app = Flask("blog")
    engine = opened(app, sqlite_url, standalone=True)
    with app.app_context():
        assert app.extensions["sqlalchemy"].engine is engine
    assert opened(app, sqlite_url, standalone=True) is not engine


def test_a_host_without_sqlalchemy_stays_without_it(sqlite_url):
    app = host_app()
    opened(app, sqlite_url)
    assert "sqlalchemy" not in app.extensions


def test_a_hosts_postgresql_is_shared_in_a_schema_of_the_blogs_name(postgres_url, sqlite_url):
    app = host_app(postgres_url)
    engine = opened(app, sqlite_url, source="default")
    with app.app_context():
        assert engine.pool is app.extensions["sqlalchemy"].engine.pool
        app.extensions["sqlalchemy"].engine.dispose()
    assert schema_of(engine) == "blog"


def test_a_hosts_sqlite_is_left_alone(tmp_path, sqlite_url):
    app = host_app(f"sqlite:///{tmp_path / 'host.db'}")
    engine = opened(app, sqlite_url, source="default")
    assert engine.url.database == make_url(sqlite_url).database
    assert schema_of(engine) is None


def test_a_database_url_that_was_set_wins_over_the_hosts(postgres_url, sqlite_url):
    engine = opened(host_app(postgres_url), sqlite_url)
    assert engine.dialect.name == "sqlite"


def test_a_sqlalchemy_of_another_app_is_refused(sqlite_url):
    expected = "db.init_app.app. before the blog is initialised"
    with pytest.raises(ConfigError, match=expected):
        opened(host_app(), sqlite_url, source="default", db=SQLAlchemy())


def test_a_name_that_cannot_stand_in_sql_is_refused(postgres_url):
    app = host_app(postgres_url)
    with pytest.raises(ConfigError, match="letters, digits and _"):
        engine_opener(app, name='x"; DROP', settings=settings("sqlite://", "default"))


def test_a_database_in_memory_is_a_file_that_all_connections_share():
    app = Flask("blog")
    engine = opened(app, "sqlite:///:memory:")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (id integer)"))
    with reading(engine) as one, reading(engine) as other:
        assert one.scalar(text("SELECT count(*) FROM note")) == 0
        assert other.scalar(text("SELECT count(*) FROM note")) == 0
    engine.dispose()
