"""The assistant's page in the admin: what was spent, and the prompts."""

from tests.plugins.llm.conftest import TEXT
from tests.plugins.llm.test_pages import Browser


def test_the_page_tells_what_was_spent_and_saved(llm_blog):
    desk = Browser(llm_blog, "admin")
    assert "Nothing was asked for yet." in desk.client.get("/admin/llm").get_data(as_text=True)
    llm_blog.model.will_say(TEXT.replace("sentance", "sentence"))
    llm_blog.answer()
    llm_blog.answer()
    page = desk.client.get("/admin/llm").get_data(as_text=True)
    assert "120 of 1,000,000 tokens" in page
    assert "1 calls for 0.00 USD; 1 calls and 0.00 USD were saved" in page
    assert "rules@0 fix_language@0" in page


def test_a_prompt_is_edited_as_a_new_version_and_what_is_wrong_comes_back(llm_blog):
    desk = Browser(llm_blog, "admin")
    saved = desk.post("/admin/llm/prompts/titles", text="Propose two titles.", version="0")
    assert saved.status_code == 303
    page = desk.client.get(saved.headers["Location"]).get_data(as_text=True)
    assert "titles@1 is in use from now on." in page
    assert "titles, version 1" in page
    wrong = desk.post("/admin/llm/prompts/titles", text="In [data:mood]", version="1")
    assert wrong.status_code == 422
    assert "found [data:mood], expected one of: none" in wrong.get_data(as_text=True)
    assert "In [data:mood]</textarea>" in wrong.get_data(as_text=True), "what was typed is there"
    stale = desk.post("/admin/llm/prompts/titles", text="Propose three titles.", version="0")
    assert stale.status_code == 412
    assert desk.post("/admin/llm/prompts/songs", text="Sing.", version="0").status_code == 404


def test_the_page_is_for_those_who_run_the_site(llm_blog):
    assert Browser(llm_blog).client.get("/admin/llm").status_code == 403


def test_without_a_model_the_page_says_what_to_set(make_llm_blog, sqlite_url):
    desk = Browser(make_llm_blog(sqlite_url, base_url="", api_key="", model=""), "admin")
    assert "set model and api_key" in desk.client.get("/admin/llm").get_data(as_text=True)
