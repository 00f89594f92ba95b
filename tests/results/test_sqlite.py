"""A locked, deleted, replaced or read-only SQLite file, and group commit."""

import asyncio
import os
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from digitreader.bucket.memory import MemoryBucket
from digitreader.errors import StoreUnavailable
from digitreader.results.prediction import Prediction
from digitreader.results.recorder import OUTBOX_SECONDS, Recorder
from digitreader.results.sqlite import SqliteStore
from digitreader.settings import Settings
from tests.harness.stores import opened
from tests.results.samples import Log, a_prediction, a_session

pytestmark = pytest.mark.anyio

NOBODY = 65_534


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "results.sqlite"


@pytest.fixture
async def store(file: Path, anyio_backend: str) -> AsyncIterator[SqliteStore]:
    """Return a store with a budget for slow machines."""
    async with opened(SqliteStore(file, budget=5)) as store:
        yield store


def ids_in(file: Path) -> set[bytes]:
    """Return the ids found on an independent connection."""
    connection = sqlite3.connect(file)
    try:
        return {id for (id,) in connection.execute("SELECT id FROM results")}
    finally:
        connection.close()


async def test_waiting_predictions_are_committed_together(store: SqliteStore, file: Path) -> None:
    await store.record([a_prediction()])
    before = log_bytes(file)
    await store.record([a_prediction()])
    alone = log_bytes(file) - before
    before = log_bytes(file)
    await asyncio.gather(*(store.record([a_prediction()]) for _ in range(100)))
    # Each commit rewrites the changed pages.
    assert log_bytes(file) - before < 100 * alone / 2
    assert len(ids_in(file)) == 102


def log_bytes(file: Path) -> int:
    return file.with_name(f"{file.name}-wal").stat().st_size


async def test_invalid_prediction_does_not_affect_others(store: SqliteStore) -> None:
    session = a_session()
    good = [a_prediction(session=session) for _ in range(10)]
    bad = a_prediction(session=session, filename="\ud800")
    outcomes = await asyncio.gather(
        *(store.record([each]) for each in [*good, bad]), return_exceptions=True
    )
    assert [each for each in outcomes[:-1] if each is not None] == []
    assert isinstance(outcomes[-1], UnicodeEncodeError)
    assert await store.page(session) == good[::-1]


async def test_record_meets_its_budget_on_a_locked_file(
    file: Path,
) -> None:
    bucket, settings = MemoryBucket(), Settings(store_budget_ms=300)
    async with opened(SqliteStore(file, budget=0.3)) as store:
        recorder = Recorder(store, bucket, settings, Log())
        while await recorder.record([a_prediction()]) is not True:
            await asyncio.sleep(0.1)
        with locked(file):
            started = time.monotonic()
            told = await asyncio.gather(*(recorder.record([a_prediction()]) for _ in range(8)))
            seconds = time.monotonic() - started
    assert told == ["queued"] * 8
    # Eight consecutive waits would take 2.4 s.
    assert seconds < 0.3 + OUTBOX_SECONDS + 0.5


@contextmanager
def locked(file: Path) -> Iterator[None]:
    other = sqlite3.connect(file)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


async def test_deleted_file_is_created_again(store: SqliteStore, file: Path) -> None:
    session = a_session()
    await store.record([a_prediction(session=session)])
    assert len(await store.page(session)) == 1
    for each in file.parent.glob("results.sqlite*"):
        each.unlink()
    after = a_prediction(session=session)
    await store.record([after])
    assert ids_in(file) == {after.id.bytes}
    assert await store.page(session) == [after]


async def test_file_deleted_without_its_log_is_created_again(
    store: SqliteStore, file: Path
) -> None:
    session = a_session()
    await store.record([a_prediction(session=session)])
    await store.page(session)
    file.unlink()
    after = [a_prediction(session=session) for _ in range(3)]
    for each in after:
        await store.record([each])
        assert await store.page(session, limit=1) == [each]
    assert ids_in(file) == {each.id.bytes for each in after}


async def test_file_replaced_in_use_is_read_and_written(
    store: SqliteStore, file: Path, tmp_path: Path
) -> None:
    session = a_session()
    before, after = a_prediction(session=session), a_prediction(session=session)
    async with opened(SqliteStore(tmp_path / "backup.sqlite", budget=5)) as backup:
        await backup.record([before])
    await store.record([a_prediction(session=session)])
    for each in tmp_path.glob("results.sqlite*"):
        each.unlink()
    (tmp_path / "backup.sqlite").rename(file)
    await store.record([after])
    assert await store.page(session) == [after, before]


async def test_path_that_becomes_writable_is_used(anyio_backend: str) -> None:
    with tempfile.TemporaryDirectory() as name, unprivileged(Path(name)):
        folder, session = Path(name), a_session()
        file = folder / "results.sqlite"
        first, second = a_prediction(session=session), a_prediction(session=session)
        async with opened(SqliteStore(file, budget=5)) as store:
            await store.record([first])
        file.chmod(0o444)
        folder.chmod(0o555)
        async with opened(SqliteStore(file, budget=5)) as store:
            with pytest.raises(StoreUnavailable, match="SQLite: .*results.sqlite"):
                await store.record([second])
            folder.chmod(0o755)
            file.chmod(0o644)
            await store.record([second])
            assert store.state() == "ready"
            assert await store.page(session) == [second, first]


@contextmanager
def unprivileged(folder: Path) -> Iterator[None]:
    """Run the block as the owner of `folder`, without root's privileges."""
    if os.geteuid() != 0:
        yield
        return
    os.chown(folder, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


async def test_expired_results_are_removed_from_the_file(file: Path) -> None:
    async with opened(SqliteStore(file, budget=5, ttl_seconds=1)) as store:
        await store.record([a_prediction() for _ in range(20)])
        await asyncio.sleep(2.1)
    kept = a_prediction()
    async with opened(SqliteStore(file, budget=5)) as store:
        await store.record([kept])
    assert ids_in(file) == {kept.id.bytes}


@pytest.mark.parametrize("number", [1, 2])
async def test_results_of_older_schemas_are_kept(file: Path, number: int) -> None:
    old: list[Prediction] = [a_prediction(session=a_session()), a_prediction(), a_prediction()]
    write_older_schema(file, number, old)
    async with opened(SqliteStore(file, budget=5)) as store:
        for each in old:
            assert not each.session or await store.page(each.session) == [each]
        found = {each.id: each for each in store.since(old[0].time)}
    assert found == {each.id: each for each in old}


def write_older_schema(file: Path, number: int, predictions: list[Prediction]) -> None:
    """Make the file as the first `number` migrations did, which knew no numbers of digits."""
    from digitreader.results import schema
    from digitreader.results.sqlite import rows
    from digitreader.results.sqlite.database import FOLDER

    connection = sqlite3.connect(file)
    for migration in schema.load("sql", FOLDER)[:number]:
        for statement in migration.statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {number}")
    insert = rows.RECORD.partition("ON CONFLICT")[0].replace("number_id, position, ", "")
    for each in predictions:
        *values, number_id, position, expires_at = rows.from_prediction(each, 2**62)
        assert number_id is position is None
        if number == 1:
            values[11] = each.session
        connection.execute(insert.replace("?, ?, ?", "?", 1), [*values, expires_at])
    connection.commit()
    connection.close()
