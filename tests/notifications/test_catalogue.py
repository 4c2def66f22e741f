"""What every kind of message says is written down, in both languages, version after version."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from notifications import catalogue
from notifications.catalogue import CatalogueError, missing, rendered, written
from notifications.messages import Message, Notice, Words, notices
from tests.notifications.conftest import Phones, bearer

KIND = "CaseAccepted"
CHINESE = re.compile(r"[一-鿿]+")


def _saying(notice: Notice, said: Message) -> Notice:
    return replace(notice, write=lambda _event, _about: said)


@pytest.mark.parametrize("kind", sorted(notices()))
def test_what_is_said_today_is_the_last_version_written_down(kind: str) -> None:
    assert written()[kind][-1] == rendered(kind, notices()[kind])


@pytest.mark.parametrize("kind", sorted(notices()))
def test_english_words_are_english(kind: str) -> None:
    said = rendered(kind, notices()[kind])

    assert re.search(r"[a-z]{2}", said.en.title), said.en.title
    assert not CHINESE.search(said.en.title)
    stay = CHINESE.findall(said.en.body)
    assert all(name in said.zh.body for name in stay), "only names and numbers stay Chinese"


def test_versions_are_numbered_from_one_without_gaps() -> None:
    for kind, versions in written().items():
        assert [one.version for one in versions] == list(range(1, len(versions) + 1)), kind
        assert kind in notices()


def test_new_words_need_a_new_version() -> None:
    notice = notices()[KIND]
    changed = _saying(notice, Message("新", "新", "/", en=Words("New", "New")))

    with pytest.raises(CatalogueError, match="version=2"):
        missing(written(), {KIND: changed})
    assert missing(written(), {KIND: notice}) == {}
    second = missing(written(), {KIND: replace(changed, version=2)})
    assert second[KIND].zh == Words("新", "新")
    with pytest.raises(CatalogueError, match="version=2, and has 3"):
        missing(written(), {KIND: replace(changed, version=3)})


def test_a_kind_without_a_sample_or_without_english_fails_the_build() -> None:
    notice = notices()[KIND]

    with pytest.raises(CatalogueError, match="no sample"):
        missing(written(), {KIND: replace(notice, sample=None)})
    with pytest.raises(CatalogueError, match="nothing in English"):
        missing(written(), {KIND: _saying(notice, Message("新", "新", "/"))})


def test_what_is_not_written_down_fails_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue.main(["--check"]) == 0
    changed = replace(notices()[KIND], version=2)

    assert catalogue.main(["--check"], {**notices(), KIND: changed}) == 1
    assert KIND in capsys.readouterr().err


def test_the_gallery_shows_every_kind(app: Flask, client: FlaskClient, phones: Phones) -> None:
    reply = client.get("/api/v1/message-templates", headers=bearer(app, phones.signed_in()))

    assert reply.status_code == 200, reply.json
    shown = {one["kind"]: one for one in reply.json["items"]}  # type: ignore[index]
    assert set(shown) == set(notices())
    assert shown[KIND]["current"]["zh"]["title"] == "案件已受理"
    assert shown[KIND]["current"]["en"]["title"] == "Case accepted"
    assert shown[KIND]["earlier"] == []


def test_nobody_signed_out_sees_the_gallery(client: FlaskClient) -> None:
    assert client.get("/api/v1/message-templates").status_code == 401
