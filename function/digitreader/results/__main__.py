"""Commands on the results store, which the function's settings locate."""

import argparse
import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime

from digitreader import log as logged
from digitreader.bucket import open_bucket
from digitreader.errors import DigitReaderError, SettingsError
from digitreader.results import open_store
from digitreader.results.replay import Replayed, replay_log, replay_outbox
from digitreader.settings import Settings

_REPLAY_BUDGET_MS = 10_000


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return the exit status: 0, or 1 on a failure."""
    parser = argparse.ArgumentParser(prog="python -m digitreader.results", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the store's schema up to date")
    replaying = commands.add_parser("replay", help="move the outbox's results into the store")
    replaying.add_argument(
        "--log", metavar="FILE", help="move the results of log lines instead; - for input"
    )
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment()
        if options.command == "migrate":
            return _migrate(settings)
        return _report(asyncio.run(_replay(settings, options.log)))
    except (DigitReaderError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _migrate(settings: Settings) -> int:
    if settings.results_store == "cassandra":
        from digitreader.results.cassandra.migrate import migrate

        applied = migrate(settings)
    elif settings.results_store == "sqlite":
        from digitreader.results import sqlite

        applied = sqlite.migrate(settings.sqlite_file)
        print("".join(f"applied {name}\n" for name in applied), end="")
    else:
        raise SettingsError("RESULTS_STORE: expected sqlite or cassandra, got 'none'")
    print(f"schema is up to date ({len(applied)} applied now)")
    return 0


async def _replay(settings: Settings, log: str | None) -> Replayed:
    store = open_store(replace(settings, store_budget_ms=_REPLAY_BUDGET_MS))
    if store is None:
        raise SettingsError("RESULTS_STORE: expected sqlite or cassandra, got 'none'")
    try:
        if log == "-":
            return await replay_log(store, sys.stdin)
        if log is not None:
            with open(log, encoding="utf-8", errors="replace") as lines:
                return await replay_log(store, lines)
        if not settings.outbox_bucket:
            raise SettingsError("OUTBOX_BUCKET: expected the outbox's bucket, got none")
        bucket = open_bucket(settings.outbox_bucket, settings.bucket_timeout_seconds)
        replayed = await replay_outbox(store, bucket)
        _note_age(replayed)
        return replayed
    finally:
        await store.close()


def _note_age(replayed: Replayed) -> None:
    """Write the log line for the alert on the outbox's age."""
    now = datetime.now(UTC)
    waited = (now - (replayed.waiting_since or now)).total_seconds()
    logged.write("NOTICE", "replayed", moved=replayed.moved, oldest_seconds=max(round(waited), 0))


def _report(replayed: Replayed) -> int:
    print(f"moved {replayed.moved:,} results into the store")
    for each in replayed.unreadable:
        print(f"not moved, no valid result: {each}", file=sys.stderr)
    if replayed.stopped:
        print(f"stopped, other results stay in the outbox: {replayed.stopped}", file=sys.stderr)
    return 1 if replayed.unreadable or replayed.stopped else 0


if __name__ == "__main__":
    sys.exit(main())
