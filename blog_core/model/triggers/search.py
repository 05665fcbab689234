"""Triggers that keep the search index: one entry for each published post, scheduled ones included.

On SQLite the index is two FTS5 tables; an entry's rowid is the second of publication and the lower
bits of the post's id, so that the newest matches are the first ones read. On PostgreSQL it is a
table of `tsvector`s. They work during imports too, where the cache's triggers are suspended.
"""

from collections.abc import Iterator

from blog_core.model.triggers.sql import SEARCH_START, Trigger, differs, quoted, trigger_name

ID_BITS = 22
ID_MASK = (1 << ID_BITS) - 1
INDEXED = ("id", "title", "excerpt", "body", "status", "publish_at")
_MOST_CHARS = 200_000  # a tsvector holds a megabyte: lexemes and their places
_PUNCTUATION = "!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~"


def search_triggers(dialect: str, schema: str) -> Iterator[Trigger]:
    """The triggers of `post` that keep the search index up to date."""
    return _postgres(schema) if dialect == "postgresql" else _sqlite()


def refill(dialect: str, schema: str) -> tuple[str, ...]:
    """The statements that make the whole index anew from the posts."""
    if dialect == "postgresql":
        place = f"{quoted(schema)}.post_search"
        source = f"{quoted(schema)}.post AS p WHERE {_listed('p')}"
        columns = "(post_id, publish_at, lead, words)"
        return (
            f"DELETE FROM {place}",  # noqa: S608 - identifiers of ours
            f"INSERT INTO {place} {columns} SELECT {_vectors('p')} FROM {source}",  # noqa: S608
        )
    posts = f"FROM post AS p WHERE {_listed('p')}"
    return (
        "DELETE FROM post_search",
        "DELETE FROM post_search_lead",
        f"INSERT INTO post_search (rowid, text) SELECT {_row('p')} {posts}",
        f"INSERT INTO post_search_lead (rowid, title, excerpt) SELECT {_lead('p')} {posts}",
    )


def wrong_entries(dialect: str, schema: str) -> str:
    """A statement that counts the posts whose entry is missing or old, and entries of no post."""
    if dialect == "postgresql":
        place = f"{quoted(schema)}.post_search"
        return (
            f"SELECT count(*) FROM (SELECT {_vectors('p')} FROM {quoted(schema)}.post AS p "  # noqa: S608
            f"WHERE {_listed('p')}) AS want(post_id, publish_at, lead, words) "
            f"FULL JOIN {place} AS have USING (post_id) "
            "WHERE (want.publish_at, want.lead, want.words) "
            "IS DISTINCT FROM (have.publish_at, have.lead, have.words)"
        )
    posts = f"FROM post AS p WHERE {_listed('p')}"
    return (
        f"SELECT (SELECT count(*) FROM (SELECT {_row('p')} {posts} "  # noqa: S608
        "EXCEPT SELECT rowid, text FROM post_search)) + "
        f"(SELECT count(*) FROM (SELECT {_lead('p')} {posts} "
        "EXCEPT SELECT rowid, title, excerpt FROM post_search_lead)) + "
        "(SELECT count(*) FROM (SELECT rowid FROM post_search "
        f"EXCEPT SELECT {_key('p')} {posts}))"
    )


def _listed(row: str) -> str:
    return f"{row}.status = 'published' AND {row}.publish_at IS NOT NULL"


# --- SQLite ---------------------------------------------------------------------------------------


