"""Closed cases of a town, and prosecutors who had nothing to do with them."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import quality_reviews
from services.arrest_reviews import ArrestReview, ReviewState
from services.cases import Case, CaseState
from services.kernel.act import Act
from services.offices import Level, Office
from services.people import Person
from services.policy import PostKind
from services.quality_reviews import (
    NewFinding,
    NewSampling,
    QualityGrade,
    QualityReview,
    QualitySampling,
    ReviewersFrom,
    SamplingKind,
    SamplingScope,
    samplings,
)
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town


@dataclass
class World:
    """A town with a superior procuratorate, a sister office, and somebody to review in each."""

    make: Make
    town: Town
    superior: Office
    sister: Office
    inside: Person
    outside: Person
    head: Person
    inspector: Person

    @property
    def session(self) -> Session:
        return self.make.session

    def act(self, person: Person, days: int = 0) -> Act:
        self.session.flush()
        return self.make.act(person, self.make.now + timedelta(days=days))

    def closed(self, state: ReviewState = ReviewState.RELEASED) -> Case:
        """A case of the town's prosecutor whose every arrest review is in that state."""
        case = self.make.handled(self.town)
        for review in self.session.scalars(
            select(ArrestReview).where(ArrestReview.case_id == case.id)
        ):
            review.state = state
        case.state = CaseState.CLOSED
        self.session.flush()
        return case

    def announced(self, **given: object) -> QualitySampling:
        """A routine sampling of one case of this year, its reviewers from both offices."""
        return samplings.announce(
            self.act(self.town.manager), self.town.procuratorate, new_sampling(**given)
        )

    def drawn(self, where: ReviewersFrom = ReviewersFrom.OWN_OFFICE) -> QualityReview:
        """A closed case, drawn for the reviewer of that office."""
        self.closed()
        sampling = self.announced(reviewers_from=where)
        (review,) = samplings.draw(self.act(self.town.manager), sampling)
        return review

    def reviewer(self, review: QualityReview) -> Person:
        return self.session.get_one(Person, review.reviewer_id)

    def begun(self) -> QualityReview:
        review = self.drawn()
        return quality_reviews.begin(self.act(self.inside), review)

    def proposed(
        self, grade: QualityGrade = QualityGrade.BASICALLY_QUALIFIED, correction: str | None = None
    ) -> QualityReview:
        review = self.begun()
        found = NewFinding("documents", "审查报告漏列一份证据。", 2, correction)
        act = self.act(self.inside)
        quality_reviews.fill(act, review, [found])
        return quality_reviews.propose(act, review, grade=grade, words="综合评定。")

    def notified(
        self, grade: QualityGrade = QualityGrade.BASICALLY_QUALIFIED, correction: str | None = None
    ) -> QualityReview:
        return quality_reviews.notify(self.act(self.town.manager), self.proposed(grade, correction))

    def objected(self) -> QualityReview:
        return quality_reviews.object(
            self.act(self.town.prosecutor), self.notified(), reasons="证据已在补充卷列明。"
        )

    def tasks(self, kind: TaskKind, review: QualityReview) -> list[Task]:
        self.session.flush()
        chosen = select(Task).where(
            Task.kind == kind,
            Task.about_kind == "quality_reviews",
            Task.about_id == review.id,
            Task.state == TaskState.OPEN,
        )
        return list(self.session.scalars(chosen))


def new_sampling(**given: object) -> NewSampling:
    values: dict[str, object] = {
        "kind": SamplingKind.ROUTINE,
        "scope": SamplingScope.ONE_YEAR,
        "closed_from_on": date(2026, 1, 1),
        "closed_until_on": date(2026, 12, 31),
        "number": 1,
    }
    return NewSampling(**(values | given))  # type: ignore[arg-type]  # a test names what it overrides


@pytest.fixture
def world(make: Make) -> World:
    town = make.town()
    superior = make.office(level=Level.MUNICIPAL)
    sister = make.office(superior_id=superior.id)
    town.procuratorate.superior_id = superior.id
    make.session.flush()
    return World(
        make,
        town,
        superior,
        sister,
        make.person(PostKind.PROSECUTOR, town.procuratorate),
        make.person(PostKind.PROSECUTOR, sister),
        make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate),
        make.person(PostKind.INSPECTOR, town.procuratorate),
    )
