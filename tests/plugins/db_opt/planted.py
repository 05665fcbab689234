"""A shop whose tables have primary keys only, and the statements of its pages.

`MISSING` are statements that lack an index, with the index; `DECOYS` are such as no index helps, or
none that is worth it.
"""

from collections.abc import Mapping
from typing import Any

from blog_core.api import Site
from plugins.db_opt import execute_query
from tests.flows.world import World

SCHEMA = """
CREATE TABLE shop_customer (id INTEGER PRIMARY KEY, email TEXT, name TEXT, country TEXT,
    points INTEGER, seen_at TEXT);
CREATE TABLE shop_order (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES shop_customer (id),
    status TEXT, total INTEGER, placed_at TEXT, region TEXT, coupon TEXT, channel TEXT,
    shipper TEXT, depot TEXT, deleted_at TEXT);
CREATE TABLE shop_product (id INTEGER PRIMARY KEY, sku TEXT, category TEXT, price INTEGER,
    rating INTEGER, name TEXT, added_at TEXT, barcode TEXT);
CREATE INDEX shop_product_barcode ON shop_product (barcode);
CREATE TABLE shop_line (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES shop_order (id),
    product_id INTEGER REFERENCES shop_product (id), price INTEGER, warehouse INTEGER,
    batch INTEGER);
CREATE TABLE shop_review (id INTEGER PRIMARY KEY, product_id INTEGER, stars INTEGER, at TEXT);
CREATE TABLE shop_picture (id INTEGER PRIMARY KEY, product_id INTEGER, file TEXT);
CREATE TABLE shop_event (id INTEGER PRIMARY KEY, actor TEXT, kind TEXT, at TEXT, session TEXT,
    weight INTEGER);
CREATE TABLE shop_ticket (id INTEGER PRIMARY KEY, is_open BOOLEAN, opened_at TEXT, subject TEXT);
CREATE TABLE shop_rate (id INTEGER PRIMARY KEY, code TEXT);
CREATE TABLE shop_log (id INTEGER PRIMARY KEY, job TEXT, told TEXT)
"""
# Numbers by the row's own (n): spread well, and the same on both databases.
ROWS: Mapping[str, tuple[int, str]] = {
    "shop_customer": (
        6_000,
        """'c' || n || '@example.org', 'Name ' || n, 'land' || (n % 40), n * 7919 % 5003,
        'at' || (100000 + n * 31 % 60000)""",
    ),
    "shop_order": (
        20_000,
        """1 + n * 7 % 6000, CASE WHEN n % 100 = 0 THEN 'disputed' ELSE 'paid' END,
        n * 7919 % 10007, 'at' || (100000 + n * 13 % 90000), 'region' || (n % 25),
        'coupon' || (n % 700), 'channel' || (n % 9), 'shipper' || (n % 12), 'depot' || (n % 31),
        CASE WHEN n % 50 = 0 THEN 'at' || (100000 + n) END""",
    ),
    "shop_product": (
        6_000,
        """'sku' || n, 'category' || (n % 50), n * 31 % 997, n * 17 % 1009, 'Thing ' || n,
        'at' || (100000 + n * 7 % 9000), 'code' || n""",
    ),
    "shop_line": (40_000, "1 + n * 3 % 20000, 1 + n * 11 % 6000, n * 31 % 4999, n % 400, n % 3000"),
    "shop_review": (20_000, "1 + n * 13 % 6000, n % 5, 'at' || (100000 + n)"),
    "shop_picture": (12_000, "1 + n * 5 % 6000, 'file' || n"),
    "shop_event": (
        30_000,
        """'actor' || (n % 300), 'kind' || (n % 7), 'at' || (100000 + n * 29 % 80000),
        'session' || (n % 9000), n * 7 % 3001""",
    ),
    "shop_ticket": (12_000, "n % 120 = 0, 'at' || (100000 + n * 41 % 70000), 'Subject ' || n"),
    "shop_rate": (100, "'rate' || n"),
    "shop_log": (3_000, "'job' || (n % 20), 'text'"),
}

