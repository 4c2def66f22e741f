"""What a phone asks of the inbox again and again: what has changed, what is unread, all at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from notifications import deliveries, dispatcher
from notifications.deliveries import UNTOLD, Delivery, DeliveryChannel, DeliveryState, Wanted
from notifications.messages import NOTICES as HOUSE
from services.kernel.act import Act
from services.kernel.refusals import NotAllowed
from services.policy import MACHINE
from services.sessions import SessionOpened, SignInSession
from tests.make import Make
from tests.notifications.conftest import NOTICES, Phones, bearer

INBOX = "/api/v1/inbox"


@pytest.fixture
def told(phones: Phones, make: Make) -> SignInSession:
    """Somebody who has been told three things."""
    opened = phones.rings()
    for _ in range(2):
        phones.act(opened).record(SessionOpened(opened.id))
    make.session.flush()
    dispatcher.dispatch(make.act(MACHINE), NOTICES)
    return opened


@pytest.fixture
def worded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the house tell of sign-ins, which it does not."""
    monkeypatch.setitem(HOUSE, "SessionOpened", NOTICES["SessionOpened"])


def _lines(act: Act) -> list[Delivery]:
    return list(act.session.scalars(deliveries.visible(act).order_by(Delivery.id)))


def _marked(client: FlaskClient, app: Flask, told: SignInSession, body: object) -> Any:
    reply = client.post(f"{INBOX}/readings", json=body, headers=bearer(app, told))
    assert reply.status_code == 200, reply.json
    return reply.json


def _page(client: FlaskClient, app: Flask, told: SignInSession, query: str = "") -> Any:
    reply = client.get(f"{INBOX}{query}", headers=bearer(app, told))
    assert reply.status_code == 200, reply.json
    return reply.json


def _counted(make: Make, ask: Callable[[], Any]) -> list[str]:
    """The statements that the database is asked."""
    counted: list[str] = []
    connection = make.session.connection()
    make.session.expire_all()

    def count(*args: object) -> None:
        counted.append(str(args[2]))

    event.listen(connection, "before_cursor_execute", count)
    ask()
    event.remove(connection, "before_cursor_execute", count)
    return [one for one in counted if "SAVEPOINT" not in one]


@pytest.mark.usefixtures("worded")
def test_several_are_read_at_once_and_what_is_unknown_keeps_none_back(
    app: Flask, client: FlaskClient, told: SignInSession
) -> None:
    ids = [line["id"] for line in _page(client, app, told)["items"]]
    unknown = str(uuid4())
    body = {"ids": [ids[0], unknown, ids[2]]}

    first = _marked(client, app, told, body)
    again = _marked(client, app, told, body)

    assert (first["read"], first["unknown"]) == ([ids[0], ids[2]], [unknown])
    assert (first["unread"], first["version"], first["more"]) == (1, 5, False)
    assert again == first, "what was read is read"


def test_all_that_was_shown_is_read_and_what_came_since_is_not(
    app: Flask, client: FlaskClient, phones: Phones, make: Make, told: SignInSession
) -> None:
    shown = _page(client, app, told)["version"]
    phones.act(told).record(SessionOpened(told.id))
    make.session.flush()
    dispatcher.dispatch(make.act(MACHINE), NOTICES)

    marked = _marked(client, app, told, {"until_version": shown})

    assert (len(marked["read"]), marked["unread"], marked["more"]) == (3, 1, False)
    assert _marked(client, app, told, {"until_version": shown})["read"] == []


def test_many_are_read_in_several_goes(
    phones: Phones, told: SignInSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "AT_ONCE", 2)
    act = phones.act(told)

    def until_now() -> deliveries.Marked:
        inbox = deliveries.own(act)
        return deliveries.read_until(act, inbox, version=3, wanted=Wanted(), notices=NOTICES)

    goes = [until_now() for _ in range(2)]
    assert [(len(one.read), one.more) for one in goes] == [(2, True), (1, False)]


def test_reading_stops_the_pushes_of_what_was_read(phones: Phones, make: Make) -> None:
    opened = phones.rings("phone")
    dispatcher.dispatch(make.act(MACHINE), NOTICES)
    act = phones.act(opened)
    (line,) = _lines(act)

    deliveries.read_these(act, deliveries.own(act), [line.item])

    pushes = select(Delivery.state).where(
        Delivery.item == line.item, Delivery.channel != DeliveryChannel.INBOX
    )
    states = make.session.scalars(pushes).all()
    assert states == [DeliveryState.SUPERSEDED]


def test_nobody_marks_another_s_lines(
    app: Flask, client: FlaskClient, phones: Phones, told: SignInSession
) -> None:
    other = phones.signed_in()
    (line, *_) = _lines(phones.act(told))

    assert _marked(client, app, other, {"ids": [str(line.item)]})["unknown"] == [str(line.item)]
    stranger, own = phones.act(other), deliveries.own(phones.act(told))
    with pytest.raises(NotAllowed):
        deliveries.read_these(stranger, own, [line.item])
    with pytest.raises(NotAllowed):
        deliveries.read_until(stranger, own, version=9, wanted=Wanted(), notices=NOTICES)
    assert line.read_at is None


