"""An arrest that is decided, one way or the other, and the steps that follow."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services import arrest_reviews, assignments, proceedings
from services.arrest_requests.records import Suspect
from services.arrest_reviews import (
    ArrestReview,
    Hearing,
    Outcome,
    Proposal,
    ReceiptOutcome,
    RefusalKind,
    ReviewState,
)
from services.deadlines import CHINA_TIME, Deadline
from services.offices import Level, Office
from services.people import Person
from services.policy import PostKind
from services.proceedings import ProposalOutcome, StepBarred, TakenStep
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town


@dataclass
class Stage:
    """A town with a procuratorate above it and the province above that, and one moment."""

    make: Make
    town: Town
    city: Office
    city_prosecutor: Person
    city_chief: Person
    province_chief: Person
    other: Person
    """Another prosecutor of the town's procuratorate."""

    def day(self, on: str, hour: int = 12) -> None:
        """Go to that day."""
        self.make.now = datetime.combine(date.fromisoformat(on), time(hour), CHINA_TIME)

    def reviews(self, *suspects: Suspect) -> list[ArrestReview]:
        case = self.make.case(self.town, *suspects)
        assignments.designate(
            self.make.act(self.town.manager),
            case,
            handler_id=self.town.prosecutor.id,
            reason="测试指定。",
            approver_id=self.town.chief.id,
        )
        return arrest_reviews.of_case(self.make.act(self.town.manager), case)

    def decided(
        self, review: ArrestReview, kind: RefusalKind | None = None, outline: str | None = None
    ) -> ArrestReview:
        """Opined and decided now: refused with that kind, approved without one."""
        proposal = Proposal.REFUSE if kind else Proposal.APPROVE
        self.make.held(review.case, review.suspect)
        arrest_reviews.opine(
            self.make.act(self.town.prosecutor),
            review,
            proposal=proposal,
            refusal_kind=kind,
            hearing=Hearing.INTERROGATED,
            reasons="审查意见。",
            outline=outline,
        )
        return arrest_reviews.decide(
            self.make.act(self.town.chief),
            review,
            outcome=Outcome(proposal),
            refusal_kind=kind,
            reasons=None,
        )

    def refused(self, kind: RefusalKind = RefusalKind.NO_DANGER) -> ArrestReview:
        """A detained suspect, refused now."""
        return self.decided(self.reviews()[0], kind, "补充侦查提纲。")

    def receipt(
        self,
        review: ArrestReview,
        outcome: ReceiptOutcome = ReceiptOutcome.EXECUTED,
        at: datetime | None = None,
    ) -> ArrestReview:
        return arrest_reviews.return_receipt(
            self.make.act(self.town.officer),
            review,
            outcome=outcome,
            executed_at=at or self.make.now,
            reason=None,
            new_measure=None,
        )

    def arrested(self, on: str, *suspects: Suspect) -> ArrestReview:
        """Requested, approved and executed on that day."""
        self.day(on)
        return self.receipt(self.decided(self.reviews(*suspects)[0]))

    def take(self, who: Person, review: ArrestReview, step: str, **given: Any) -> Any:
        return proceedings.take(self.make.act(who), review, step, given)

    def approved(
        self, who: Person, review: ArrestReview, step: str, *up: Person, **given: Any
    ) -> str:
        """Put forward, then approved by the town's chief, or by these; the document's number."""
        proposal = self.take(who, review, step, **given)
        for chief in up or (self.town.chief,):
            proceedings.decide(
                self.make.act(chief), proposal, outcome=ProposalOutcome.APPROVE, note=None
            )
        taken = self.make.session.get_one(TakenStep, proposal.taken_id)
        return taken.number or ""

    def barred(self, who: Person, review: ArrestReview, step: str, **given: Any) -> str:
        """The ground on which the law bars it; its article is always named."""
        with pytest.raises(StepBarred) as refused:
            self.take(who, review, step, **given)
        assert refused.value.members["article"]
        return str(refused.value.members["ground"])

    def running(self, review: ArrestReview) -> set[str]:
        chosen = select(Deadline.rule_id).where(
            Deadline.suspect_id == review.suspect_id, Deadline.closed_at.is_(None)
        )
        return set(self.make.session.scalars(chosen))

    def period(self, review: ArrestReview, rule_id: str) -> Deadline:
        """The latest period of that rule."""
        chosen = select(Deadline).where(
            Deadline.suspect_id == review.suspect_id, Deadline.rule_id == rule_id
        )
        return self.make.session.scalars(chosen.order_by(Deadline.id.desc())).first()  # type: ignore[return-value]  # a test that finds none fails

    def stands(self, review: ArrestReview) -> ReviewState:
        """Its state, read anew."""
        return review.state

    def ends(self, review: ArrestReview, rule_id: str) -> tuple[str, str]:
        found = self.period(review, rule_id)
        return str(found.due_on), str(found.outer_on)

    def tasks(self, review: ArrestReview) -> set[TaskKind]:
        chosen = select(Task.kind).where(
            Task.state == TaskState.OPEN,
            Task.about_kind == "arrest_reviews",
            Task.about_id == review.id,
        )
        return set(self.make.session.scalars(chosen))


@pytest.fixture
def stage(make: Make) -> Stage:
    town = make.town()
    city, province = make.office(level=Level.MUNICIPAL), make.office(level=Level.PROVINCIAL)
    town.procuratorate.superior_id, city.superior_id = city.id, province.id
    make.session.flush()
    return Stage(
        make,
        town,
        city,
        make.person(PostKind.PROSECUTOR, city),
        make.person(PostKind.CHIEF_PROCURATOR, city),
        make.person(PostKind.CHIEF_PROCURATOR, province),
        make.person(PostKind.PROSECUTOR, town.procuratorate),
    )


def days(count: int) -> timedelta:
    return timedelta(days=count)
