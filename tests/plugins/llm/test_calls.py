"""Calls to a real server: what is sent, what fails and how, and what is charged."""

import logging
import subprocess
import sys

import pytest
from pydantic import SecretStr

from blog_core.api import STRANGER, NotSignedIn, TooManyRequests, ValidationError
from plugins.llm.calls.errors import NoModel
from plugins.llm.calls.request import ModelRequest
from plugins.llm.calls.server import TOO_LATE, Timeouts
from plugins.llm.calls.server import ModelServer as ServerOfModels
from plugins.llm.prompts.parts import Message
from plugins.llm.suggestions.deciding import decide
from plugins.llm.suggestions.states import FAILED, READY, STOPPED
from plugins.llm.suggestions.waiting import stop
from tests.plugins.llm.conftest import KEY, TEXT
from tests.plugins.llm.model_server import Answer, error

FIXED = TEXT.replace("sentance", "sentence").replace("It have", "It has")


def test_an_answer_becomes_pieces_and_its_cost_is_booked(llm_blog):
    llm_blog.model.will_say(FIXED)
    suggestion = llm_blog.answer()
    assert suggestion.state == READY
    assert [one.piece.after for one in suggestion.pieces] == [
        "This is a sentence. It has two errors."
    ]
    assert suggestion.provenance["output_tokens"] == 20
    row = llm_blog.rows("llm_ledger")[0]
    assert (row["outcome"], row["input_tokens"], row["output_tokens"]) == ("called", 100, 20)
    assert row["exact"]


def test_the_request_streams_has_no_tools_and_asks_for_usage(llm_blog):
    llm_blog.answer()
    asked = llm_blog.model.asked[0]
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert asked.body["stream"]
    assert asked.body["stream_options"] == {"include_usage": True}
    assert not {"tools", "functions", "tool_choice"} & set(asked.body)


REFUSALS = [
    (400, "The prompt is too long", "Check [llm] model"),
    (401, f"Incorrect API key provided: {KEY}", "Check [llm] api_key"),
    (404, "No such model", "Check [llm] base_url and model"),
]


@pytest.mark.parametrize("status, said, advice", REFUSALS)
def test_a_refusal_says_what_to_do_charges_nothing_and_shows_no_key(
    llm_blog, status, said, advice, caplog
):
    caplog.set_level(logging.DEBUG)
    llm_blog.model.will_say(error(status, said))
    suggestion = llm_blog.answer()
    assert suggestion.state == FAILED
    assert f"({status})" in suggestion.message
    assert advice in suggestion.message
    assert "The text was not changed" in suggestion.message
    assert KEY not in suggestion.message + caplog.text
    row = llm_blog.rows("llm_ledger")[0]
    assert (row["outcome"], row["cost_micros"], row["input_tokens"]) == ("failed", 0, 0)
    assert all(row["reserved_tokens"] == 0 for row in llm_blog.rows("llm_till"))


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_what_may_pass_is_tried_again_before_the_first_piece(make_llm_blog, sqlite_url, status):
    llm_blog = make_llm_blog(sqlite_url, retries=1)
    llm_blog.model.will_say(error(status, "Busy", Retry_After="1"), FIXED)
    assert llm_blog.answer().state == READY
    assert len(llm_blog.model.asked) == 2


def test_without_attempts_left_the_editor_hears_of_it(llm_blog):
    llm_blog.model.will_say(error(500, "Broken inside"))
    suggestion = llm_blog.answer()
    assert suggestion.state == FAILED
    assert "did not answer: 500, Broken inside" in suggestion.message


def test_a_redirect_is_not_followed(llm_blog):
    llm_blog.model.will_say(Answer(status=307, headers={"Location": llm_blog.model.url}))
    suggestion = llm_blog.answer()
    assert suggestion.state == FAILED
    assert "Redirects are not followed" in suggestion.message
    assert len(llm_blog.model.asked) == 1


