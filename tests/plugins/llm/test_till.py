"""The till: estimates, prices with dates, caps that hold under any concurrency, the ledger."""

import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.llm.suggestions.wish import prepare
from plugins.llm.till.budget import BudgetReached
from plugins.llm.till.ledger import sums_since
from plugins.llm.till.money import MICROS, Price, shown, to_micros
from plugins.llm.till.prices import all_prices, drop_price, price_of, set_price
from tests.plugins.llm.conftest import TEXT
from tests.plugins.llm.model_server import Answer, error

PRICE = Price(input_micros=150_000, cached_micros=75_000, output_micros=600_000)
FIXED = TEXT.replace("sentance", "sentence")
TODAY = date(2026, 1, 1)


def priced(llm_blog, price: Price = PRICE) -> None:
    with llm_blog.site.activate():
        set_price(llm_blog.site, "tiny", date(2020, 1, 1), price)


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_cost_is_that_of_exact_arithmetic_rounded_up(fresh, cached, output):
    micros = PRICE.micros(fresh + cached, output, cached)
    exact = (
        Decimal(fresh) * 150_000 + Decimal(cached) * 75_000 + Decimal(output) * 600_000
    ) / MICROS
    assert 0 <= micros - exact < 1


@pytest.mark.parametrize("text", ["", "x", "-1", "NaN", "1e30"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="expected an amount"):
        to_micros(text)


def test_amounts_show_as_many_digits_as_they_need():
    assert shown(0, "USD") == "0.00 USD"
    assert shown(1_234_567_890, "EUR") == "1,234.57 EUR"
    assert shown(12_345, "USD") == "0.0123 USD"
    assert shown(45, "USD") == "0.000045 USD"


def test_a_price_holds_from_its_day_on(llm_blog):
    site = llm_blog.site
    with site.activate():
        set_price(site, "tiny", date(2026, 1, 1), PRICE)
        set_price(site, "tiny", date(2026, 7, 1), Price(1, 1, 1))
        assert price_of(site, "tiny", date(2025, 12, 31)) is None
        assert price_of(site, "tiny", date(2026, 6, 30)) == PRICE
        assert price_of(site, "tiny", date(2026, 7, 1)) == Price(1, 1, 1)
        assert price_of(site, "other", date(2026, 7, 1)) is None
        drop_price(site, "tiny", date(2026, 7, 1))
        assert [row["since"] for row in all_prices(site)] == [date(2026, 1, 1)]


def test_the_estimate_is_never_below_what_is_charged_and_becomes_the_exact_cost(llm_blog):
    priced(llm_blog)
    with llm_blog.site.activate():
        guess = prepare(llm_blog.site, llm_blog.wish(), llm_blog.editor).estimate
    llm_blog.model.will_say(Answer(FIXED, usage=(120, 40, 30)))
    suggestion = llm_blog.answer()
    cost = PRICE.micros(120, 30, 40)
    assert guess.micros is not None
    assert guess.micros >= cost
    assert suggestion.provenance["cost_micros"] == cost
    assert {row["used_micros"] for row in llm_blog.rows("llm_till")} == {cost}
    assert {row["reserved_tokens"] for row in llm_blog.rows("llm_till")} == {0}


def test_a_cap_refuses_before_anything_is_asked(make_llm_blog, sqlite_url):
    llm_blog = make_llm_blog(sqlite_url, user_day_tokens=100)
    with pytest.raises(BudgetReached, match="for you today does not suffice: of 100 tokens, 0 are"):
        llm_blog.ask()
    assert not llm_blog.model.asked
    assert not llm_blog.rows("llm_ledger")
    assert not llm_blog.rows("llm_till"), "what other periods had put aside is taken back"


def test_a_cap_in_money_names_the_amounts(make_llm_blog, sqlite_url):
    llm_blog = make_llm_blog(sqlite_url, month_cost=0.0001)
    priced(llm_blog)
    with pytest.raises(BudgetReached, match=r"for this month .* of 0\.000100 USD, 0\.00 USD are"):
        llm_blog.ask()


def test_the_next_day_has_its_own_budget(make_llm_blog, sqlite_url):
    llm_blog = make_llm_blog(sqlite_url, day_tokens=1_000)
    llm_blog.model.usual = Answer(FIXED, usage=(500, 0, 400))
    llm_blog.answer()
    with pytest.raises(BudgetReached, match="for today"):
        llm_blog.ask(llm_blog.wish(variant=1))
    llm_blog.blog.clock.forward(days=1)
    llm_blog.answer(llm_blog.wish(variant=1))
    assert len(llm_blog.model.asked) == 2


def test_caps_hold_against_threads_in_processes(database_url, blog_app, tmp_path, full_counts):
    """64 threads in 4 processes; the bounded run has as many threads and fewer turns."""
    blog_app(database_url=database_url, plugins=["llm"])
    cap, turns = (2_000_000, 60) if full_counts else (60_000, 6)
    processes = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.plugins.llm.spender",
                database_url,
                str(tmp_path / f"spender{number}"),
                "16",
                str(turns),
                str(cap),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    spent = sum(int(process.communicate(timeout=300)[0]) for process in processes)
    assert spent <= cap
    assert spent > cap - 700 * 64, "and nearly all of it could be used"


def test_saved_calls_and_money_stand_in_the_ledger(make_llm_blog, sqlite_url):
    llm_blog = make_llm_blog(sqlite_url, plugins=("cache", "llm"))
    priced(llm_blog)
    llm_blog.model.will_say(Answer(FIXED, usage=(1_000, 0, 1_000)), error(500, "Down"))
    llm_blog.answer()
    llm_blog.answer()
    llm_blog.answer(llm_blog.wish(variant=1))
    sums = {
        row["outcome"]: (row["requests"], row["cost_micros"], row["saved_micros"])
        for row in sums_since(llm_blog.site, llm_blog.blog.clock() - timedelta(days=1))
    }
    assert sums == {"called": (1, 750, 0), "cached": (1, 0, 750), "failed": (1, 0, 0)}
