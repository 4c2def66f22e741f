"""The inbox: one's own, newest first, in words made when it is read."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from notifications import deliveries, dispatcher
from notifications.audiences import HANDLER, person, pool, together
from notifications.deliveries import UNTOLD, Delivery
from notifications.messages import NOTICES as HOUSE
from notifications.messages import Message, Notice, Urgency
from services import assignments
from services.kernel.act import Act, Actor
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person, Post
from services.policy import MACHINE, PostKind
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


@pytest.mark.usefixtures("worded")
def test_the_newest_line_comes_first_with_the_number_unread(
    app: Flask, client: FlaskClient, told: SignInSession
) -> None:
    first = client.get(f"{INBOX}?limit=2", headers=bearer(app, told)).json
    assert first is not None
    rest = client.get(f"{INBOX}?cursor={first['next_cursor']}", headers=bearer(app, told)).json
    assert rest is not None

    ids = [line["id"] for line in first["items"] + rest["items"]]
    assert (len(set(ids)), rest["next_cursor"], first["unread"]) == (3, None, 3)
    assert first["items"][0] == {
        "id": ids[0],
        "kind": "SessionOpened",
        "title": "您已登录",
        "body": f"登录记录 {told.id}",
        "link": "/me",
        "class": "task",
        "at": "2026-03-02T04:00:00Z",
        "read_at": None,
        "group": "conftest",
        "superseded": False,
    }


def test_reading_is_noted_once(app: Flask, client: FlaskClient, told: SignInSession) -> None:
    line = client.get(INBOX, headers=bearer(app, told)).json["items"][1]  # type: ignore[index]
    path = f"{INBOX}/{line['id']}"

    first = client.put(f"{path}/reading", headers=bearer(app, told))
    again = client.put(f"{path}/reading", headers=bearer(app, told))

    assert (first.status_code, again.status_code) == (200, 200), first.json
    assert first.json == again.json == client.get(path, headers=bearer(app, told)).json
    assert first.json is not None
    assert first.json["read_at"]
    assert client.get(INBOX, headers=bearer(app, told)).json["unread"] == 2  # type: ignore[index]


def test_an_arrival_is_noted(app: Flask, client: FlaskClient, told: SignInSession) -> None:
    line = client.get(INBOX, headers=bearer(app, told)).json["items"][0]  # type: ignore[index]

    reply = client.put(f"{INBOX}/{line['id']}/arrival", headers=bearer(app, told))

    assert reply.status_code == 204


def test_nobody_sees_another_s_line(
    app: Flask, client: FlaskClient, phones: Phones, told: SignInSession
) -> None:
    other = phones.signed_in()
    line = client.get(INBOX, headers=bearer(app, told)).json["items"][0]  # type: ignore[index]
    path = f"{INBOX}/{line['id']}"

    assert client.get(path, headers=bearer(app, other)).status_code == 404
    assert client.put(f"{path}/reading", headers=bearer(app, other)).status_code == 404
    assert client.put(f"{path}/arrival", headers=bearer(app, other)).status_code == 404
    assert client.get(INBOX, headers=bearer(app, other)).json == {
        "items": [],
        "next_cursor": None,
        "unread": 0,
        "version": 0,
    }


def test_the_law_says_so_too(phones: Phones, told: SignInSession) -> None:
    other = phones.act(phones.signed_in())
    (line, *_) = _lines(phones.act(told))

    with pytest.raises(NotFound):
        deliveries.find(other, line.item)
    with pytest.raises(NotAllowed):
        deliveries.read(other, line)
    with pytest.raises(NotAllowed):
        deliveries.arrive(other, line)
    with pytest.raises(NotFound):
        deliveries.find(phones.act(told), uuid4())


def test_a_writer_s_mistake_costs_one_line_s_words(phones: Phones, told: SignInSession) -> None:
    act = phones.act(told)
    lines = _lines(act)

    def write(_event: SessionOpened, _session: SignInSession) -> Message:
        raise KeyError

    working = NOTICES["SessionOpened"]
    broken = Notice(working.about, working.to, write, working.urgency, None)

    shown = deliveries.items(act, lines, {"SessionOpened": broken})
    assert [item.title for item in shown] == [UNTOLD.title] * 3
    assert [item.title for item in deliveries.items(act, lines, {})] == ([UNTOLD.title] * 3)


def test_words_are_for_whoever_would_be_told_today(phones: Phones, make: Make) -> None:
    office = make.office()
    manager = make.person(PostKind.CASE_MANAGER, office)
    post = make.post(make.person(), PostKind.CLERK, office)
    about = Notice(
        Post,
        together(person("person_id"), pool(PostKind.CASE_MANAGER, of="office_id")),
        lambda _event, post: Message("岗位", str(post.id), "/me"),
        Urgency.INFO,
        None,
    )
    notices = {"SessionOpened": about}
    make.act(manager).record(SessionOpened(post.id))
    make.session.flush()
    dispatcher.dispatch(make.act(MACHINE), notices)

    def shown(act: Act) -> list[str]:
        return [item.title for item in deliveries.items(act, _lines(act), notices)]

    assert shown(make.act(manager)) == ["岗位"]
    assert shown(make.act(Actor(manager.id, frozenset()))) == [UNTOLD.title], "the post is gone"
    holder = make.session.get_one(Person, post.person_id)
    assert shown(make.act(holder)) == ["岗位"]
    post.person_id = phones.person().id
    make.session.flush()
    assert shown(make.act(holder)) == [UNTOLD.title], "somebody else holds it now"


def test_a_handler_who_has_left_the_post_is_told_no_more(make: Make) -> None:
    town = make.town()
    case = make.case(town)
    assignments.assign(make.act(town.manager), case)
    here, gone = make.act(town.prosecutor), make.act(Actor(town.prosecutor.id, frozenset()))

    assert HANDLER.people(make.session, case) == {town.prosecutor.id}
    assert [HANDLER.includes(act.actor, case) for act in (here, gone)] == [True, False]
    post = make.session.scalars(select(Post).where(Post.person_id == town.prosecutor.id)).one()
    post.until_on = make.now.date()
    make.session.flush()
    assert HANDLER.people(make.session, case) == set()


@pytest.mark.usefixtures("worded")
def test_a_long_inbox_takes_no_more_queries(
    app: Flask, client: FlaskClient, phones: Phones, make: Make, told: SignInSession
) -> None:
    counted: list[str] = []
    connection = make.session.connection()

    def count(*args: object) -> None:
        counted.append(str(args[2]))

    def queries() -> int:
        counted.clear()
        make.session.expire_all()
        event.listen(connection, "before_cursor_execute", count)
        reply = client.get(f"{INBOX}?limit=50", headers=bearer(app, told))
        event.remove(connection, "before_cursor_execute", count)
        assert reply.status_code == 200
        return len(counted)

    few = queries()
    for _ in range(20):
        phones.act(told).record(SessionOpened(told.id))
    make.session.flush()
    dispatcher.dispatch(make.act(MACHINE), NOTICES)

    assert queries() == few