def test_a_refused_endpoint_is_named_without_a_charge(make_llm_blog, sqlite_url):
    llm_blog = make_llm_blog(sqlite_url, base_url="http://127.0.0.1:9/v1")
    suggestion = llm_blog.answer()
    assert suggestion.state == FAILED
    assert "The model's server 127.0.0.1:9 did not answer" in suggestion.message
    assert llm_blog.rows("llm_ledger")[0]["cost_micros"] == 0


ENDS = [
    (Answer(FIXED, cut_after=2), "the connection ended before the answer did"),
    (Answer(FIXED, finish="length"), "cut off at the longest answer"),
    (Answer(FIXED, finish="content_filter"), "filter held it back"),
    (Answer(FIXED, malformed_after=2), "no piece of an answer"),
    (Answer(""), "it is empty"),
]


@pytest.mark.parametrize("answer, reason", ENDS, ids=[reason for _, reason in ENDS])
def test_a_bad_end_is_told_and_never_kept(make_llm_blog, sqlite_url, answer, reason):
    llm_blog = make_llm_blog(sqlite_url, plugins=("cache", "llm"))
    llm_blog.model.will_say(answer, FIXED)
    failed = llm_blog.answer()
    assert failed.state == FAILED
    assert reason in failed.message
    assert llm_blog.answer().state == READY, "it was asked again"
    assert len(llm_blog.model.asked) == 2


def test_silence_ends_in_time(make_llm_blog, sqlite_url):
    llm_blog = make_llm_blog(sqlite_url, silence_timeout_s=0.2)
    llm_blog.model.will_say(Answer(FIXED, hold_after=0), Answer(FIXED, hold_after=2))
    assert "did not answer" in llm_blog.answer().message
    assert "the connection ended before the answer did" in llm_blog.answer().message
    llm_blog.model.release()


def test_an_answer_that_never_ends_is_left_at_the_deadline(model):
    """The clock of this server jumps at its third look."""
    looks = iter([0.0, 0.0])
    model.usual = Answer(FIXED, pieces=8)
    asked = ServerOfModels(
        model.url, SecretStr(KEY), "tiny", Timeouts(3, 20), now_s=lambda: next(looks, 1_000.0)
    )
    request = ModelRequest("tiny", (Message("user", "Go on."),), 0.0, 100)
    *pieces, end = asked.stream(request, 120.0)
    asked.close()
    assert FIXED.startswith("".join(pieces))
    assert len(pieces) == 2
    assert end.reason == TOO_LATE


def test_a_stranger_cannot_ask_without_a_post(llm_blog):
    with llm_blog.site.activate(), pytest.raises(NotSignedIn):
        llm_blog.site.ports.text.run("tighten", "Some text.", actor=STRANGER)
    assert not llm_blog.model.asked


@pytest.mark.parametrize("store_texts", [False, True])
def test_texts_are_let_go_when_all_is_decided_unless_a_setting_keeps_them(
    make_llm_blog, sqlite_url, store_texts
):
    llm_blog = make_llm_blog(sqlite_url, store_texts=store_texts)
    llm_blog.model.usual = Answer(FIXED)
    suggestion = llm_blog.answer()
    with llm_blog.site.activate():
        decide(
            llm_blog.site,
            suggestion.id,
            {0: "accepted"},
            llm_blog.editor,
            post_id=llm_blog.post_id,
            text=TEXT,
            version=1,
        )
    llm_blog.blog.clock.forward(minutes=11)
    llm_blog.answer(llm_blog.wish(body="Another text."))
    kept = [row for row in llm_blog.rows("llm_suggestion") if row["id"] == suggestion.id]
    assert kept[0]["pieces"][0]["state"] == "accepted"
    assert kept[0]["provenance"]["prompt"] == "rules@0 fix_language@0"
    assert ("sentance" in str(kept)) == store_texts
    assert any(row["prompt"] for row in llm_blog.rows("llm_call")) == store_texts


