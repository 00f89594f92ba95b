"""Responses are sent in pieces, hold their budget until sent, and may end early."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from digitreader.errors import Overloaded, StoreUnavailable
from digitreader.http.budget import ByteBudget
from digitreader.http.responses import Answer, Download

pytestmark = pytest.mark.anyio
SCOPE = {"type": "http", "method": "GET"}


class Client:
    """Return the messages that an application sends."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def receive(self) -> Any:
        await asyncio.sleep(60)

    async def send(self, message: Any) -> None:
        self.messages.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])
async def test_answer_is_sent_in_pieces(size: int) -> None:
    body, client = bytes(range(256)) * (size // 256 + 1), Client()
    await Answer(body[:size])(SCOPE, client.receive, client.send)
    assert client.body == body[:size]
    assert [message.get("more_body", True) for message in client.messages][-1] is False
    assert max(len(message.get("body", b"")) for message in client.messages) <= 65_536


async def test_answer_holds_its_bytes_until_sent() -> None:
    budget, client = ByteBudget(100), Client()
    answer = Answer(b"7")
    answer.hold = budget.hold(60)
    with pytest.raises(Overloaded):
        budget.hold(60)
    await answer(SCOPE, client.receive, client.send)
    budget.hold(60).release()


async def test_failing_download_is_cut_off_and_logged(
    capfd: pytest.CaptureFixture[str],
) -> None:
    async def lines() -> AsyncIterator[str]:
        yield "id,digit\r\n"
        raise StoreUnavailable("SQLite: gone")

    budget, client = ByteBudget(100), Client()
    download = Download(lines(), budget.hold(100), "results.csv", "text/csv")
    await download(SCOPE, client.receive, client.send)
    assert client.body == b"id,digit\r\n"
    assert all(message.get("more_body", True) for message in client.messages)
    (line,) = capfd.readouterr().out.splitlines()
    assert json.loads(line)["reason"] == "SQLite: gone"
    budget.hold(100)
