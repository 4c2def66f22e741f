"""A town with a committee of five: the chief, a deputy, a full-time member and two others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from services import committees
from services.cases import Case, CaseState
from services.committees import (
    Absence,
    Ballot,
    Committee,
    CommitteeMatter,
    MatterGround,
    Seat,
)
from services.kernel.act import SHANGHAI, Act
from services.offices import Office
from services.people import Person
from services.policy import PostKind
from tests.conferences.conftest import phones as phones  # noqa: PLC0414  # a fixture, passed on
from tests.make import Make, Town

NOW = datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)
SITS = NOW + timedelta(days=3)
QUESTION = "是否批准逮捕犯罪嫌疑人？"
REPORT = "案件事实、争议焦点和承办人意见见审查报告。"
AGREE = (Ballot.APPROVE,) * 5


@dataclass
class Chamber:
    """Everybody a committee needs."""

    make: Make
    town: Town
    upper: Office
    head: Person
    deputy: Person
    full_time: Person
    others: list[Person]
    case: Case

    @property
    def session(self) -> Session:
        return self.make.session

    @property
    def all(self) -> list[Person]:
        """Every member, in the order in which they speak."""
        return [*self.others, self.full_time, self.deputy, self.town.chief]

    @property
    def committee(self) -> Committee:
        return Committee(self.town.procuratorate.id)

    def act(self, person: Person, at: datetime = NOW) -> Act:
        return self.make.act(person, at)

    def put(self, ground: MatterGround = MatterGround.MAJOR_ARREST) -> CommitteeMatter:
        matter = committees.put(
            self.act(self.town.chief),
            self.case,
            ground=ground,
            question=QUESTION,
            report=REPORT,
        )
        self.session.flush()
        return matter

    def summoned(self, presider: Person | None = None) -> CommitteeMatter:
        matter = self.put()
        committees.summon(
            self.act(self.town.chief),
            matter,
            sits_at=SITS,
            presider_id=(presider or self.town.chief).id,
        )
        self.session.flush()
        return matter

    def opened(self, *absent: Person, presider: Person | None = None) -> CommitteeMatter:
        matter = self.summoned(presider)
        committees.open_session(
            self.act(presider or self.town.chief, SITS),
            matter,
            present=[one.id for one in self.all if one not in absent],
            absent=[Absence(one.id, "出差") for one in absent],
        )
        self.session.flush()
        return matter

    def spoken(self, *absent: Person) -> CommitteeMatter:
        matter = self.opened(*absent)
        for person in self.all:
            if person not in absent:
                committees.speak(self.act(person, SITS), matter, speech="意见如下。")
        self.session.flush()
        return matter

    def votes(self, matter: CommitteeMatter, person: Person, ballot: Ballot) -> None:
        committees.vote(self.act(person, SITS), matter, ballot=ballot, opinion="理由如下。")

    def voted(self, ballots: Sequence[Ballot | None]) -> CommitteeMatter:
        """Everybody has voted, in the order of speaking; None is absent."""
        absent = [one for one, ballot in zip(self.all, ballots, strict=True) if ballot is None]
        matter = self.spoken(*absent)
        for person, ballot in zip(self.all, ballots, strict=True):
            if ballot is not None:
                self.votes(matter, person, ballot)
        self.session.flush()
        return matter

    def counted(self, ballots: Sequence[Ballot | None]) -> CommitteeMatter:
        matter = self.voted(ballots)
        committees.count(self.act(self.town.chief, SITS), matter)
        self.session.flush()
        return matter

    def decided(self) -> CommitteeMatter:
        matter = self.counted(AGREE)
        committees.decide(self.act(self.town.chief, SITS), matter, wording="批准逮捕。")
        self.session.flush()
        return matter


def seated(make: Make, town: Town) -> tuple[Person, Person, list[Person]]:
    """Register a committee of five; the deputy, the full-time member, the others."""
    committee = Committee(town.procuratorate.id)
    people = [make.person(PostKind.PROSECUTOR, town.procuratorate) for _ in range(4)]
    act = make.act(town.chief, NOW)
    committees.register(act, committee, person_id=town.chief.id, seat=Seat.CHIEF)
    given = (Seat.MEMBER, Seat.MEMBER, Seat.FULL_TIME, Seat.DEPUTY_CHIEF)
    for person, seat in zip(people, given, strict=True):
        committees.register(act, committee, person_id=person.id, seat=seat)
    make.session.flush()
    return people[3], people[2], people[:2]


@pytest.fixture
def chamber(make: Make) -> Chamber:
    town = make.town()
    upper = make.office()
    town.procuratorate.superior_id = upper.id
    case = make.case(town)
    case.handler_id = town.prosecutor.id
    case.state = CaseState.ASSIGNED
    make.session.flush()
    deputy, full_time, others = seated(make, town)
    head = make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)
    return Chamber(make, town, upper, head, deputy, full_time, others, case)
