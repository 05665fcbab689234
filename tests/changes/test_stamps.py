"""Stamps: what moved, in this process and in others."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog_core.changes.stamps import GROUPS, LATEST, SLOTS, Stamps, slot_of


@pytest.fixture
def stamps(tmp_path):
    return Stamps(tmp_path / "run" / "stamps")


def test_nothing_moves_by_itself(stamps):
    stamp = stamps.read(["post:1", "posts"])
    assert not stamps.moved(stamp)


def test_a_moved_tag_is_seen_by_whoever_depends_on_it(stamps):
    stamp = stamps.read(["post:1", "posts"])
    stamps.move(["posts"])
    assert stamps.moved(stamp)


def test_another_tag_is_not(stamps):
    stamp = stamps.read(["post:1"])
    stamps.move(["post:2"])
    assert not stamps.moved(stamp)
    assert not stamps.moved(stamp)


def test_the_epoch_moves_everything(stamps):
    stamp, bare = stamps.read(["post:1"]), stamps.read([])
    stamps.move_epoch()
    assert stamps.moved(stamp)
    assert stamps.moved(bare)


def test_a_move_before_the_tags_were_known_refuses_the_value(stamps):
    moment = stamps.now()
    stamps.move(["post:1"])
    assert stamps.read_since(moment, ["post:1", "posts"]) is None


def test_a_move_after_the_value_was_stored_invalidates_it(stamps):
    moment = stamps.now()
    stamp = stamps.read_since(moment, ["post:1"])
    assert stamp is not None
    stamps.move(["post:1"])
    assert stamps.moved(stamp)


def test_the_epoch_refuses_values_begun_before_it(stamps):
    moment = stamps.now()
    stamps.move_epoch()
    assert stamps.read_since(moment, []) is None


def test_a_far_tag_refuses_nothing(stamps):
    moment = stamps.now()
    far = next(n for n in range(99) if (slot_of(f"far:{n}") - slot_of("post:1")) % GROUPS)
    stamps.move([f"far:{far}"])
    assert stamps.read_since(moment, ["post:1"]) is not None


def test_slots_are_the_same_everywhere_and_leave_the_reserved_words_alone():
    assert slot_of("post:1") == 64_750
    assert all(2 <= slot_of(f"post:{number}") < SLOTS for number in range(5_000))


def test_other_processes_see_a_move(stamps):
    stamp = stamps.read(["post:1"])
    code = (
        "import sys; from pathlib import Path; from blog_core.changes.stamps import Stamps\n"
        "Stamps(Path(sys.argv[1])).move(['post:1'])"
    )
    subprocess.run([sys.executable, "-c", code, str(stamps.path)], check=True)
    assert stamps.moved(stamp)


def test_the_file_is_private(stamps):
    assert stamps.path.stat().st_mode & 0o777 == 0o600
    assert stamps.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_cannot_be_mapped_leaves_stamps_of_this_process_and_says_so(tmp_path):
    (tmp_path / "run").write_text("somebody's file")
    stamps = Stamps(tmp_path / "run" / "stamps")
    assert not stamps.is_shared
    assert "cannot be shared between processes" in stamps.fault
    stamp = stamps.read(["post:1"])
    stamps.move(["post:1"])
    assert stamps.moved(stamp)


def test_a_deleted_file_is_mapped_again_and_everything_is_invalid(stamps):
    stamp = stamps.read(["post:1"])
    assert not stamps.reopen_if_replaced()
    stamps.path.unlink()
    kept = stamps.words
    latest = kept[LATEST]
    assert stamps.reopen_if_replaced()
    assert kept[LATEST] != latest  # whoever kept the old words notices, too
    assert stamps.moved(stamp)
    other = Stamps(stamps.path)
    fresh = stamps.read(["post:1"])
    other.move(["post:1"])
    assert stamps.moved(fresh)


def test_whoever_looks_after_the_stamps_is_asked_before_they_are_used(stamps):
    stamp = stamps.read(["post:1"])

    def look() -> float:
        stamps.move(["post:1"])
        return float("inf")

    stamps.watch(look)
    assert stamps.moved(stamp)


MOVES = st.lists(st.sampled_from(["take", "move_one", "move_other", "epoch", "check"]), max_size=40)


@given(moves=MOVES)
def test_a_stamp_has_moved_exactly_when_its_tag_or_the_epoch_has(moves):
    stamps = Stamps(None)
    stamp, expected = stamps.read(["one"]), False
    for move in moves:
        if move == "take":
            stamp, expected = stamps.read(["one"]), False
        elif move == "move_one":
            stamps.move(["one"])
            expected = True
        elif move == "move_other":
            stamps.move(["other"])
        elif move == "epoch":
            stamps.move_epoch()
            expected = True
        else:
            assert stamps.moved(stamp) is expected
    assert stamps.moved(stamp) is expected