def _sqlite() -> Iterator[Trigger]:
    put = (
        f"INSERT OR REPLACE INTO post_search (rowid, text) SELECT {_row('NEW')} "
        f"WHERE {_listed('NEW')}; "
        f"INSERT OR REPLACE INTO post_search_lead (rowid, title, excerpt) "
        f"SELECT {_lead('NEW')} WHERE {_listed('NEW')};"
    )
    take = " ".join(
        f"DELETE FROM {table} WHERE rowid = {_key('OLD')} AND {_listed('OLD')};"  # noqa: S608
        for table in ("post_search", "post_search_lead")
    )
    changed = differs(INDEXED, "IS NOT")
    columns = ", ".join(map(quoted, INDEXED))
    for kind, event, body in (
        ("insert", "AFTER INSERT ON post FOR EACH ROW", put),
        ("delete", "AFTER DELETE ON post FOR EACH ROW", take),
        (
            "update",
            f"AFTER UPDATE OF {columns} ON post FOR EACH ROW WHEN {changed}",
            f"{take} {put}",
        ),
    ):
        definition = f"{event} BEGIN {body} END"
        name = trigger_name("post", kind, definition, start=SEARCH_START)
        yield Trigger("post", name, (f"CREATE TRIGGER {quoted(name)} {definition}",))


def _key(row: str) -> str:
    second = f"CAST(strftime('%s', {row}.publish_at) AS INTEGER)"
    return f"(({second} << {ID_BITS}) | ({row}.id & {ID_MASK}))"


def _row(row: str) -> str:
    text = f"{row}.title || char(10) || {row}.excerpt || char(10) || {row}.body"
    return f"{_key(row)}, {text}"


def _lead(row: str) -> str:
    return f"{_key(row)}, {row}.title, {row}.excerpt"


# --- PostgreSQL -----------------------------------------------------------------------------------

_FUNCTION = """\
CREATE OR REPLACE FUNCTION <name>() RETURNS trigger LANGUAGE plpgsql AS $blog$
BEGIN
IF <listed> THEN
  INSERT INTO <place> (post_id, publish_at, lead, words) SELECT <vectors>
  ON CONFLICT (post_id) DO UPDATE SET publish_at = excluded.publish_at, lead = excluded.lead,
    words = excluded.words;
ELSE
  DELETE FROM <place> WHERE post_id = NEW.id;
END IF;
RETURN NULL;
END $blog$"""


def _postgres(schema: str) -> Iterator[Trigger]:
    place = f"{quoted(schema)}.post_search"
    function = (
        _FUNCTION.replace("<listed>", _listed("NEW"))
        .replace("<vectors>", _vectors("NEW"))
        .replace("<place>", place)
    )
    columns = ", ".join(map(quoted, INDEXED[1:]))
    changed = differs(INDEXED[1:], "IS DISTINCT FROM")
    for kind, event, when in (
        ("insert", "INSERT", _listed("NEW")),
        ("update", f"UPDATE OF {columns}", changed),
    ):
        name = trigger_name("post", kind, function + event + when, start=SEARCH_START)
        called = f"{quoted(schema)}.{quoted(name)}"
        create = (
            f"CREATE TRIGGER {quoted(name)} AFTER {event} ON {quoted(schema)}.post "
            f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {called}()"
        )
        yield Trigger("post", name, (function.replace("<name>", called), create))


def _vectors(row: str) -> str:
    """The entry of a row: its lead in both forms, so that a title of small words is found too."""
    title, excerpt = _folded(f"{row}.title"), _folded(f"{row}.excerpt")
    text = _folded(rf"{row}.title || E'\n' || {row}.excerpt || E'\n' || {row}.body")
    lead = " || ".join(
        f"setweight(to_tsvector('{config}'::regconfig, {part}), '{weight}')"
        for part, weight in ((title, "A"), (excerpt, "D"))
        for config in ("simple", "english")
    )
    return f"{row}.id, {row}.publish_at, {lead}, to_tsvector('english'::regconfig, {text})"


def _folded(text: str) -> str:
    """Letters without their accents, and spaces for what would join words into addresses."""
    plain = rf"regexp_replace(normalize({text}, NFKD), '[\u0300-\u036f]', '', 'g')"
    spaces = " " * (len(_PUNCTUATION) - 1)
    return f"left(translate({plain}, '{_PUNCTUATION}', '{spaces}'), {_MOST_CHARS})"
