"""Parsing of the settings, and the errors that name them."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from digitreader.errors import SettingsError
from digitreader.settings import Settings

README = Path(__file__).parents[1] / "README.md"


def test_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()


def test_variable_overrides_its_default() -> None:
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
        ("MAX_BODY_BYTES", "16MiB", "a whole number from 1024 to 33554432"),
        ("API_KEYS", ", ", "at least one"),
        ("CASSANDRA_HOSTS", "", "at least one host"),
        ("SQLITE_FILE", "", "a file's path"),
        ("SQLITE_FILE", ":memory:", "a file's path"),
        ("ALLOWED_ORIGINS", "https://a.example/", "origins such as"),
        ("ALLOWED_ORIGINS", "*,a.example", "origins such as"),
        ("ALLOWED_ORIGINS", "https://A.example", "origins such as"),
    ],
)
def test_invalid_value_is_named(variable: str, value: str, expected: str) -> None:
    value_told = re.escape(repr(value))
    with pytest.raises(SettingsError, match=f"{variable}: expected {expected}.*, got {value_told}"):
        Settings.from_environment({variable: value})


@pytest.mark.parametrize("value", ["abc", "MFkwEwYHKoZIzj0CAQ=="])
def test_what_is_no_public_key_is_not_shown(value: str) -> None:
    """It may be the private key."""
    with pytest.raises(SettingsError, match="MODEL_PUBLIC_KEY: expected an Ed25519") as refused:
        Settings.from_environment({"MODEL_PUBLIC_KEY": value})
    assert value not in refused.value.message


@pytest.mark.parametrize("origin", ["*", "null", "http://[::1]:8000", "capacitor://localhost"])
def test_every_kind_of_origin_is_allowed(origin: str) -> None:
    assert Settings.from_environment({"ALLOWED_ORIGINS": origin}).allowed_origins == (origin,)


def test_password_is_not_shown() -> None:
    assert "secret" not in repr(Settings.from_environment({"CASSANDRA_PASSWORD": "secret"}))


def test_readme_lists_exactly_the_settings() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? *\| (.+) \|$", README.read_text(), re.M)
    assert rows == [
        (each.name.upper(), each.metadata["default"], each.metadata["meaning"])
        for each in fields(Settings)
    ]
