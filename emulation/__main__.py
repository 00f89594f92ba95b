"""`make run`: the whole system on this machine, until Ctrl-C."""

import argparse
import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from io import TextIOWrapper
from pathlib import Path

from emulation import cassandra
from emulation.process import CannotStart, inherited, is_free
from emulation.system import ROOT, System, system


def main() -> int:
    """Run the system until a signal; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m emulation", description=__doc__)
    parser.add_argument("--store", choices=("sqlite", "cassandra", "none"), default="sqlite")
    parser.add_argument("--port", type=int, default=8080, help="of the function")
    parser.add_argument("--page-port", type=int, default=8000)
    parser.add_argument("--bucket-port", type=int, default=4443)
    parser.add_argument("--cassandra-port", type=int, default=9042)
    parser.add_argument("--directory", type=Path, default=ROOT / ".run", help="where state is kept")
    arguments = parser.parse_args()

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without … shows ? instead
            stream.reconfigure(errors="replace")
    parent = os.getppid() if "MAKELEVEL" in os.environ else None
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopped.set())
    settings = {"RESULTS_STORE": arguments.store}
    try:
        with ExitStack() as stack:
            if arguments.store == "cassandra":
                settings |= _cassandra(stack, arguments.directory, arguments.cassandra_port)
            ports = (arguments.port, arguments.page_port, arguments.bucket_port)
            running = stack.enter_context(system(arguments.directory, *ports, settings))
            print(_welcome(running, arguments.store), flush=True)
            while not stopped.wait(0.5) and parent in (None, os.getppid()):
                if running.function.process.poll() is not None:
                    raise CannotStart(f"the function ended; see {running.function.log}")
            with suppress(OSError):  # the terminal may be gone
                print("\nStopping …", flush=True)
    except (CannotStart, RuntimeError) as error:
        print(f"make run: {error}", file=sys.stderr)
        return 1
    return 0


def _cassandra(stack: ExitStack, directory: Path, port: int) -> dict[str, str]:
    """Start and migrate a local Cassandra; return the function's settings for it."""
    if not is_free(port):
        raise CannotStart(f"port {port} is in use; choose another with CASSANDRA_PORT=…")
    print("Starting Cassandra (the first start fetches it, in about a minute) …", flush=True)
    server = cassandra.one_node(directory / "cassandra", port)
    stack.callback(server.stop)
    server.start()
    settings = {"RESULTS_STORE": "cassandra", "CASSANDRA_PORT": str(port)}
    migrate = [sys.executable, "-m", "digitreader.results", "migrate"]
    subprocess.run(migrate, env=inherited() | settings, check=True)
    return settings


def _welcome(running: System, store: str) -> str:
    where = {"sqlite": str(running.sqlite_file), "cassandra": "Cassandra", "none": "nowhere"}[store]
    return f"""
  The page      {running.page_url}
  The function  {running.function_url}
  Results       {where}
  Models        STORAGE_EMULATOR_HOST={running.bucket_url} .venv/bin/python -m trainer list

  Try it from another terminal:
    curl -F file=@docs/seven.png {running.function_url}/
    curl -d @docs/seven.json {running.function_url}/

  Ctrl-C stops everything."""


if __name__ == "__main__":
    sys.exit(main())
