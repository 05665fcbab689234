"""The reference pages say what the code says."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference_pages", REFERENCE / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_hook_setting_error_and_metric_stands_on_its_page(generator: ModuleType):
    for name, page in generator.pages().items():
        kept = (REFERENCE / name).read_text(encoding="utf-8")
        assert kept == page, f"{name} is outdated: run `python docs/reference/generate.py`"