Statement = tuple[str, Mapping[str, Any]]
MISSING: Mapping[str, Statement] = {
    "shop_customer (email)": (
        "SELECT name FROM shop_customer WHERE email = :email",
        {"email": "c77@example.org"},
    ),
    "shop_customer (lower(name))": (
        "SELECT id FROM shop_customer WHERE lower(name) = :name",
        {"name": "name 99"},
    ),
    "shop_customer (country, seen_at DESC, id DESC)": (
        """SELECT id, name FROM shop_customer WHERE country = :country
        ORDER BY seen_at DESC, id DESC LIMIT 10""",
        {"country": "land7"},
    ),
    "shop_customer (points DESC)": (
        "SELECT id, name FROM shop_customer ORDER BY points DESC LIMIT 5",
        {},
    ),
    "shop_order (customer_id, placed_at DESC)": (
        """SELECT id, total FROM shop_order WHERE customer_id = :customer
        ORDER BY placed_at DESC LIMIT 20""",
        {"customer": 15},
    ),
    "shop_order (deleted_at DESC) WHERE deleted_at IS NOT NULL": (
        """SELECT id, total FROM shop_order WHERE deleted_at IS NOT NULL
        ORDER BY deleted_at DESC LIMIT 20""",
        {},
    ),
    "shop_order (total)": (
        "SELECT id, placed_at FROM shop_order WHERE total > :total",
        {"total": 10_000},
    ),
    "shop_order (region, placed_at)": (
        """SELECT id, total FROM shop_order WHERE region = :region
        AND placed_at BETWEEN :since AND :until""",
        {"region": "region3", "since": "at150000", "until": "at152000"},
    ),
    "shop_order (coupon, channel)": (
        "SELECT id, total FROM shop_order WHERE channel = :channel AND coupon = :coupon",
        {"channel": "channel4", "coupon": "coupon13"},
    ),
    "shop_order (depot, shipper, placed_at)": (
        """SELECT id, total FROM shop_order WHERE shipper = :shipper AND depot = :depot
        ORDER BY placed_at, id LIMIT 10""",
        {"shipper": "shipper5", "depot": "depot9"},
    ),
    "shop_order (placed_at DESC) WHERE status = 'disputed'": (
        """SELECT id, total FROM shop_order WHERE status = 'disputed'
        ORDER BY placed_at DESC LIMIT 10""",
        {},
    ),
    "shop_line (order_id)": (
        """SELECT l.price, o.total FROM shop_order o JOIN shop_line l ON l.order_id = o.id
        WHERE o.id = :order""",
        {"order": 4711},
    ),
    "shop_line (product_id)": ("DELETE FROM shop_product WHERE id = :product", {"product": 9_999}),
    "shop_line (warehouse, price DESC)": (
        "SELECT max(price) AS most FROM shop_line WHERE warehouse = :warehouse",
        {"warehouse": 31},
    ),
    "shop_line (batch)": (
        "SELECT id, price FROM shop_line WHERE batch IN (:one, :two, :three)",
        {"one": 5, "two": 50, "three": 500},
    ),
    "shop_product (sku)": (
        "SELECT id, name FROM shop_product WHERE sku = :sku",
        {"sku": "sku123"},
    ),
    "shop_product (category, price, id)": (
        "SELECT id, name FROM shop_product WHERE category = :category ORDER BY price, id LIMIT 10",
        {"category": "category8"},
    ),
    "shop_product (rating DESC, name)": (
        "SELECT id, sku FROM shop_product ORDER BY rating DESC, name ASC LIMIT 10",
        {},
    ),
    "shop_product (added_at DESC, id DESC)": (
        """SELECT id, name FROM shop_product WHERE (added_at, id) < (:at, :id)
        ORDER BY added_at DESC, id DESC LIMIT 10""",
        {"at": "at105000", "id": 3000},
    ),
    "shop_review (product_id)": (
        """SELECT p.id, (SELECT count(*) FROM shop_review r WHERE r.product_id = p.id) AS reviews
        FROM shop_product p ORDER BY p.id LIMIT 10""",
        {},
    ),
    "shop_picture (product_id)": (
        """SELECT p.id, x.file FROM shop_product p LEFT JOIN shop_picture x ON x.product_id = p.id
        ORDER BY p.id LIMIT 10""",
        {},
    ),
    "shop_event (actor, kind, at)": (
        "SELECT id FROM shop_event WHERE actor = :actor AND kind = :kind AND at > :at",
        {"actor": "actor17", "kind": "kind3", "at": "at150000"},
    ),
    "shop_event (session)": (
        "SELECT id, kind FROM shop_event WHERE session = :session",
        {"session": "session5"},
    ),
    "shop_event (weight)": ("SELECT min(weight) AS least FROM shop_event", {}),
    "shop_ticket (opened_at) WHERE is_open": (
        "SELECT id, subject FROM shop_ticket WHERE is_open ORDER BY opened_at LIMIT 10",
        {},
    ),
}
TEXTBOOK = (
    "SELECT o.id, o.total, count(l.id) AS lines, max(l.price) AS most FROM shop_order o"
    " LEFT JOIN shop_line l ON l.order_id = o.id WHERE o.status = :status"
    " GROUP BY o.id, o.total, o.placed_at ORDER BY o.placed_at DESC LIMIT 10"
)
DECOYS: Mapping[str, Statement] = {
    "the textbook list": (TEXTBOOK, {"status": "paid"}),
    "nearly all rows": ("SELECT sum(total) AS n FROM shop_order WHERE status = :s", {"s": "paid"}),
    "a range of nearly all rows": (
        "SELECT avg(weight) AS n FROM shop_event WHERE at > :at",
        {"at": "at000000"},
    ),
    "inside a text": ("SELECT id FROM shop_product WHERE name LIKE :like", {"like": "%ing 77%"}),
    "a small table": ("SELECT id FROM shop_rate WHERE code = :code", {"code": "rate5"}),
    "there already": ("SELECT id FROM shop_product WHERE barcode = :code", {"code": "code5"}),
    "written all the time": ("SELECT count(*) AS n FROM shop_log WHERE job = :j", {"j": "job3"}),
    "skipping": (
        "SELECT id FROM shop_product ORDER BY added_at DESC, id DESC LIMIT 10 OFFSET 5000",
        {},
    ),
    "a range spelt with OR": (
        """SELECT id FROM shop_product WHERE added_at < :at OR (added_at = :at AND id < :id)
        ORDER BY added_at DESC, id DESC LIMIT 10""",
        {"at": "at105000", "id": 3000},
    ),
    "all of them": ("SELECT count(*) AS n FROM shop_event", {}),
}
TIMES = 3


def plant(world: World) -> None:
    """Make the shop, and open its pages a few times."""
    for sql in SCHEMA.split(";"):
        execute_query(sql)
    is_postgres = world.site.ports.executor.engine.dialect.name == "postgresql"
    for table, (rows, values) in ROWS.items():
        numbers = "SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < :rows"
        execute_query(
            f"INSERT INTO {table} WITH RECURSIVE numbers AS ({numbers}) SELECT n, {values}"
            " FROM numbers",
            {"rows": rows},
        )
        if is_postgres:
            execute_query(f"ANALYZE {table}")


def visit(world: World, *statements: Statement) -> None:
    """Send statements as the home page does, so that they are known as its own."""
    with world.app.test_request_context("/"):
        for sql, values in statements:
            for _ in range(TIMES):
                execute_query(sql, values)


def write_much(site: Site) -> None:
    """Far more writes of the log than anybody reads of it."""
    with site.transaction() as session:
        session.connection()
        for number in range(2_000):
            execute_query(
                "INSERT INTO shop_log VALUES (:id, 'job', 'text')", {"id": 10_000 + number}
            )
