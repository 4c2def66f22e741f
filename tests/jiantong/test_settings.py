"""What the surroundings decide."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.kernel.settings import Misconfigured, Settings


def test_nothing_has_to_be_set() -> None:
    settings = Settings.from_environment({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.access_token_for == timedelta(minutes=15)
    assert not settings.demo
    assert settings.fcm_credentials is None


def test_an_embedded_database_is_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir()
    urls = {role: f"postgresql+psycopg://{role}@/x?host={folder}/socket" for role in ("a", "b")}
    (folder / "urls.json").write_text(json.dumps({"owner_url": urls["a"], "app_url": urls["b"]}))
    settings = Settings.from_environment({"DATA_DIR": str(tmp_path)})
    assert (settings.owner_url, settings.app_url) == (urls["a"], urls["b"])
    assert settings.is_embedded


def test_a_database_of_your_own_comes_first(tmp_path: Path) -> None:
    given = {"DATA_DIR": str(tmp_path), "DATABASE_URL": "postgres://me:password@db.test:5433/x"}
    settings = Settings.from_environment(given)
    assert settings.owner_url == "postgresql+psycopg://me:password@db.test:5433/x"
    assert settings.app_url == "postgresql+psycopg://jiantong_app@db.test:5433/x"
    assert not settings.is_embedded
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "jiantong_app").write_text("jiantong_app_2:secret")
    app_url = Settings.from_environment(given).app_url
    assert app_url == "postgresql+psycopg://jiantong_app_2:secret@db.test:5433/x"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PORT", "٨٠٨٠"),
        ("DATABASE_URL", "mysql://db.test/x"),
        ("DEMO", "perhaps"),
        ("ATTACHMENT_LIMIT_BYTES", "-1"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(name: str, value: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        Settings.from_environment({name: value})
    assert str(refused.value).startswith(name)
    assert str(refused.value).count("\n") == 0


def test_a_child_reads_the_same_settings(tmp_path: Path) -> None:
    settings = replace(
        Settings.from_environment({"DATA_DIR": str(tmp_path), "PORT": "8123", "DEMO": "yes"}),
        owner_url="postgresql+psycopg://a@/x",
        app_url="postgresql+psycopg://b@/x",
        fcm_credentials=tmp_path / "account.json",
        fcm_proxy="http://127.0.0.1:8124",
        fcm_ca=tmp_path / "ca.pem",
        fcm_simulator="http://127.0.0.1:8124",
        web_push_contact="mailto:it@jiantong.example",
        web_push_hosts=("push.example", "*.push.example", "http://127.0.0.1:8125"),
        hms_app_id="100000001",
        hms_secret=tmp_path / "hms-secret",
        hms_url="http://127.0.0.1:8126",
    )
    assert Settings.from_environment(settings.as_environment()) == settings


def test_settings_are_shown_without_passwords() -> None:
    given = {"DATABASE_URL": "postgresql://me:password@db.test/x"}
    assert "password" not in repr(Settings.from_environment(given))


def test_the_addresses_of_passkeys_are_secure_or_this_machine() -> None:
    given = {"PUBLIC_URL": "https://jiantong.example/, http://localhost:8000"}

    told = Settings.from_environment(given).public_urls

    assert told == ("https://jiantong.example", "http://localhost:8000")
    with pytest.raises(Misconfigured, match="PUBLIC_URL"):
        Settings.from_environment({"PUBLIC_URL": "http://jiantong.example"})
