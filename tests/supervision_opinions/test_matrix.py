"""No address of the whole house shows a sealed opinion, and none shows a supervisor a case."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker
from werkzeug.test import TestResponse

from api.limits import Limit, Limits
from api.resource import PREFIX
from notifications import dispatcher
from notifications.messages import notices
from services import supervision_opinions
from services.arrest_reviews import ArrestReview
from services.deadlines import Deadline
from services.people import Person
from services.policy import THREE_OFFICERS, PostKind
from services.supervision_opinions import Adoption, SupervisionOpinion
from tests.make import Make
from tests.phones import Phones
from tests.supervision_opinions.conftest import CANARY, Stage, staged

ANSWER = "答复里独有的一句话"
WHERE = (
    "/activities/<int:activity_id>/opinions",
    "/cases/<int:case_id>/supervision-opinions",
    "/supervision-opinions",
    "/supervision-opinions/<int:opinion_id>",
)
"""The only addresses at which words of an opinion are read."""
OWN = {WHERE[0], *WHERE[2:]}
OURS = ("supervision", "activit", "invitation", "task", "inbox", "cases", "agenda", "monitoring")
STAFF = [kind for kind in PostKind if kind is not PostKind.SUPERVISOR]


@pytest.fixture
def patient(app: Flask) -> Iterator[None]:
    """Somebody may knock at every door in one breath."""
    known = app.extensions["limits"]
    app.extensions["limits"] = Limits(person=Limit(burst=10**6, per_second=10**6))
    yield
    app.extensions["limits"] = known


@pytest.fixture
def stage(make: Make) -> Stage:
    return staged(make, 2)


@pytest.mark.usefixtures("patient")
def test_a_sealed_opinion_is_shown_nowhere(phones: Phones, stage: Stage) -> None:
    stage.give(0)
    _tell(stage)

    assert _showing(phones, stage, _everybody(stage), CANARY) == set()
    assert _showing(phones, stage, stage.author(0), CANARY, rooms=OURS) == OWN


@pytest.mark.usefixtures("patient")
def test_a_supervisor_finds_nothing_of_the_case_nor_of_others_anywhere(
    phones: Phones, stage: Stage
) -> None:
    _answered(stage)
    of_the_case = (stage.case.suspects[0].name, stage.case.number)

    assert _showing(phones, stage, stage.author(1), CANARY, ANSWER, *of_the_case) == set()
    assert _showing(phones, stage, stage.author(0), *of_the_case, rooms=OURS) == set()
    for words in of_the_case:
        assert _showing(phones, stage, stage.town.prosecutor, words, rooms=("/cases",))


@pytest.mark.usefixtures("patient")
def test_an_opened_opinion_is_shown_in_the_case_file_and_not_elsewhere(
    phones: Phones, stage: Stage
) -> None:
    _answered(stage)

    for person in (stage.bureau.officer, stage.town.officer):
        assert _showing(phones, stage, person, CANARY, ANSWER, rooms=OURS) == set()
    assert _showing(phones, stage, _everybody(stage), CANARY, rooms=OURS) == set(WHERE)


@pytest.mark.prove
@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("kind", STAFF)
def test_no_single_post_opens_a_sealed_opinion(
    phones: Phones, stage: Stage, kind: PostKind
) -> None:
    stage.give(0)
    _tell(stage)
    for office in (stage.town.procuratorate, stage.town.police, stage.bureau.office):
        person = stage.make.person(kind, office)
        assert _showing(phones, stage, person, CANARY) == set()


@pytest.mark.prove
@pytest.mark.usefixtures("patient")
def test_the_organ_and_the_police_read_no_word_anywhere(phones: Phones, stage: Stage) -> None:
    _answered(stage)
    for person in (stage.bureau.officer, stage.town.officer, stage.author(1)):
        assert _showing(phones, stage, person, CANARY, ANSWER) == set()


def _answered(stage: Stage) -> None:
    supervision_opinions.answer(
        stage.act(stage.town.prosecutor),
        stage.unsealed(),
        adoption=Adoption.PARTLY_ADOPTED,
        reasons=ANSWER,
    )
    _tell(stage)


def _everybody(stage: Stage) -> Person:
    """The handler, who holds every post of the town, the police, the organ, and above.

    But those of the three officers, which nobody holds beside another (三员分立).
    """
    make, town = stage.make, stage.town
    upper = make.office()
    stage.case.raised_to_id = upper.id
    make.session.flush()
    for kind in (kind for kind in STAFF if kind not in THREE_OFFICERS):
        for office in (town.procuratorate, town.police, stage.bureau.office, upper):
            if (kind, office) != (PostKind.PROSECUTOR, town.procuratorate):
                make.post(town.prosecutor, kind, office)
    return town.prosecutor


def _tell(stage: Stage) -> None:
    """Let everybody's inbox have what there is to tell."""
    make = stage.make
    make.session.flush()
    sessions = sessionmaker(
        make.session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False
    )
    dispatcher.drain(sessions, notices())


def _showing(
    phones: Phones, stage: Stage, person: Person, *words: str, rooms: tuple[str, ...] = ("",)
) -> set[str]:
    """Every address that answers that person with any of these words."""
    phone = phones.of(person)
    found, opened = set(), 0
    for rule, address in _addresses(phones.app, stage):
        if not any(room in rule for room in rooms):
            continue
        reply = phone.get(address)
        body = _body(reply)
        assert reply.status_code < 500, (address, body)
        opened += reply.status_code == 200
        if any(one.encode() in body for one in words):
            found.add(rule)
    assert opened > 1
    return found


def _body(reply: TestResponse) -> bytes:
    """What was answered; of a stream, which has no end, what it begins with."""
    if reply.mimetype != "text/event-stream":
        return reply.get_data()
    begun = next(reply.iter_encoded())
    reply.close()
    return begun


def _addresses(app: Flask, stage: Stage) -> list[tuple[str, str]]:
    """Every rule that answers a GET, and an address of it that names what is there."""
    session = stage.make.session
    known = {
        "case_id": stage.case.id,
        "activity_id": stage.activity.id,
        "invitation_id": stage.invited[0].id,
        "supervisor_id": stage.supervisor().id,
        "suspect_id": stage.case.suspects[0].id,
        "office_id": stage.town.procuratorate.id,
        "request_id": stage.case.arrest_request_id,
        "review_id": session.scalar(
            select(ArrestReview.id).where(ArrestReview.case_id == stage.case.id)
        ),
        "deadline_id": session.scalar(
            select(Deadline.id).where(Deadline.procuratorate_id == stage.town.procuratorate.id)
        ),
        "opinion_id": session.scalar(
            select(SupervisionOpinion.id)
            .where(SupervisionOpinion.activity_id == stage.activity.id)
            .order_by(SupervisionOpinion.id)
        ),
    }
    rules = [
        rule.rule.removeprefix(PREFIX)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and rule.rule.startswith(PREFIX)
    ]

    def fill(found: re.Match[str]) -> str:
        return str(known.get(found[1].rpartition(":")[2], 1))

    return [(rule, re.sub(r"<([^>]+)>", fill, rule)) for rule in rules]
