"""Identical requests make one call: in threads, in mid-stream, in processes, with and without a
cache."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote_plus

import pytest
from sqlalchemy import update

from blog_core.api import SYSTEM
from plugins.llm.calls.running import LOST_S
from plugins.llm.model import LlmCall, LlmLedger, LlmSuggestion
from plugins.llm.own import own_llm
from plugins.llm.suggestions.ask import ask, ask_again
from plugins.llm.suggestions.states import FAILED, READY, RUNNING
from plugins.llm.suggestions.stored import find_suggestion
from plugins.llm.suggestions.waiting import look, stop
from tests.plugins.llm.conftest import KEY, TEXT
from tests.plugins.llm.model_server import Answer
from tests.plugins.llm.test_pages import Browser

FIXED = TEXT.replace("sentance", "sentence")
MANY = 64


@pytest.mark.parametrize("plugins", [("llm",), ("cache", "llm")], ids=["alone", "with a cache"])
def test_many_identical_requests_make_one_call(make_llm_blog, database_url, plugins):
    llm_blog = make_llm_blog(database_url, plugins=plugins)
    llm_blog.model.usual = Answer(FIXED, hold_after=2)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(llm_blog.ask())) for _ in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    llm_blog.model.release()
    assert {llm_blog.wait_for(one).state for one in found} == {READY}
    assert len(found) == MANY
    assert len(llm_blog.model.asked) == 1
    outcomes = sorted(row["outcome"] for row in llm_blog.rows("llm_ledger"))
    assert outcomes == ["called", *["joined"] * (MANY - 1)]


def test_one_who_joins_in_mid_stream_gets_all_of_it(llm_blog):
    llm_blog.model.usual = Answer(FIXED, pieces=6, hold_after=3)
    first = llm_blog.ask()
    call = own_llm(llm_blog.site, "A test").runner.find(1)
    assert call.text.wait(len(FIXED) // 3, 10)
    second = llm_blog.ask()
    assert FIXED.startswith(look(llm_blog.site, second, 0).text)
    assert look(llm_blog.site, second, 0).text
    llm_blog.model.release()
    assert llm_blog.wait_for(second).pieces == llm_blog.wait_for(first).pieces
    assert len(llm_blog.model.asked) == 1


def test_an_answer_that_just_came_is_not_asked_for_again_without_a_cache(llm_blog):
    llm_blog.model.will_say(FIXED)
    llm_blog.answer()
    assert llm_blog.answer().provenance["how"] == "joined"
    assert len(llm_blog.model.asked) == 1
    llm_blog.blog.clock.forward(hours=1)
    llm_blog.answer()
    assert len(llm_blog.model.asked) == 2


def test_a_cached_answer_says_so_and_is_not_charged(make_llm_blog, sqlite_url):
    llm_blog = make_llm_blog(sqlite_url, plugins=("cache", "llm"))
    llm_blog.model.will_say(FIXED)
    llm_blog.answer()
    second = llm_blog.answer()
    assert (second.state, second.provenance["how"]) == (READY, "cached")
    assert second.provenance["output_tokens"] == 20
    assert len(llm_blog.model.asked) == 1


def test_another_answer_is_a_variant_beside_the_first(make_llm_blog, sqlite_url):
    llm_blog = make_llm_blog(sqlite_url, plugins=("cache", "llm"))
    llm_blog.model.will_say(FIXED, FIXED.replace("It have", "It has"))
    first = llm_blog.answer()
    with llm_blog.site.activate():
        other_id = ask_again(llm_blog.site, first.wish, llm_blog.editor)
    other = llm_blog.wait_for(other_id)
    assert (first.variant, other.variant) == (0, 1)
    assert other.pieces != first.pieces
    assert llm_blog.answer().pieces == first.pieces
    assert llm_blog.answer(llm_blog.wish(variant=1)).pieces == other.pieces
    assert len(llm_blog.model.asked) == 2


def test_texts_of_two_posts_are_two_requests(llm_blog):
    other = llm_blog.blog.post("Another", TEXT)
    llm_blog.answer()
    wish = llm_blog.wish()
    with llm_blog.site.activate():
        ask(llm_blog.site, replace(wish, post_id=other), llm_blog.editor)
    assert llm_blog.model.asked[0].prompt == llm_blog.model.asked[-1].prompt
    llm_blog.close()
    assert len(llm_blog.model.asked) == 2


def test_stopping_does_not_end_what_somebody_else_waits_for(llm_blog):
    llm_blog.model.usual = Answer(FIXED, hold_after=2)
    admin = llm_blog.blog.account("admin")
    mine, theirs = llm_blog.ask(), llm_blog.ask(actor=admin)
    stop(llm_blog.site, mine, llm_blog.editor, llm_blog.post_id)
    llm_blog.model.release()
    assert llm_blog.wait_for(theirs, admin).state == READY
    assert llm_blog.wait_for(mine).state == "stopped"


def test_a_call_whose_process_died_is_ended_and_asked_anew(llm_blog):
    """The row as a killed process leaves it: running, with what had come, seen a while ago."""
    llm_blog.model.usual = Answer(FIXED)
    lost = llm_blog.ask()
    llm_blog.close()
    ago = llm_blog.blog.clock() - timedelta(seconds=LOST_S + 1)
    with llm_blog.site.transaction(SYSTEM) as session:
        key = llm_blog.rows("llm_call")[0]["key"]
        session.execute(
            update(LlmCall).values(
                state="running", running_key=key, seen_at=ago, ended_at=None, text="This is"
            )
        )
        session.execute(update(LlmSuggestion).values(state=RUNNING, pieces=[]))
        session.execute(update(LlmLedger).values(outcome="reserved", reserved_tokens=100))
    again = llm_blog.ask()
    assert llm_blog.wait_for(again).state == READY
    dead = find_suggestion(llm_blog.site, lost, llm_blog.editor, llm_blog.post_id)
    assert dead.state == FAILED
    assert "The server that asked the model was stopped" in dead.message
    first = llm_blog.rows("llm_ledger")[0]
    assert (first["outcome"], first["input_tokens"]) == ("failed", 100), "all that was put aside"


def test_processes_make_one_call_and_each_reader_gets_every_byte(
    make_llm_blog, postgres_url, serve_process, tmp_path, full_counts
):
    llm_blog = make_llm_blog(postgres_url)
    llm_blog.model.usual = Answer(FIXED, pieces=8, hold_after=4)
    desk = Browser(llm_blog)
    config = {
        "environment": "test",
        "secret_key": "trial" * 8,
        "plugins": ["llm"],
        "database_url": postgres_url,
        "data_dir": str(tmp_path / "served"),
        "llm": {"base_url": llm_blog.model.url, "api_key": KEY, "model": "tiny"},
    }
    workers = "4" if full_counts else "2"
    options = ("--factory", "--workers", workers, "--blocking-threads", "4", "--no-ws")
    env = {"BENCH_CONFIG": json.dumps(config)}
    server = serve_process("bench.sites:blog", *options, env=env)
    form = f"action=fix_language&title=A+post&body={quote_plus(TEXT)}"
    asked = [send(server.port, f"{desk.at}/ask", desk, form) for _ in range(8)]
    streams = [asked_one["urls"]["stream"] for asked_one in asked]
    texts: list[str] = []
    readers = [
        threading.Thread(target=lambda path=path: texts.append(read(server.port, path, desk)))
        for path in streams[:6]
    ]
    for reader in readers:
        reader.start()
    llm_blog.model.release()
    for reader in readers:
        reader.join(60)
    assert texts == [FIXED] * 6
    assert len(llm_blog.model.asked) == 1


def send(port: int, path: str, desk: Browser, form: str) -> Any:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {
        "Cookie": desk.cookie,
        "X-Form-Token": desk.token,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request("POST", path, form, headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    assert answer.status == 202, body
    return json.loads(body)


def read(port: int, path: str, desk: Browser) -> str:
    """All the text of a stream; one that finds no place comes back until it does."""
    text = ""
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", f"{path}?seen={len(text)}", headers={"Cookie": desk.cookie})
        answer = connection.getresponse()
        name = ""
        for line in answer:
            if line.startswith(b"event: "):
                name = line[7:].decode().strip()
            elif line.startswith(b"data: ") and name == "text":
                text += json.loads(line[6:])
            elif line.startswith(b"data: ") and name == "end":
                connection.close()
                return text
        connection.close()
