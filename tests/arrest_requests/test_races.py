"""Several phones at the same moment, on committed data: the database decides, once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from services import arrest_requests, cases
from services.arrest_requests import ArrestRequest, Draft, Organ
from services.attachments import Attachment
from services.cases import Case, CaseList
from services.deadlines import Deadline
from services.kernel.act import Act, Actor, acting
from services.kernel.refusals import Refusal
from services.tasks import Task, TaskState
from tests.arrest_requests.conftest import Desk
from tests.arrest_requests.test_accept import WHOLE
from tests.conftest import NOON
from tests.make import Make
from tests.notifications.conftest import apart as apart  # noqa: PLC0414  # a fixture, passed on

ROUNDS = 8
PHONES = 6


@dataclass(frozen=True)
class Place:
    """A town that everybody sees, as plain values: sessions do not share records."""

    sessions: sessionmaker[Session]
    officer: Actor
    manager: Actor
    organ: Organ
    draft: Draft

    def with_file(self, number: str) -> Draft:
        return replace(self.draft, document_number=number)

    def count(self, what: type[object]) -> int:
        with self.sessions() as session:
            return session.scalar(select(func.count()).select_from(what)) or 0

    def received(self, number: str) -> int:
        with acting(self.sessions, self.officer, NOON) as act:
            draft = replace(self.draft, document_number=number, attachment_ids=())
            return arrest_requests.submit(act, self.organ, draft).id

    def at_once(self, *deeds: tuple[Actor, Callable[[Act], object]]) -> Counter[str]:
        """Let everybody act in the same instant; say how it ended for whom."""
        barrier = Barrier(len(deeds))

        def ended(deed: tuple[Actor, Callable[[Act], object]]) -> str:
            actor, verb = deed
            try:
                with acting(self.sessions, actor, NOON) as act:
                    barrier.wait(timeout=20)
                    verb(act)
            except (Refusal, StaleDataError) as no:
                return type(no).__name__
            return "done"

        with ThreadPoolExecutor(len(deeds)) as pool:
            return Counter(pool.map(ended, deeds))


@pytest.fixture
def place(apart: Engine) -> Place:
    sessions = sessionmaker(apart, expire_on_commit=False)
    with sessions.begin() as session:
        known = session.scalar(select(func.count()).select_from(Attachment)) or 0
        make = Make(session, NOON)
        make._numbers = iter(range(known * 1000 + 1, 10**9))  # type: ignore[assignment]  # noqa: SLF001  # names are unique and stay
        desk = Desk(make, charges=f"罪{known}")
        return Place(
            sessions,
            desk.act().actor,
            desk.act(desk.town.manager).actor,
            desk.organ,
            desk.draft(),
        )


def test_one_document_is_received_once_however_many_send_it(place: Place) -> None:
    before = place.count(ArrestRequest)
    for n in range(ROUNDS):
        draft = replace(place.draft, document_number=f"同一文号{n}", attachment_ids=())

        def send(act: Act, draft: Draft = draft) -> object:
            return arrest_requests.submit(act, place.organ, draft)

        assert place.at_once(*[(place.officer, send)] * PHONES) == {
            "done": 1,
            "AlreadySubmitted": PHONES - 1,
        }
    assert place.count(ArrestRequest) == before + ROUNDS


def test_a_request_becomes_one_case_however_many_accept_it(place: Place) -> None:
    before = place.count(Case)
    for n in range(ROUNDS):
        request_id = place.received(f"受理{n}")

        def accept(act: Act, request_id: int = request_id) -> object:
            request = arrest_requests.find(act, request_id)
            return cases.accept(act, request, list_=CaseList.ORDINARY, checks=WHOLE)

        ended = place.at_once(*[(place.manager, accept)] * PHONES)
        assert ended["done"] == 1, ended
        assert set(ended) <= {"done", "StaleDataError", "WrongState"}
    assert place.count(Case) == before + ROUNDS

    with place.sessions() as session:
        numbers = session.scalars(
            select(Case.number)
            .where(Case.procuratorate_id == place.organ.procuratorate_id)
            .order_by(Case.id)
        ).all()
    assert [number.partition("〕")[2] for number in numbers] == [
        f"{n}号" for n in range(1, ROUNDS + 1)
    ]


def test_correction_and_acceptance_do_not_cross(place: Place) -> None:
    for n in range(ROUNDS):
        request_id = place.received(f"交叉{n}")
        draft = replace(
            place.draft, document_number=f"交叉{n}", attachment_ids=(), facts="更正后的事实。" * 9
        )

        def correct(act: Act, request_id: int = request_id, draft: Draft = draft) -> object:
            request = arrest_requests.find(act, request_id)
            return arrest_requests.correct(act, request, draft)

        def accept(act: Act, request_id: int = request_id) -> object:
            request = arrest_requests.find(act, request_id)
            return cases.accept(act, request, list_=CaseList.ORDINARY, checks=WHOLE)

        ended = place.at_once((place.officer, correct), (place.manager, accept))

        assert ended["done"] in {1, 2}, ended
        with place.sessions() as session:
            request = session.get_one(ArrestRequest, request_id)
            assert request.version == 1 + ended["done"], ended


def test_a_file_goes_into_one_request_only(place: Place) -> None:
    (attachment_id,) = place.draft.attachment_ids
    drafts = [place.with_file(f"争附件{n}") for n in range(PHONES)]

    def sends(draft: Draft) -> Callable[[Act], object]:
        return lambda act: arrest_requests.submit(act, place.organ, draft)

    ended = place.at_once(*[(place.officer, sends(draft)) for draft in drafts])

    assert ended["done"] == 1, ended
    assert set(ended) <= {"done", "AttachmentTaken", "RequestIncomplete"}
    with place.sessions() as session:
        owner = session.get_one(Attachment, attachment_id).arrest_request_id
        number = session.get_one(ArrestRequest, owner).document_number
    assert number in {draft.document_number for draft in drafts}


def test_what_lost_a_race_leaves_no_task_and_no_clock(place: Place) -> None:
    tasks, clocks = place.count(Task), place.count(Deadline)
    draft = replace(place.draft, document_number="只此一份", attachment_ids=())

    def send(act: Act) -> object:
        return arrest_requests.submit(act, place.organ, draft)

    place.at_once(*[(place.officer, send)] * PHONES)

    assert (place.count(Task), place.count(Deadline)) == (tasks + 1, clocks + 1)
    with place.sessions() as session:
        states = set(session.scalars(select(Task.state)))
    assert TaskState.OPEN in states
