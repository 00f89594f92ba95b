"""Export of all pages as CSV, without formulas."""

import csv
from dataclasses import replace

import pytest

from digitreader.errors import StoreUnavailable
from digitreader.results import csv_export
from digitreader.results.ids import uuid7
from digitreader.results.memory import MemoryStore
from digitreader.results.prediction import Label, Prediction
from tests.results.samples import a_number, a_prediction, a_session

pytestmark = pytest.mark.anyio


async def rows_of(store: MemoryStore, session: str) -> list[dict[str, str]]:
    lines = [line async for line in await csv_export.lines(store, session)]
    return list(csv.DictReader(lines))


async def rows_with_names(*names: str) -> list[str]:
    store, session = MemoryStore(), a_session()
    await store.record([a_prediction(session=session, filename=name) for name in names])
    return [row["filename"] for row in await rows_of(store, session)][::-1]


async def test_csv_has_every_row_of_many_pages() -> None:
    store, session = MemoryStore(), a_session()
    count = 2 * csv_export.PAGE
    predictions = [a_prediction(session=session) for _ in range(count)]
    await store.record(predictions)
    rows = await rows_of(store, session)
    assert [row["id"] for row in rows] == [str(each.id) for each in predictions[::-1]]
    assert rows[-1]["pixels"] == " ".join(map(str, predictions[0].pixels))


@pytest.mark.parametrize(
    ("label", "cell"), [(None, ""), (0, "0"), ("none", "none")], ids=["unlabelled", "0", "none"]
)
async def test_csv_has_the_label_of_a_result(label: Label | None, cell: str) -> None:
    store, session = MemoryStore(), a_session()
    await store.record([replace(a_prediction(session=session), label=label)])
    assert [row["label"] for row in await rows_of(store, session)] == [cell]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
@pytest.mark.parametrize("before", ["", ";", "a;", "a; ", 'a;"', "a;;", "a\t", "a,", " "])
async def test_csv_cells_are_never_formulas(sign: str, before: str) -> None:
    (name,) = await rows_with_names(f"{before}{sign}1+1;b.png")
    assert name == f"{before}'{sign}1+1;b.png"


async def test_csv_keeps_usual_file_names() -> None:
    names = ["zwei – 2.png", "a-b.png", "1+1=2.png", "a@b;c.png", "'=x", "٢.png"]
    assert await rows_with_names(*names) == names


async def test_csv_names_lose_direction_overrides() -> None:
    overrides = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    assert await rows_with_names(f"a{overrides}gpj.exe", f"{overrides}=1") == ["agpj.exe", "'=1"]


async def test_csv_of_a_failing_store_fails_before_the_header() -> None:
    class DownStore(MemoryStore):
        async def page(self, *asked: object, **more: object) -> list[Prediction]:
            raise StoreUnavailable("down")

    with pytest.raises(StoreUnavailable):
        await csv_export.lines(DownStore(), a_session())


async def test_csv_tells_a_digits_number_and_place() -> None:
    store, session, number = MemoryStore(), a_session(), uuid7()
    await store.record([*a_number(number, session, 2), a_prediction(session=session)])
    told = [(row["number_id"], row["position"]) for row in await rows_of(store, session)]
    assert sorted(told) == [("", ""), (str(number), "0"), (str(number), "2")]
