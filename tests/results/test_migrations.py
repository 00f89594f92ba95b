"""Migrations: idempotent, concurrent and from any folder."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest

from digitreader.errors import StoreUnavailable
from digitreader.results import schema, sqlite
from digitreader.results.cassandra.migrate import FOLDER, migrate
from digitreader.results.cassandra.store import CassandraStore
from digitreader.results.prediction import Prediction
from digitreader.results.sqlite import SqliteStore, database
from digitreader.settings import Settings
from emulation.cassandra.node import Node
from tests.harness.driver import driver_session, environment_of
from tests.harness.stores import opened
from tests.results.samples import a_prediction, a_session

pytestmark = pytest.mark.anyio

CQL_FILES = [each.name for each in schema.load("cql", FOLDER)]
ADD_COLUMN = """\
ALTER TABLE {keyspace}.results_by_session ADD IF NOT EXISTS colour text;
ALTER TABLE {keyspace}.results_by_hour ADD IF NOT EXISTS colour text;
"""


def quiet(line: str) -> None:
    """Discard a line of the log."""


@pytest.fixture
def unmigrated(node: Node) -> Settings:
    """Return settings with a keyspace that does not exist."""
    return Settings(
        results_store="cassandra",
        results_ttl_days=30,
        cassandra_port=node.port,
        cassandra_keyspace=f"test_{uuid4().hex[:12]}",
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the migrations to a new folder."""
    copy = Path(shutil.copytree(FOLDER, tmp_path / "migrations"))
    return Path(shutil.copytree(database.FOLDER, copy, dirs_exist_ok=True))


def rows_of(settings: Settings, query: str) -> list[tuple[object, ...]]:
    """Return the rows of `query` for the keyspace."""
    with driver_session(settings) as session:
        return sorted(map(tuple, session.execute(query % f"'{settings.cassandra_keyspace}'")))


def columns_of(settings: Settings) -> list[tuple[object, ...]]:
    return rows_of(
        settings,
        "SELECT table_name, column_name, type FROM system_schema.columns WHERE keyspace_name = %s",
    )


def test_migrations_run_once_in_their_order(unmigrated: Settings) -> None:
    log: list[str] = []
    assert migrate(unmigrated, log=log.append) == CQL_FILES
    assert log == [f"applied {name}" for name in CQL_FILES]
    before = columns_of(unmigrated)
    assert migrate(unmigrated, log=quiet) == []
    assert columns_of(unmigrated) == before


