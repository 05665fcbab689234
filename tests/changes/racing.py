"""What the processes of the race do: one saves, the others serve from a cache of their own."""

from sqlalchemy import select, text

from blog_core import create_app
from blog_core.model import Post
from blog_core.ports import Query
from blog_core.site import SYSTEM, Site

WORDS = Query("words", select(Post.words).where(Post.id == 1))


def opened(config: dict[str, object]) -> Site:
    site: Site = create_app(config).extensions["blog"]["blog"]
    return site


def save(config, saves, acknowledged, over):
    """Save `words` 1, 2, 3 ... by turns on every road, and say so after each."""
    site = opened(config)
    try:
        for number in range(1, saves + 1):
            ROADS[number % len(ROADS)](site, number)
            acknowledged.value = number
    finally:
        over.value = 1


def _orm(site, number):
    with site.transaction(SYSTEM) as session:
        session.get_one(Post, 1).words = number


def _core(site, number):
    with site.ports.executor.transaction() as connection:
        connection.execute(UPDATE, {"number": number})


def _autocommit(site, number):
    engine = site.ports.executor.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(UPDATE, {"number": number})


UPDATE = text("UPDATE post SET words = :number WHERE id = 1")
ROADS = (_orm, _core, _autocommit)


def serve(config, acknowledged, over, told):
    """Serve `words` until the saver is done; tell how often it was served, built, and stale."""
    site = opened(config)
    stamps, entry = site.changes.stamps, None
    served = built = stale = 0
    while not over.value or not served:
        promised = acknowledged.value
        if entry is None or stamps.moved(entry[0]):
            moment = stamps.now()
            words = site.read(WORDS)[0]["words"]
            stamp = stamps.read_since(moment, ["post:1"])
            entry = None if stamp is None else (stamp, words)
            built += 1
        else:
            words = entry[1]
        served += 1
        stale += words < promised
    told.put((served, built, stale))
