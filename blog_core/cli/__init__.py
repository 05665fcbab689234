"""`blog ...` on the command line, and `flask blog ...` in a host app: the same commands."""

from blog_core.cli.group import make_group
from blog_core.cli.main import main

__all__ = ["main", "make_group"]
