"""Whatever is sent, the house answers as its contract says, and never breaks.

Requests are drawn from the contract (schemathesis), valid and invalid ones; whoever sends them
holds every post of one small town, and half of the addresses name what is really there, for a
request that ends at the first 404 proves nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

import hypothesis
import pytest
import schemathesis
import yaml
from flask import Flask
from hypothesis import HealthCheck, given
from schemathesis.checks import CHECKS, load_all_checks
from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.identity import access_token
from api.limits import Limit, Limits
from openapi.__main__ import CONTRACT
from services import (
    calendar_feeds,
    charges,
    draws,
    interrogations,
    packets,
    supervision_opinions,
    supervision_plans,
)
from services.activities import Activity, ActivityState
from services.arrest_reviews import ArrestReview
from services.cases import Case
from services.charges import Charge
from services.deadlines import Deadline
from services.draws import Draw
from services.interrogations.checklist import ReadinessItem
from services.invitations import Invitation, InvitationState
from services.kernel.clock import machine_now
from services.kernel.settings import Settings
from services.people import Person
from services.policy import PostKind
from services.sessions import SignInSession
from services.supervisors import Expertise
from tests.conftest import NOON
from tests.make import Bureau, Make, Scene, Town
from tests.public_hearings.conftest import World as HearingWorld
from tests.transcripts.conftest import desk_of

EXAMPLES = 6
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ANY_VERSION = ", ".join(f'"{number}"' for number in range(1, 200))

load_all_checks()
CHECKED: list[Any] = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "response_headers_conformance",
        "allow_header_conformance",
    ]
)


OPERATIONS = [
    (path, method)
    for path, described in yaml.load(CONTRACT.read_text(), yaml.CSafeLoader)["paths"].items()
    for method in described
    if method != "parameters"
]


@pytest.fixture(scope="module")
def house(settings: Settings, engine: Engine) -> Flask:
    plenty = Limit(burst=10**6, per_second=10**6)
    return create_app(settings, engine, Limits(person=plenty, open_door=plenty))


@pytest.fixture(scope="module")
def contract(house: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/openapi.json", house)


@dataclass
class Knocker:
    """A token that opens much, the ids of what is there, and fresh keys."""

    headers: dict[str, str]
    ids: dict[str, tuple[Any, ...]]
    numbers: "count[int]" = field(default_factory=count)

    def address(self, case: schemathesis.Case[Any]) -> None:
        """Let half of the addresses name what is really there, and ask for whole answers."""
        (case.query or {}).pop("fields", None)
        for sent in (case.path_parameters, case.query, case.body):
            self.name(sent)

    def name(self, sent: object) -> None:
        """Let half of what is named, however deep, be what is really there."""
        if isinstance(sent, list):
            for inside in sent:
                self.name(inside)
        if not isinstance(sent, dict):
            return
        for name, drawn in sent.items():
            there = self.ids.get(name)
            if there and len(str(drawn)) % 2:
                sent[name] = there[next(self.numbers) % len(there)]
            else:
                self.name(drawn)

    def asks(self) -> dict[str, str]:
        """The headers: now and then without what a change needs."""
        number = next(self.numbers)
        if number % 8 == 0:
            return self.headers
        return self.headers | {"Idempotency-Key": f"key-{number}", "If-Match": ANY_VERSION}


@pytest.fixture(scope="module")
def filled(house: Flask, engine: Engine) -> Iterator[tuple[Connection, Knocker]]:
    """What is there, made once for all operations: it costs more than knocking does."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            knocker = _filled(house, session, Make(session, NOON))
            session.commit()
        yield connection, knocker
        outer.rollback()


@pytest.fixture
def knocker(house: Flask, filled: tuple[Connection, Knocker]) -> Iterator[Knocker]:
    """Whatever one operation changes is undone before the next one."""
    connection, there = filled
    real = house.extensions["sessions"]
    inside = connection.begin_nested()
    house.extensions["sessions"] = sessionmaker(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    )
    yield Knocker(there.headers, there.ids)
    house.extensions["sessions"] = real
    inside.rollback()


