"""Run Cassandra in the foreground until Ctrl-C."""

import argparse
import signal
import sys
from pathlib import Path

from emulation.cassandra import Server, one_node
from emulation.cassandra.cluster import HOSTS, Cluster
from emulation.process import CannotStart


def main() -> int:
    """Start, print the address, wait and stop; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m emulation.cassandra", description=__doc__)
    parser.add_argument("--nodes", type=int, choices=[1, 3], default=1)
    parser.add_argument("--port", type=int, default=9042)
    parser.add_argument("--directory", type=Path, default=Path(".run/cassandra"))
    options = parser.parse_args()
    server: Server
    if options.nodes == 3:
        server = Cluster(options.directory / "cluster", port=options.port)
        hosts = ",".join(HOSTS)
    else:
        server = one_node(options.directory / "node", options.port)
        hosts = HOSTS[0]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        print("Starting Cassandra (three nodes, or the first start, take a minute) …", flush=True)
        server.start()
        print(
            f"Cassandra is ready: CASSANDRA_HOSTS={hosts} CASSANDRA_PORT={options.port}"
            f" CASSANDRA_REPLICATION={options.nodes}. Ctrl-C stops it.",
            flush=True,
        )
        signal.pause()
    except KeyboardInterrupt:
        return 0
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
