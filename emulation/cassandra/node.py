"""One Cassandra node as a process of this machine."""

import os
import signal
import socket
import struct
from pathlib import Path

from emulation.cassandra import jars
from emulation.folder_lock import FolderLock
from emulation.process import Child

_CONF = Path(__file__).parent / "conf"


class Node:
    """A node on JDK 17 that keeps its data in `directory`."""

    def __init__(
        self,
        directory: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 9042,
        storage_port: int = 7000,
        seed: str = "",
        token: int = 0,
        passwords: bool = False,
        keystore: tuple[Path, str] | None = None,
    ) -> None:
        """Configure the node; `seed` is the first node's `host:storage_port`, or this node's.

        With `passwords`, a login is required; the first user and its password are `cassandra`. With
        `keystore` (a file and its password), clients may connect by TLS.
        """
        self.host = host
        self.port = port
        self.directory = directory.absolute()
        self._configuration = {
            "directory": str(self.directory),
            "host": host,
            "port": str(port),
            "storage_port": str(storage_port),
            "ssl_storage_port": str(storage_port + 1),
            "seed": seed or f"{host}:{storage_port}",
            "token": str(token),
            "tls": "false" if keystore is None else "true",
            "keystore": str(keystore[0]) if keystore else "none",
            "keystore_password": keystore[1] if keystore else "none",
            "authenticator": "PasswordAuthenticator" if passwords else "AllowAllAuthenticator",
        }
        # Time to look for neighbours; a single node needs none.
        self._ring_delay_ms = 10_000 if seed else 0
        self._child: Child | None = None

    def start(self, wait: float = 120.0) -> None:
        """Start and wait until clients can connect.

        Raises:
            CannotRun: Java or Maven is missing.
            CannotStart: Another node uses the folder, or this one did not come up.
        """
        java, classpath = jars.require_java(), jars.fetch()
        # A second node would delete the first node's commit log.
        lock = FolderLock(self.directory, "stop that one first")
        try:
            command = self._command(java, classpath)
            log = self.directory / "logs" / "console.log"
            self._child = Child(f"Cassandra on {self.host}", command, log, {}, [lock.descriptor])
        finally:
            lock.release()  # the node's process inherits the lock
        self._child.await_ready(lambda: answers(self.host, self.port), wait)

    def stop(self) -> None:
        """Stop gracefully; kill the node if it has not stopped within 30 seconds."""
        self.resume()
        if self._child is not None:
            self._child.stop(30)

    def kill(self) -> None:
        """Send SIGKILL."""
        if self._child is not None:
            self._child.process.kill()
            self._child.process.wait()

    def pause(self) -> None:
        """Pause the node (SIGSTOP): connections stay open without responses."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Resume the node (SIGCONT)."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._child is not None:
            self._child.process.send_signal(number)

    def _command(self, java: str, classpath: list[Path]) -> list[str]:
        for folder in ("conf", "logs", "tmp", "data"):
            (self.directory / folder).mkdir(parents=True, exist_ok=True)
        yaml = (_CONF / "cassandra.yaml").read_text(encoding="utf-8")
        for word, value in self._configuration.items():
            yaml = yaml.replace("{" + word + "}", value)
        configuration = self.directory / "conf" / "cassandra.yaml"
        configuration.write_text(yaml, encoding="utf-8")
        return [
            java,
            *(f"-javaagent:{jar}" for jar in classpath if jar.name.startswith("jamm-")),
            f"@{_CONF}/jvm.options",
            f"-Dlogback.configurationFile=file:{_CONF}/logback.xml",
            f"-Dcassandra.ring_delay_ms={self._ring_delay_ms}",
            f"-Dcassandra.logdir={self.directory}/logs",
            f"-Dcassandra.storagedir={self.directory}",
            f"-Dcassandra.config=file:{configuration}",
            f"-Djava.io.tmpdir={self.directory}/tmp",
            f"-XX:ErrorFile={self.directory}/logs/hs_err.log",
            "-cp",
            os.pathsep.join(map(str, classpath)),
            "org.apache.cassandra.service.CassandraDaemon",
        ]


def answers(host: str, port: int) -> bool:
    """Return whether a node answers STARTUP (native protocol 4) with READY or a login."""
    option = b"".join(struct.pack(">H", len(x)) + x for x in (b"CQL_VERSION", b"3.0.0"))
    body = struct.pack(">H", 1) + option
    try:
        with socket.create_connection((host, port), 1.0) as connection:
            connection.sendall(struct.pack(">BBhBI", 4, 0, 0, 1, len(body)) + body)
            head = connection.recv(9)
    except OSError:
        return False
    return len(head) >= 5 and head[4] in (2, 3)


def free_ports(count: int, host: str = "127.0.0.1") -> list[int]:
    """Return free ports of `host`."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((host, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