def test_tables_have_the_ttl_and_windows_of_the_settings(unmigrated: Settings) -> None:
    migrate(unmigrated, log=quiet)
    query = "SELECT table_name, default_time_to_live, compaction FROM system_schema.tables"
    with driver_session(unmigrated) as session:
        rows = session.execute(f"{query} WHERE keyspace_name = '{unmigrated.cassandra_keyspace}'")
        tables = {row.table_name: row for row in rows if not row.table_name.startswith("schema_")}
    month = 30 * 86_400
    # The key of the partitions must outlive all results.
    assert tables.pop("secrets").default_time_to_live == 0
    assert {name: row.default_time_to_live for name, row in tables.items()} == {
        "results_by_session": month,
        "minutes_by_session": month,
        "results_by_hour": month,
        "partitions_by_day": month + 2 * 86_400,
    }
    for row in tables.values():
        assert row.compaction["class"].endswith("TimeWindowCompactionStrategy")
        assert row.compaction["compaction_window_size"] == "1"


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.long)])
def test_concurrent_migrations_create_one_schema(unmigrated: Settings, rounds: int) -> None:
    migrate(unmigrated, log=quiet)
    expected = columns_of(unmigrated)
    for number in range(rounds):
        name = f"{unmigrated.cassandra_keyspace}_{number}"
        environment = environment_of(unmigrated) | {"CASSANDRA_KEYSPACE": name}
        command = [sys.executable, "-m", "digitreader.results", "migrate"]
        processes = [
            subprocess.Popen(
                command,
                env=os.environ | environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _ in range(2)
        ]
        said = [process.communicate(timeout=120)[0] for process in processes]
        assert [process.returncode for process in processes] == [0, 0], said
        settings = Settings.from_environment(environment)
        assert columns_of(settings) == expected
        applied = Counter(line for text in said for line in text.splitlines())
        assert [applied[f"applied {file}"] for file in CQL_FILES] == [1] * len(CQL_FILES)


async def test_column_is_added_to_a_store_in_use(unmigrated: Settings, folder: Path) -> None:
    migrate(unmigrated, log=quiet)
    session = a_session()
    recorded: list[Prediction] = []
    async with opened(CassandraStore(unmigrated, budget=5)) as store:

        async def keep_recording() -> None:
            for _ in range(5_000):
                prediction = a_prediction(session=session)
                await store.record([prediction])
                assert await store.page(session, limit=1) == [prediction]
                recorded.append(prediction)
                if migration.done() and len(recorded) >= 100:
                    return

        (folder / "0099_colour.cql").write_text(ADD_COLUMN)
        migration = asyncio.create_task(
            asyncio.to_thread(migrate, unmigrated, folder=folder, log=quiet)
        )
        await keep_recording()
        assert await migration == ["0099_colour.cql"]
        assert len(recorded) >= 100
        assert await store.page(session, limit=6_000) == recorded[::-1]
    assert sum("colour" in column for column in columns_of(unmigrated)) == 2


def test_interrupted_migration_is_completed_by_the_next(unmigrated: Settings, folder: Path) -> None:
    broken = folder / "0099_colour.cql"
    broken.write_text(ADD_COLUMN.replace("results_by_hour", "no_such_table"))
    with pytest.raises(StoreUnavailable, match="no_such_table"):
        migrate(unmigrated, folder=folder, log=quiet)
    broken.write_text(ADD_COLUMN)
    assert migrate(unmigrated, folder=folder, log=quiet) == ["0099_colour.cql"]
    assert sum("colour" in column for column in columns_of(unmigrated)) == 2


def test_lock_of_a_dead_process_expires(unmigrated: Settings, folder: Path) -> None:
    migrate(unmigrated, log=quiet)
    (folder / "0099_colour.cql").write_text(ADD_COLUMN)
    with driver_session(unmigrated) as session:
        session.execute(
            f"INSERT INTO {unmigrated.cassandra_keyspace}.schema_lock (name, holder)"
            f" VALUES ('migrations', {uuid4()}) USING TTL 2"
        )
    assert migrate(unmigrated, folder=folder, log=quiet) == ["0099_colour.cql"]


async def test_store_without_its_schema_says_what_to_run(node: Node, unmigrated: Settings) -> None:
    async with opened(CassandraStore(unmigrated, budget=5)) as store:
        with pytest.raises(StoreUnavailable, match="KEYSPACE does not exist.*test_"):
            await store.record([a_prediction()])
        migrate(unmigrated, log=quiet)
        await store.record([a_prediction()])
        assert store.state() == "ready"


def test_concurrent_openings_of_a_sqlite_file_create_one_schema(tmp_path: Path) -> None:
    environment = {"RESULTS_STORE": "sqlite", "SQLITE_FILE": str(tmp_path / "new.sqlite")}
    command = [sys.executable, "-m", "digitreader.results", "migrate"]
    processes = [subprocess.Popen(command, env=os.environ | environment) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert sqlite.migrate(environment["SQLITE_FILE"]) == []


async def test_column_is_added_to_a_sqlite_file_in_use(tmp_path: Path, folder: Path) -> None:
    file, session = tmp_path / "results.sqlite", a_session()
    (folder / "0099_colour.sql").write_text("ALTER TABLE results ADD COLUMN colour TEXT;\n")
    first, second = a_prediction(session=session), a_prediction(session=session)
    async with opened(SqliteStore(file, budget=5)) as old:
        await old.record([first])
        assert sqlite.migrate(file, migrations=folder) == ["0099_colour.sql"]
        await old.record([second])
        assert await old.page(session) == [second, first]


async def test_unusable_sqlite_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "missing" / "results.sqlite"
    async with opened(SqliteStore(file, budget=5)) as store:
        assert store.state() == "cold"
        with pytest.raises(StoreUnavailable, match="unable to open .*results.sqlite"):
            await store.record([a_prediction()])
        assert "unable to open" in store.state()
        file.parent.mkdir()
        await store.record([a_prediction()])
        assert store.state() == "ready"


async def test_locked_sqlite_file_costs_at_most_the_budget(tmp_path: Path) -> None:
    file = tmp_path / "results.sqlite"
    async with opened(SqliteStore(file, budget=2)) as store:
        await store.record([a_prediction()])
        other = sqlite3.connect(file)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            await store.record([a_prediction()])
        other.close()
        await store.record([a_prediction()])
