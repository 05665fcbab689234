"""A signed text is read back for its purpose only, and nobody else can make one."""

from tests.flows.world import World


def test_a_signed_text_is_read_back_for_its_purpose_only(world: World):
    token = world.site.access.sign("review", "abc.def")
    assert world.site.access.signed_text("review", token) == "abc.def"
    assert world.site.access.signed_text("invitation", token) is None


def test_a_text_with_another_signature_is_none_of_ours(world: World):
    access = world.site.access
    forged = access.sign("review", "abc").replace("abc", "abd", 1)
    for token in (forged, "abc", "abc.", "", ".", "é.\udcff"):
        assert access.signed_text("review", token) is None, token
