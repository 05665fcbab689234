"""hypopg's functions, as they are called, made of real indexes.

No package of Python brings hypopg to the tests' own server. `hypopg_create_index` builds the index
through a second connection, so it works where nothing may be written, and the planner sees it at
once; `hypopg_reset` drops what was built.
"""

from sqlalchemy import Engine

_SQL = """
CREATE EXTENSION dblink;
CREATE TABLE hypopg_built (name text);
CREATE FUNCTION hypopg_elsewhere(sql text) RETURNS void LANGUAGE sql AS $$
    SELECT dblink_exec('host=127.0.0.1 port=' || current_setting('port') || ' user='
        || current_user || ' dbname=' || current_database(), sql)
$$;
CREATE FUNCTION hypopg_create_index(sql text, OUT indexrelid oid, OUT indexname text) AS $$
BEGIN
    indexname := substring(sql from 'INDEX "([^"]+)"');
    PERFORM hypopg_elsewhere(sql);
    PERFORM hypopg_elsewhere(format('INSERT INTO hypopg_built VALUES (%%L)', indexname));
    indexrelid := indexname::regclass;
END $$ LANGUAGE plpgsql;
CREATE FUNCTION hypopg_reset() RETURNS void AS $$
DECLARE built text;
BEGIN
    FOR built IN SELECT name FROM hypopg_built LOOP
        PERFORM hypopg_elsewhere(format('DROP INDEX %%I', built));
    END LOOP;
    PERFORM hypopg_elsewhere('DELETE FROM hypopg_built');
END $$ LANGUAGE plpgsql;
"""


def install_shim(engine: Engine) -> None:
    """Make the functions in the database's usual schema."""
    with engine.begin() as connection:
        connection.exec_driver_sql(_SQL)
