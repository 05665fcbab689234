"""What one of many processes does that migrate at once."""

from pathlib import Path

from sqlalchemy import make_url

from blog_core.model.branches import CORE_FOLDER, Branch
from blog_core.model.database import own_engine
from blog_core.model.migrate import migrate_engine
from blog_core.model.triggers.core_rules import CORE_RULES

CORE = Branch("blog", CORE_FOLDER)


def migrate_once(database_url: str, data_dir: Path, *branches: Branch) -> int:
    """Migrate; how many steps were done."""
    engine = own_engine(make_url(database_url))
    try:
        return len(migrate_engine(engine, data_dir, [CORE, *branches], CORE_RULES))
    finally:
        engine.dispose()
