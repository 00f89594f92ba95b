"""Parsing of the settings, and the errors that name them."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from digitreader.errors import SettingsError
from digitreader.settings import Settings

README = Path(__file__).parents[1] / "README.md"


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()


def test_a_variable_overrides_its_default() -> None:
    settings = Settings.from_environment(
        {"MODEL_REFRESH_SECONDS": "10", "ALLOWED_ORIGINS": "https://a.example, https://b.example"}
    )
    assert settings.model_refresh_seconds == 10
    assert settings.allowed_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("RESULTS_STORE", "mysql", "one of sqlite, cassandra, none"),
        ("STORE_BUDGET_MS", "soon", "a whole number from 1 to 60000"),
        ("IDENTIFIED_FROM", "60", "a number from 0 to 1"),
        ("IDENTIFIED_FROM", "nan", "a number from 0 to 1"),
        ("CASSANDRA_TLS", "yes", "0 or 1"),
        ("MODEL_PUBLIC_KEY", "abc", "an Ed25519 public key"),
        ("MODEL_PUBLIC_KEY", "MFkwEwYHKoZIzj0CAQ==", "an Ed25519 public key"),
    ],
)
def test_invalid_value_is_named(variable: str, value: str, expected: str) -> None:
    with pytest.raises(SettingsError, match=f"{variable}: expected {expected}.*, got '{value}'"):
        Settings.from_environment({variable: value})


def test_the_password_is_not_shown() -> None:
    assert "secret" not in repr(Settings.from_environment({"CASSANDRA_PASSWORD": "secret"}))


def test_readme_lists_exactly_the_settings() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? *\| (.+) \|$", README.read_text(), re.M)
    assert rows == [
        (each.name.upper(), each.metadata["default"], each.metadata["meaning"])
        for each in fields(Settings)
    ]
