"""Random interruptions while somebody writes: whatever is lost, no character of the text is.

Each round is made of its seed, which stands in the message when one fails. `--full` takes 20 rounds
of ten interruptions each, a bounded run one round with each kind of interruption.
"""

from collections.abc import Callable, Sequence
from random import Random

from playwright.sync_api import expect

from tests.editor.desk import Desk, fill_in_sign_in, said, text_in, type_on

LETTERS = "abcdefghij klmnopqrstuvwxyz äöß 漢字 *_`#"


class Writer:
    """Somebody who writes in one tab, and knows every character that they typed."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.random = desk, Random(seed)
        self.page = desk.sign_in()
        desk.edit(self.page, 1)
        self.written = text_in(self.page)

    def write(self) -> None:
        """Type something, and sometimes wait until the server has it."""
        count = self.random.randint(3, 25)
        text = "".join(self.random.choices(LETTERS, k=count)).replace("  ", " x")
        type_on(self.page, text)
        self.written += text
        if self.random.random() < 0.3:
            self.page.wait_for_timeout(self.random.randint(0, 1_200))

    def interrupted_by(self, kind: Callable[["Writer"], None]) -> None:
        """Write before, during and after an interruption; all of it must be there."""
        self.write()
        kind(self)
        self.write()
        assert text_in(self.page) == self.written

    def reopen(self) -> None:
        """Open the post again, as somebody who looks for their text."""
        context = self.page.context
        self.page = context.new_page()
        self.page.goto("/admin/posts/1/edit")
        if "/sign-in" in self.page.url:
            fill_in_sign_in(self.page, "author")
        expect(self.page.locator("#editor[data-live=yes]")).to_be_attached()
        if text_in(self.page) != self.written:
            self.page.get_by_role("button", name="Put it into the form").first.click()
        assert text_in(self.page) == self.written

    def save(self) -> None:
        """Save, and find it all in the post."""
        with self.page.expect_navigation(url="**/edit?said=saved"):
            self.page.keyboard.press("Control+s")
        assert self.desk.row(1)["head_body"] == self.written == text_in(self.page)


def no_connection(writer: Writer) -> None:
    writer.page.context.set_offline(True)
    writer.write()
    writer.page.context.set_offline(False)


def no_sign_in(writer: Writer) -> None:
    writer.desk.world.clock.forward(days=15)
    writer.write()
    said(writer.page, "You are signed out")
    with writer.page.context.expect_page() as opened:
        writer.page.get_by_role("link", name="Sign in in another window").click()
    fill_in_sign_in(opened.value, "author")
    opened.value.wait_for_url("**/admin/")
    opened.value.close()
    writer.page.bring_to_front()


def no_server(writer: Writer) -> None:
    writer.desk.kill()
    writer.write()
    writer.desk.start()


def closed_tab(writer: Writer) -> None:
    writer.page.close()
    writer.reopen()


def closed_tab_while_the_server_is_away(writer: Writer) -> None:
    writer.desk.kill()
    writer.write()
    writer.page.close()
    writer.desk.start()
    writer.reopen()


def closed_tab_while_signed_out(writer: Writer) -> None:
    writer.desk.world.clock.forward(days=15)
    writer.write()
    writer.page.close()
    writer.reopen()


def another_page_and_back(writer: Writer) -> None:
    writer.page.goto("/admin/posts/new")
    writer.reopen()


KINDS = (
    no_connection,
    no_sign_in,
    no_server,
    closed_tab,
    closed_tab_while_the_server_is_away,
    closed_tab_while_signed_out,
    another_page_and_back,
)


def one_round(desk: Desk, seed: int, kinds: Sequence[Callable[[Writer], None]]) -> None:
    """Write through these interruptions, then save."""
    writer = Writer(desk, seed)
    for kind in kinds:
        print(f"seed {seed}: {kind.__name__}")  # noqa: T201  shown when the test fails
        writer.interrupted_by(kind)
        if writer.random.random() < 0.3:
            writer.save()
    writer.save()
    writer.page.context.close()


def test_no_character_is_lost_by_random_interruptions(desk: Desk, full_counts: bool):
    rounds = 20 if full_counts else 1
    for seed in range(rounds):
        random = Random(seed)
        kinds = random.choices(KINDS, k=10) if full_counts else random.sample(KINDS, k=len(KINDS))
        desk.world.clock.forward(hours=1)
        one_round(desk, seed, kinds)
