"""An engine of the blog on each kind of database, still empty."""

import pytest
from sqlalchemy import make_url

from blog_core.model.database import own_engine


@pytest.fixture
def engine(database_url):
    engine = own_engine(make_url(database_url))
    yield engine
    engine.dispose()
