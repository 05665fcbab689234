"""`blog_core.api`: complete, and cheap to import."""

import subprocess
import sys
from types import ModuleType

import pytest

from blog_core import api

HEAVY = ("openai", "prometheus_client", "blog_core.admin", "blog_core.reader", "sqlalchemy.orm")


@pytest.mark.parametrize("name", api.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(api, name) is not None


def test_nothing_public_is_missing_from_the_list() -> None:
    there = {
        name
        for name, value in vars(api).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    later = {name for names in vars(api)["_LATER"].values() for name in names}
    assert (there | later) - {"Any", "TYPE_CHECKING", "import_module"} == set(api.__all__)


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(AttributeError, match=r"blog_core\.api has no 'nothing'"):
        getattr(api, "nothing")  # noqa: B009


def test_importing_it_loads_nothing_heavy() -> None:
    program = f"import sys, blog_core.api; print([m for m in {HEAVY} if m in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"
