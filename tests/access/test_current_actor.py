"""Who acts: inside requests, outside of them, and in somebody's name."""

from blog_core.changes import collecting
from blog_core.ports import Actor
from blog_core.site import STRANGER, SYSTEM

ANN = Actor(7, "Ann", "author")


def test_outside_of_requests_the_site_itself_acts(world):
    with world.site.activate():
        assert world.site.access.current_actor() == SYSTEM


def test_a_request_without_a_sign_in_is_a_strangers(world):
    with world.app.test_request_context("/"):
        assert world.site.access.current_actor() == STRANGER


def test_a_block_can_act_in_somebodys_name(world):
    access = world.site.access
    with world.app.test_request_context("/"):
        with access.acting(ANN):
            assert access.current_actor() == ANN
        assert access.current_actor() == STRANGER


def test_two_requests_in_one_app_context_are_two_people(world):
    world.account("author")
    with world.app.app_context():
        browser = world.signed_in("author")
        assert browser.get("/admin/account").status_code == 200
        assert world.client().get("/admin/account").status_code == 303
        assert browser.get("/admin/account").status_code == 200


def test_a_page_that_asked_who_reads_it_is_not_kept(world):
    with world.app.test_request_context("/"), collecting() as collected:
        world.site.access.current_actor()
    assert not collected.is_cacheable