def test_the_breaker_spares_a_server_that_is_down(make_llm_blog, sqlite_url):
    llm_blog = make_llm_blog(sqlite_url)
    llm_blog.model.usual = error(500, "Down")
    messages = [llm_blog.answer(llm_blog.wish(variant=n)).message for n in range(7)]
    assert len(llm_blog.model.asked) == 5
    assert "it failed several times in a row" in messages[-1]


def test_a_second_server_answers_when_the_first_does_not(make_llm_blog, sqlite_url, model):
    llm_blog = make_llm_blog(
        sqlite_url,
        base_url="http://127.0.0.1:9/v1",
        second_base_url=model.url,
        second_api_key="other",
        second_model="small",
    )
    model.will_say(FIXED)
    assert llm_blog.answer().state == READY
    assert model.asked[0].body["model"] == "small"
    assert model.asked[0].headers["Authorization"] == "Bearer other"


def test_stopping_ends_the_call_and_charges_what_came(llm_blog):
    llm_blog.model.usual = Answer(FIXED, pieces=8, hold_after=3)
    suggestion_id = llm_blog.ask()
    follower = iter(llm_blog_follow(llm_blog, suggestion_id))
    assert next(follower).text
    stop(llm_blog.site, suggestion_id, llm_blog.editor, llm_blog.post_id)
    llm_blog.model.release()
    suggestion = llm_blog.wait_for(suggestion_id)
    assert suggestion.state == STOPPED
    for _ in follower:
        pass
    row = llm_blog.rows("llm_ledger")[0]
    assert (row["outcome"], row["exact"]) == ("stopped", False)
    assert row["output_tokens"] > 0


def llm_blog_follow(llm_blog, suggestion_id):
    from plugins.llm.suggestions.waiting import follow

    return follow(llm_blog.site, suggestion_id, 0, within_s=30)


def test_too_many_calls_at_once_are_refused(make_llm_blog, sqlite_url):
    llm_blog = make_llm_blog(sqlite_url, running_calls=1)
    llm_blog.model.usual = Answer(FIXED, hold_after=1)
    first = llm_blog.ask()
    with pytest.raises(TooManyRequests, match="1 model calls run already"):
        llm_blog.ask(llm_blog.wish(variant=1))
    llm_blog.model.release()
    assert llm_blog.wait_for(first).state == READY


def test_without_a_model_it_is_said_what_to_set(make_llm_blog, sqlite_url):
    llm_blog = make_llm_blog(sqlite_url, base_url="", api_key="", model="")
    with pytest.raises(NoModel, match=r"set model and api_key .* in the section \[llm\]"):
        llm_blog.ask()
    actions = llm_blog.site.ports.text.actions()
    assert [one.name for one in actions if not one.unavailable] == [
        "clean",
        "first_sentences",
        "keywords",
        "readability",
    ]
    cleaned = llm_blog.site.ports.text.clean_response("Certainly! Here is the text:\n\nA b c d.")
    assert cleaned == "A b c d."


BAD_TEXTS = [
    ("", "body: found nothing"),
    ("x" * 100_001, "found 100,007 characters, expected at most 100,000"),
]


@pytest.mark.parametrize("body, message", BAD_TEXTS, ids=["empty", "too long"])
def test_bad_texts_are_refused_before_anything_is_sent(llm_blog, body, message):
    with pytest.raises(ValidationError, match=message):
        llm_blog.ask(llm_blog.wish(body=body))
    assert not llm_blog.model.asked
    assert not llm_blog.rows("llm_ledger")


def test_the_client_library_is_imported_by_the_first_call_alone(tmp_path):
    program = (
        "import sys; from blog_core import create_app; "
        "app = create_app({'environment': 'test', 'plugins': ['llm'], "
        f"'database_url': 'sqlite:///{tmp_path}/blog.db', 'data_dir': '{tmp_path}', "
        "'llm': {'model': 'tiny', 'api_key': 'key'}}); "
        "sys.exit('openai' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
