"""`blog llm ...`, as somebody at a terminal meets it."""

import pytest

from tests.plugins.llm.conftest import TEXT
from tests.plugins.llm.model_server import Answer


@pytest.fixture
def run(llm_blog):
    def invoke(*args: str, exit_code: int = 0) -> str:
        result = llm_blog.blog.app.test_cli_runner().invoke(args=["blog", "llm", *args])
        assert result.exit_code == exit_code, result.output
        return str(result.output)

    return invoke


def test_what_was_spent_and_saved(llm_blog, run):
    run("prices", "set", "tiny", "--input", "0.15", "--output", "0.60", "--since", "2020-01-01")
    llm_blog.model.will_say(Answer(TEXT.replace("sentance", "sentence"), usage=(1000, 0, 1000)))
    llm_blog.answer()
    llm_blog.answer()
    status = run("status")
    assert f"model    tiny at {llm_blog.model.url.split('/')[2]}" in status
    assert "today        2,000 of 1,000,000 tokens, 0.000750 USD" in status
    assert "saved        1 calls and 0.000750 USD in 30 days" in status
    lines = run("ledger").splitlines()
    assert "joined   fix_language" in lines[0]
    assert "called   fix_language     tiny                 1,000+1,000 tokens, 0.000750" in lines[1]


def test_prices_are_set_listed_and_dropped(run):
    assert "No model has a price yet" in run("prices", "list")
    run("prices", "set", "m", "--input", "1", "--cached", "0.1", "--output", "2", "--since",
        "2026-01-01")  # fmt: skip
    assert run("prices", "list") == (
        "m                        since 2026-01-01: "
        "input 1.00 USD, cached 0.1000 USD, output 2.00 USD\n"
    )
    run("prices", "drop", "m", "--since", "2026-01-01")
    assert "There is no price" in run("prices", "drop", "m", "--since", "2026-01-01", exit_code=1)
    refused = run("prices", "set", "m", "--input", "cheap", "--output", "2", exit_code=2)
    assert "found 'cheap', expected an amount such as 0.15" in refused


def test_prompts_are_shown_and_edited(run, tmp_path):
    assert "titles@0               Propose six titles" in run("prompts", "list")
    file = tmp_path / "titles.txt"
    file.write_text("Propose two titles.\n")
    assert run("prompts", "edit", "titles", str(file)) == "titles@1 is in use; titles@0 is kept.\n"
    assert run("prompts", "show", "titles") == "Propose two titles.\n"
    assert run("prompts", "show", "titles", "--version", "0").startswith("Propose six titles")
    assert "There is no prompt 'songs'" in run("prompts", "show", "songs", exit_code=1)
