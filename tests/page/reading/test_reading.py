"""Drawing on the page: readings and recorded results."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from digitreader.results.cassandra.store import CassandraStore
from digitreader.results.sqlite import SqliteStore
from digitreader.results.store import ResultsStore
from digitreader.settings import Settings
from emulation.system import System, system
from tests.harness.stores import page_of
from tests.page.conftest import Visit
from tests.page.pen import Drawn, Point
from tests.page.visitor import Visitor


def share_right(shown: Sequence[str], digits: Sequence[Drawn]) -> float:
    """Return the share of drawn digits that the page reads correctly."""
    return sum(a == str(b.label) for a, b in zip(shown, digits, strict=True)) / len(digits)


@pytest.fixture(params=["sqlite", "cassandra"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[System, ResultsStore]]:
    """Return the running system and its results store."""
    if request.param == "sqlite":
        everything: System = request.getfixturevalue("running_system")
        store: ResultsStore = SqliteStore(everything.sqlite_file)
        yield everything, store
    else:
        settings: Settings = request.getfixturevalue("cassandra")
        changes = {
            "RESULTS_STORE": "cassandra",
            "CASSANDRA_PORT": str(settings.cassandra_port),
            "CASSANDRA_KEYSPACE": settings.cassandra_keyspace,
            "STORE_BUDGET_MS": "5000",
        }
        store = CassandraStore(settings, budget=5)
        with system(tmp_path, settings=changes) as everything:
            yield everything, store


@pytest.mark.parametrize("count", [12, pytest.param(200, marks=pytest.mark.long)])
def test_pen_digits_anywhere_on_the_pad_are_read_and_recorded(
    visit: Visit, written: list[Drawn], kept: tuple[System, ResultsStore], count: int
) -> None:
    everything, store = kept
    chance = random.Random(3)
    digits = chance.sample(written, count)
    visitor = visit(url=everything.page_url)
    shown = [visitor.reads(digit, chance) for digit in digits]
    rows = page_of(store, visitor.session)
    assert len(rows) == len("".join(shown))
    assert {row.source for row in rows} == {"draw"}
    assert not visitor.complaints
    right = share_right(shown, digits)
    print(f"{right:.1%} of {count} read right")
    assert right >= 0.96


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.long
def test_digits_drawn_at_a_persons_speed_are_read(
    visit: Visit, written: list[Drawn], phone: bool
) -> None:
    chance = random.Random(11)
    visitor = visit(phone=phone)
    visitor.pen.pause = 10
    digits = chance.sample(written, 300)
    right = share_right([visitor.reads(digit) for digit in digits], digits)
    print(f"{right:.1%} of 300 read right by {'touch' if phone else 'mouse'}")
    assert right >= 0.97


PLACES = {
    "a quarter of the pad": (0.375, 0.375, 0.25, 0.25),
    "all of the pad": (0.02, 0.02, 0.96, 0.96),
    "upper left": (0.02, 0.02, 0.3, 0.4),
    "upper right": (0.68, 0.02, 0.3, 0.4),
    "lower left": (0.02, 0.58, 0.3, 0.4),
    "lower right": (0.68, 0.58, 0.3, 0.4),
}


@pytest.mark.long
def test_size_and_place_make_no_difference(visit: Visit, written: list[Drawn]) -> None:
    digits = random.Random(5).sample(written, 200)
    visitor = visit()
    shares = {}
    for place, box in PLACES.items():
        shares[place] = share_right([visitor.reads(digit, box=box) for digit in digits], digits)
    print({place: f"{share:.1%}" for place, share in shares.items()})
    assert max(shares.values()) - min(shares.values()) <= 0.01


def number_of(digits: Sequence[Drawn], chance: random.Random) -> tuple[list[list[Point]], float]:
    """Arrange digits side by side like a number of height 1; return strokes and width."""
    strokes: list[list[Point]] = []
    x = 0.0
    for digit in digits:
        _, _, width, height = digit.box
        tall = chance.uniform(0.9, 1.0)
        wide = tall * width / height
        strokes += digit.placed(x, 1 - tall + chance.uniform(-0.05, 0.05), wide, tall)
        x += wide + chance.uniform(0.1, 0.35)
    return strokes, x


def read_numbers(
    visitor: Visitor, numbers: Sequence[Sequence[Drawn]], chance: random.Random
) -> tuple[float, float]:
    """Return the share of correct digits in numbers of the right length, and their share."""
    digits_right = lengths_right = 0
    for digits in numbers:
        strokes, wide = number_of(digits, chance)
        left, top, across, down = visitor.pen.pad()
        size = min(0.9 * across / wide, 0.6 * down)
        x, y = left + 0.05 * across, top + 0.2 * down
        visitor.pen.draw([[(x + a * size, y + b * size) for a, b in line] for line in strokes])
        shown = visitor.finish()
        visitor.clear()
        if len(shown) == len(digits):
            lengths_right += 1
            digits_right += sum(a == str(b.label) for a, b in zip(shown, digits, strict=True))
    return digits_right / sum(map(len, numbers)), lengths_right / len(numbers)


@pytest.mark.parametrize("count", [5, pytest.param(200, marks=pytest.mark.long)])
def test_digits_written_side_by_side_are_read_as_a_number(
    visit: Visit, written: list[Drawn], count: int
) -> None:
    chance = random.Random(7)
    numbers = [chance.sample(written, chance.randint(2, 6)) for _ in range(count)]
    digits, lengths = read_numbers(visit(), numbers, chance)
    # With few numbers, allow one more error by chance.
    least_digits, least_lengths = (0.95, 0.97) if count == 200 else (0.9, 0.9)
    print(f"{count} numbers: {digits:.1%} of the digits, {lengths:.1%} of the lengths right")
    assert digits >= least_digits
    assert lengths >= least_lengths


def test_reading_writes_only_what_changed(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    visitor.pen.write(seven, 0.05, 0.2, 0.2, 0.6)
    assert visitor.finish() == "7"
    drawn = ["#number button", "#number b", "#marks li", "#marks b"]
    before = [visitor.page.query_selector(element) for element in drawn]
    texts = [element.evaluate_handle("each => each.firstChild") for element in before if element]
    visitor.pen.write(seven, 0.5, 0.2, 0.2, 0.6)
    assert visitor.finish() == "77"
    for element, kept, text in zip(drawn, before, texts, strict=True):
        now = visitor.page.query_selector(element)
        assert now and now.evaluate("(now, kept) => now === kept", kept)
        assert now.evaluate("(now, text) => now.firstChild === text", text)


def test_segmentation_is_loaded_when_the_pointer_reaches_the_pad(visit: Visit) -> None:
    visitor = visit(service_workers="block")
    loaded = "performance.getEntriesByType('resource').some(e => e.name.endsWith('segment.js'))"
    visitor.page.wait_for_load_state("networkidle")
    assert not visitor.page.evaluate(loaded)
    visitor.page.hover("#paper")
    visitor.until(lambda: visitor.page.evaluate(loaded))


def test_segmentation_is_loaded_after_the_frame_of_a_fingers_contact(visit: Visit) -> None:
    visitor = visit(phone=True, service_workers="block")
    visitor.page.evaluate("""() => document.querySelector("#paper").addEventListener(
        "pointerdown", () => requestAnimationFrame((now) => { window.framed = now; }))""")
    left, top, _, _ = visitor.pen.pad()
    visitor.pen.draw([[(left + 50, top + 50), (left + 90, top + 90)]])
    started = """performance.getEntriesByType("resource")
        .find(({ name }) => name.endsWith("segment.js"))?.startTime"""
    visitor.until(lambda: visitor.page.evaluate(started))
    assert visitor.page.evaluate(started) > visitor.page.evaluate("framed")
