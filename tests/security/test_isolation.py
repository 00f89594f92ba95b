"""Isolation of sessions: no access to other sessions' results."""

import secrets
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.drawings import ONE
from tests.harness.client import Client

Sent = dict[str, Any]


def a_session() -> str:
    return secrets.token_hex(16)


def rows_of(client: Client, session: str) -> list[Sent]:
    rows: list[Sent] = client.get(f"/results?session={session}").json()["results"]
    return rows


@pytest.fixture
def mine(client: Client) -> tuple[str, Sent]:
    """Return a session and its only result."""
    session = a_session()
    client.post("/", json={"pixels": ONE, "session": session, "source": "draw"})
    (row,) = rows_of(client, session)
    return session, row


def attacks(id: str, other: str) -> list[tuple[str, str, Sent | None]]:
    """Return attacks with a result's id and another session."""
    query = f"session={other}&id={id}"
    turned = list(reversed(ONE))
    return [
        ("GET", f"/results?session={other}&before={id}", None),
        ("GET", f"/results?session={other}&session=%25&limit=500", None),
        ("GET", f"/results.csv?session={other}&id={id}", None),
        ("DELETE", f"/results?{query}", None),
        ("DELETE", f"/results?session={other}", None),
        ("POST", "/feedback", {"id": id, "label": 9, "session": other}),
        ("POST", "/feedback", {"id": id, "label": 9}),
        ("POST", "/feedback", {"id": id, "label": 9, "session": None}),
        ("POST", "/feedback", {"id": id.upper(), "label": 9, "session": other}),
        ("POST", "/", {"pixels": turned, "id": id, "session": other, "filename": "mine now"}),
        ("POST", "/", {"pixels": turned, "id": id}),
        ("POST", "/", {"instances": [{"pixels": turned, "id": id}], "session": other}),
        ("DELETE", f"/results?{query}", None),
        ("DELETE", f"/results?session={other}", None),
    ]


def test_id_alone_gives_no_access(client: Client, mine: tuple[str, Sent]) -> None:
    session, row = mine
    other = a_session()
    for method, path, body in attacks(row["id"], other):
        answer = client.request(method, path, json=body).text
        assert session not in answer
        assert '"draw"' not in answer and ",draw," not in answer
        assert rows_of(client, session) == [row], (method, path, body)


@pytest.mark.parametrize(
    "guess",
    [
        "",
        "%",
        "*",
        "' OR ''='",
        "0" * 31,
        "0" * 33,
        "\x00" * 32,
        "_" * 32,
        "../" * 10 + "aa",
        "null",
    ],
)
def test_invalid_session_is_refused_on_every_path(client: Client, guess: str) -> None:
    query = {"session": guess}
    for response in (
        client.get("/results", params=query),
        client.get("/results.csv", params=query),
        client.delete("/results", params=query),
        client.post("/feedback", json={"id": str(uuid4()), "label": 1, "session": guess}),
        client.post("/", json={"pixels": ONE, "session": guess}),
    ):
        assert response.status_code == 422
        assert response.json()["error"]["field"] == "session"


def test_unknown_and_foreign_ids_get_the_same_answers(
    client: Client, mine: tuple[str, Sent]
) -> None:
    theirs, unknown, session = mine[1]["id"], str(uuid4()), a_session()

    def answers(id: str) -> list[tuple[int, list[tuple[str, str]], str]]:
        asked = [
            client.post("/feedback", json={"id": id, "label": 1, "session": session}),
            client.post("/feedback", json={"id": id, "label": 1}),
            client.delete(f"/results?session={session}&id={id}"),
            client.get(f"/results?session={session}&before={id}"),
        ]
        return [
            (each.status_code, sorted(each.headers.items()), each.text.replace(id, "ID"))
            for each in asked
        ]

    assert answers(theirs) == answers(unknown)


def test_unknown_and_erased_sessions_get_the_same_answers(
    client: Client, mine: tuple[str, Sent]
) -> None:
    client.delete(f"/results?session={mine[0]}")
    for path in ("/results", "/results.csv"):
        known, unknown = (client.get(f"{path}?session={each}") for each in (mine[0], a_session()))
        assert (known.status_code, known.content) == (unknown.status_code, unknown.content)


def test_ids_cannot_be_guessed_from_each_other(
    client: Client,
) -> None:
    batch = client.post("/", json={"instances": [ONE] * 300}).json()["predictions"]
    ids = [UUID(each["id"]).int for each in batch]
    assert len(set(ids)) == 300
    tails = [id & (2**32 - 1) for id in ids]
    # Each random bit is set in about half of the ids: 150 ± 6 standard deviations.
    for bit in range(32):
        assert 98 <= sum(tail >> bit & 1 for tail in tails) <= 202


class Sessions(RuleBasedStateMachine):
    """Three sessions, and a client without one, against a model of their results."""

    client: Client

    def __init__(self) -> None:
        super().__init__()
        self.sessions = [a_session() for _ in range(3)]
        self.ids = [str(uuid4()) for _ in range(3)]
        self.seen: dict[tuple[str | None, str], int | None] = {}

    @rule(who=st.integers(0, 3), which=st.integers(0, 2), batch=st.booleans())
    def record(self, who: int, which: int, batch: bool) -> None:
        session, id = self.one(who), self.ids[which]
        image = {"pixels": ONE, "id": id}
        body = {"instances": [image]} if batch else image
        assert self.client.post("/", json=body | {"session": session}).status_code == 200
        self.seen.setdefault((session, id), None)

    @rule(who=st.integers(0, 3), which=st.integers(0, 2), label=st.integers(0, 9))
    def label(self, who: int, which: int, label: int) -> None:
        session, id = self.one(who), self.ids[which]
        body = {"id": id, "label": label, "session": session}
        known = (session, id) in self.seen
        assert self.client.post("/feedback", json=body).status_code == (204 if known else 404)
        if known:
            self.seen[session, id] = label

    @rule(who=st.integers(0, 2), which=st.none() | st.integers(0, 2))
    def erase(self, who: int, which: int | None) -> None:
        query = {"session": self.sessions[who]} | ({} if which is None else {"id": self.ids[which]})
        assert self.client.delete("/results", params=query).status_code == 204
        for id in self.ids if which is None else [self.ids[which]]:
            self.seen.pop((self.sessions[who], id), None)

    @invariant()
    def each_sees_its_own(self) -> None:
        for session in self.sessions:
            shown = {row["id"]: row["label"] for row in rows_of(self.client, session)}
            assert shown == {id: at for (own, id), at in self.seen.items() if own == session}

    def one(self, who: int) -> str | None:
        return self.sessions[who] if who < 3 else None


def test_each_session_sees_only_its_own_results(client: Client) -> None:
    machine = type("Sessions", (Sessions,), {"client": client})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