@pytest.mark.parametrize(
    "wrong", [{}, {"ids": []}, {"ids": ["x"]}, {"ids": [str(uuid4())], "until_version": 1}]
)
def test_either_lines_or_a_version_is_named(
    app: Flask, client: FlaskClient, told: SignInSession, wrong: object
) -> None:
    reply = client.post(f"{INBOX}/readings", json=wrong, headers=bearer(app, told))

    assert reply.status_code == 422


@pytest.mark.usefixtures("worded")
def test_an_inbox_is_filtered(app: Flask, client: FlaskClient, told: SignInSession) -> None:
    ids = [line["id"] for line in _page(client, app, told)["items"]]
    _marked(client, app, told, {"ids": ids[:1]})

    def shown(query: str) -> list[str]:
        return [line["id"] for line in _page(client, app, told, query)["items"]]

    assert shown("?unread=true") == ids[1:]
    assert shown("?class=task&class=urgent") == ids
    assert shown("?class=alarm") == []
    assert shown("?group=conftest") == ids
    assert shown("?group=cases") == []
    assert shown("?since=2026-03-02T04:00:00Z") == ids
    assert shown("?since=2026-03-02T04:00:01Z") == []


def test_an_inbox_is_said_in_the_reader_s_language(
    app: Flask, client: FlaskClient, told: SignInSession
) -> None:
    english = bearer(app, told) | {"Accept-Language": "en-GB"}

    line = client.get(INBOX, headers=english).json["items"][0]  # type: ignore[index]

    assert UNTOLD.en is not None
    assert line["title"] == UNTOLD.en.title
    assert _page(client, app, told)["items"][0]["title"] == UNTOLD.title


def test_what_has_been_replaced_is_shown_as_such(
    app: Flask, client: FlaskClient, phones: Phones, make: Make, told: SignInSession
) -> None:
    again = replace(NOTICES["SessionOpened"], topic=lambda _event: "session")
    for _ in range(2):
        phones.act(told).record(SessionOpened(told.id))
        make.session.flush()
        dispatcher.dispatch(make.act(MACHINE), {"SessionOpened": again})

    page = _page(client, app, told, "?limit=2")

    assert [line["superseded"] for line in page["items"]] == [False, True]
    assert page["unread"] == 4


def test_what_changed_comes_in_the_order_of_the_changes(
    app: Flask, client: FlaskClient, told: SignInSession
) -> None:
    ids = [line["id"] for line in _page(client, app, told)["items"]]
    _marked(client, app, told, {"ids": [ids[2]]})

    def since(version: int, limit: int = 20) -> Any:
        return _page(client, app, told, f"/changes?after_version={version}&limit={limit}")

    assert [line["id"] for line in since(0)["items"]] == [ids[1], ids[0], ids[2]]
    assert [line["id"] for line in since(3)["items"]] == [ids[2]]
    first = since(0, limit=2)
    assert (first["version"], first["more"], first["unread"]) == (3, True, 2)
    rest = since(first["version"])
    assert (len(rest["items"]), rest["version"], rest["more"]) == (1, 4, False)
    assert since(4) == {"items": [], "version": 4, "more": False, "unread": None, "poll_after": 0}
    gone = client.get(f"{INBOX}/changes?after_version=5", headers=bearer(app, told))
    assert (gone.status_code, gone.json["type"]) == (410, "/problems/inbox-rewound")  # type: ignore[index]


def test_an_inbox_that_has_not_changed_costs_one_read_beside_the_account(
    app: Flask, client: FlaskClient, make: Make, told: SignInSession
) -> None:
    headers = bearer(app, told)
    known = client.get(INBOX, headers=headers).headers["ETag"]
    again = headers | {"If-None-Match": known}

    asked = _counted(make, lambda: client.get(INBOX, headers=again))
    polled = _counted(make, lambda: client.get(f"{INBOX}/changes?after_version=3", headers=headers))

    reply = client.get(INBOX, headers=again)
    assert (reply.status_code, reply.headers["ETag"], reply.data) == (304, '"3"', b"")
    for statements in (asked, polled):
        assert len(statements) == 3, statements
        assert "legal_clock" in statements[0]
        assert "FROM sessions" in statements[1]
        assert "FROM inboxes" in statements[2]
    english = client.get(INBOX, headers=again | {"Accept-Language": "en"})
    assert (english.status_code, english.headers["ETag"]) == (200, '"3-en"')


def test_a_change_is_never_answered_as_unchanged(
    app: Flask, client: FlaskClient, told: SignInSession
) -> None:
    known = client.get(INBOX, headers=bearer(app, told)).headers["ETag"]
    ids = [line["id"] for line in _page(client, app, told)["items"]]
    client.put(f"{INBOX}/{ids[0]}/reading", headers=bearer(app, told))

    reply = client.get(INBOX, headers=bearer(app, told) | {"If-None-Match": known})

    assert (reply.status_code, reply.headers["ETag"]) == (200, '"4"')