def _filled(house: Flask, session: Session, make: Make) -> Knocker:
    charges.load(session)
    town = make.town()
    centre = make.centre(town)
    everybody = make.person(PostKind.CASE_MANAGER, town.procuratorate)
    make.post(everybody, PostKind.PROSECUTOR, town.procuratorate)
    make.post(everybody, PostKind.CHIEF_PROCURATOR, town.procuratorate)
    make.post(everybody, PostKind.POLICE_OFFICER, town.police)
    make.post(everybody, PostKind.DETENTION_OFFICER, centre.office)
    make.post(everybody, PostKind.DEPARTMENT_HEAD, town.procuratorate)
    bureau = make.bureau(town)
    make.post(everybody, PostKind.JUSTICE_OFFICER, bureau.office)
    make.post(everybody, PostKind.SUPERVISOR, bureau.office)
    town = replace(town, prosecutor=everybody)
    request = make.arrest_request(town)
    case = make.handled(town, make.suspect(detention_centre_id=centre.office.id))
    opened = SignInSession(
        person_id=everybody.id, opened_at=machine_now(), renewed_at=machine_now()
    )
    session.add(opened)
    session.flush()
    reviews = select(ArrestReview.id).where(ArrestReview.case_id == case.id)
    token = access_token(house.extensions["token_key"], opened, lasting=timedelta(minutes=30))
    ids = {
        "request_id": (request.id,),
        "case_id": (case.id,),
        "office_id": (town.police.id, centre.office.id, town.procuratorate.id),
        "review_id": (session.scalars(reviews).one(),),
        "deadline_id": (
            session.scalars(
                select(Deadline.id)
                .where(Deadline.procuratorate_id == town.procuratorate.id)
                .limit(1)
            ).one(),
        ),
        "charge_id": (session.scalars(select(Charge.id).limit(1)).one(),),
    }
    ids |= _interrogated(make, Scene(town, centre, case, case.suspects[0], make.now + HOUR))
    for name, there in _supervised(make, town, bureau, case, everybody).items():
        ids[name] = (*ids.get(name, ()), *there)
    return Knocker({"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}, ids)


def _interrogated(make: Make, scene: Scene) -> dict[str, tuple[Any, ...]]:
    """One interrogation that goes on and whose record is read, one that is ahead, and a plan."""
    desk = desk_of(make, scene)
    record = desk.read()
    another = make.suspect(detention_centre_id=scene.centre.office.id)
    case = make.handled(scene.town, another)
    ahead = make.interrogation(scene.town, case, scene.soon + 3 * HOUR)
    seats = [*desk.seats, *ahead.attendances]
    proposal = interrogations.propose_time(
        make.act(scene.centre.officer), ahead, starts_at=scene.soon + 5 * HOUR, note="设备检修"
    )
    items = make.session.scalars(
        select(ReadinessItem.id).where(ReadinessItem.interrogation_id == ahead.id)
    )
    act = make.act(scene.town.prosecutor)
    feed, _ = calendar_feeds.start(act, calendar_feeds.Owner(act.actor.id))
    return {
        "case_id": (scene.case.id, case.id),
        "suspect_id": (scene.suspect.id, another.id),
        "interrogation_id": (desk.interrogation.id, ahead.id),
        "seat_id": tuple(one.id for one in seats),
        "attendance_id": tuple(one.id for one in seats),
        "person_id": tuple(one.person_id for one in seats),
        "item_id": tuple(items),
        "transcript_id": (record.id,),
        "number": (1, 2),
        "resource_id": tuple(one.id for one in (*scene.centre.rooms, *scene.centre.desks)),
        "room_id": tuple(one.id for one in scene.centre.rooms),
        "proposal_id": (proposal.id,),
        "centre_id": (scene.centre.office.id,),
        "feed_id": (feed.id,),
        "starts_at": tuple((scene.soon + n * HOUR).isoformat() for n in (1, 7, 8, 30)),
        "mode": ("remote",),
        "role": ("lead", "staff"),
        "days": (1, 7),
    }


def _supervised(  # the parties, each by its name
    make: Make, town: Town, bureau: Bureau, case: Case, everybody: Person
) -> dict[str, tuple[Any, ...]]:
    """Supervisors of whom one is who knocks, activities in every stage, papers, opinions."""
    own = make.supervisor(bureau, Expertise.FINANCE)
    own.person = everybody
    pool = (own, *(make.supervisor(bureau) for _ in range(3)))
    manager, officer = make.act(town.manager), make.act(bureau.officer)
    planned = make.activity(town, bureau, case_id=case.id)
    requested = make.activity(town, bureau, state=ActivityState.REQUESTED)
    published = draws.publish(
        officer,
        make.activity(
            town,
            bureau,
            state=ActivityState.REQUESTED,
            starts_at=make.now + 20 * DAY,
            ends_at=make.now + 20 * DAY + HOUR,
        ),
    )
    assert isinstance(published, Draw)
    drawn = make.draw(
        town, bureau, make.activity(town, bureau, state=ActivityState.REQUESTED, wanted=4)
    )
    asked = make.session.scalars(
        select(Invitation).where(Invitation.activity_id == drawn.activity_id)
    ).all()
    staffed = make.activity(
        town,
        bureau,
        case_id=case.id,
        state=ActivityState.STAFFED,
        starts_at=make.now + HOUR,
        ends_at=make.now + 3 * HOUR,
    )
    under_way, ended = (
        make.activity(
            town,
            bureau,
            case_id=case.id,
            state=state,
            starts_at=make.now - 3 * HOUR,
            ends_at=make.now - HOUR,
            began_at=make.now - 3 * HOUR,
            **more,
        )
        for state, more in (
            (ActivityState.UNDER_WAY, {}),
            (
                ActivityState.ENDED,
                {"ended_at": make.now - HOUR, "opinions_due_at": make.now + DAY},
            ),
        )
    )
    comes = {"answered_at": make.now, "undertook_at": make.now, "undertaking": "2026-1"}
    going = [
        make.invitation(one, own, state=state, **comes)
        for one, state in (
            (staffed, InvitationState.ACCEPTED),
            (under_way, InvitationState.ACCEPTED),
            (ended, InvitationState.ATTENDED),
        )
    ]
    papers = _papers(make, town, staffed, under_way)
    act = make.act(everybody)
    proposals = [supervision_opinions.propose(act, own, words="建议公开。") for _ in range(2)]
    supervision_opinions.refer(manager, proposals[1], case=case)
    supervision_opinions.answer(
        make.act(town.prosecutor),
        proposals[1],
        adoption=supervision_opinions.Adoption.NOT_ADOPTED,
        reasons="已另行处理。",
    )
    hearings = HearingWorld(make)
    hearings.town, hearings.bureau, hearings.case = town, bureau, case
    heard = (hearings.planned(), hearings.opened(), hearings.concluded())
    plan = supervision_plans.draw_up(
        manager,
        supervision_plans.Planner(town.procuratorate.id),
        organ_id=bureau.office.id,
        year=make.now.year,
        lines=[],
    )
    make.session.flush()
    return {
        "organ_id": (bureau.office.id,),
        "procuratorate_id": (town.procuratorate.id,),
        "supervisor_id": tuple(one.id for one in pool),
        "person_id": (own.person_id, everybody.id),
        "activity_id": tuple(
            one.id for one in (planned, requested, staffed, under_way, ended, published.activity)
        ),
        "draw_id": (published.id, drawn.id),
        "invitation_id": (*(one.id for one in asked), *(one.id for one in going)),
        "opinion_id": tuple(one.id for one in proposals),
        "hearing_id": tuple(one.id for one in heard),
        "officer_id": tuple(one.id for one in heard[1].officers),
        "party_id": tuple(one.id for one in heard[1].parties),
        "plan_id": (plan.id,),
        "on": (make.now.date().isoformat(), (make.now + 10 * DAY).date().isoformat()),
    } | papers


def _papers(make: Make, town: Town, staffed: Activity, under_way: Activity) -> dict[str, Any]:
    """A packet that is being covered, and one that lies open."""
    handler, manager = make.act(town.prosecutor), make.act(town.manager)
    drafted, released = (packets.begin(handler, one) for one in (staffed, under_way))
    for packet in (drafted, released):
        given = packets.NewPacketDocument(packets.SourceKind.WORDS, None, "意见", "证人张三说。")
        packets.add_document(handler, packet, given)
        packets.name_person(
            handler, packet, packets.NewPacketPerson(packets.PacketRole.WITNESS, ("张三",))
        )
        packets.redact(handler, packet)
    packets.check(manager, released)
    packets.release(
        manager, released, open_from=make.now - 4 * HOUR, open_until=make.now + 2 * HOUR
    )
    return {
        "packet_id": (drafted.id, released.id),
        "document_id": tuple(one.id for one in drafted.documents),
        "mask_id": tuple(one.id for paper in drafted.documents for one in paper.masks),
        "word": ("张三",),
    }


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_the_house_answers_as_its_contract_says(
    contract: Any, knocker: Knocker, path: str, method: str
) -> None:
    statuses: set[int] = set()

    @given(case=contract[path][method.upper()].as_strategy())
    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def knock(case: schemathesis.Case[Any]) -> None:
        knocker.address(case)
        reply = case.call_and_validate(headers=knocker.asks(), checks=CHECKED)
        statuses.add(reply.status_code)

    knock()
    assert statuses
