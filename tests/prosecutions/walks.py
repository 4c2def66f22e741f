"""One suspect's prosecution walked through its steps, by whoever each step belongs to."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Select, select

from services import proceedings
from services.arrest_requests.records import Suspect
from services.arrest_requests.terms import Measure
from services.deadlines import CloseReason, Deadline
from services.offices import OfficeKind
from services.people import Person
from services.policy import PostKind
from services.proceedings import Proposal, ProposalOutcome, StepBarred
from services.prosecutions import Prosecution
from tests.make import Make, Town

ORGAN_POST = {
    OfficeKind.PUBLIC_SECURITY: PostKind.POLICE_OFFICER,
    OfficeKind.SUPERVISORY_COMMISSION: PostKind.COMMISSION_OFFICER,
}


@dataclass
class Walk:
    """A prosecution, the people of its town, a second prosecutor, and the office above."""

    make: Make
    town: Town
    other: Person
    upper_prosecutor: Person
    upper_chief: Person
    prosecution: Prosecution

    @classmethod
    def begin(
        cls,
        make: Make,
        organ: OfficeKind = OfficeKind.PUBLIC_SECURITY,
        *others: Suspect,
        **suspect: object,
    ) -> "Walk":
        """A case of that organ, just assigned; the suspect is arrested unless it is said."""
        town = make.town()
        upper = make.office(level="municipal")
        town.procuratorate.superior_id = upper.id
        if organ is not OfficeKind.PUBLIC_SECURITY:
            office = make.office(organ, procuratorate_id=town.procuratorate.id)
            town = replace(town, police=office, officer=make.person(ORGAN_POST[organ], office))
        values: dict[str, object] = {"measure": Measure.ARREST} | suspect
        return cls(
            make,
            town,
            make.person(PostKind.PROSECUTOR, town.procuratorate),
            make.person(PostKind.PROSECUTOR, upper),
            make.person(PostKind.CHIEF_PROCURATOR, upper),
            make.prosecution(town, make.suspect(**values), *others),
        )

    def pass_days(self, days: int) -> None:
        """Let that many days go by."""
        self.make.now += timedelta(days=days)

    @property
    def now(self) -> datetime:
        return self.make.now

    @property
    def state(self) -> str:
        return self.prosecution.state.value

    def take(self, person: Person, code: str, **given: Any) -> Any:
        return proceedings.take(self.make.act(person), self.prosecution, code, given)

    def approve(self, proposal: Proposal, *people: Person) -> None:
        for person in people:
            proceedings.decide(
                self.make.act(person), proposal, outcome=ProposalOutcome.APPROVE, note=None
            )

    def decide(self, code: str, **given: Any) -> None:
        """Put forward by the handler, approved by the chief."""
        self.approve(self.take(self.town.prosecutor, code, **given), self.town.chief)

    def reconsidered(self, code: str, **given: Any) -> None:
        """Put forward by the other prosecutor, approved by the chief."""
        self.approve(self.take(self.other, code, **given), self.town.chief)

    def re_examined(self, code: str, **given: Any) -> None:
        """Put forward one level above, approved by the chief there."""
        self.approve(self.take(self.upper_prosecutor, code, **given), self.upper_chief)

    def barred(self, person: Person, code: str, **given: Any) -> tuple[str, str]:
        """The ground and the article on which a step is refused."""
        with pytest.raises(StepBarred) as refused:
            self.take(person, code, **given)
        return refused.value.members["ground"], refused.value.members["article"]

    def interrogate_and_hear(self, *heard: str) -> None:
        """The suspect interrogated, and the opinions of these on record."""
        handler, today = self.town.prosecutor, self.make.act(self.town.prosecutor).today
        self.make.held(self.prosecution.case, self.prosecution.suspect)
        self.take(handler, "interrogate", on=today, form="in_person", summary="供认。")
        for one in heard or ("defender", "victim"):
            self.take(handler, "hear_opinions", heard=one, on=today, form="in_person")

    def return_and_receive(self) -> None:
        """One supplementary investigation: returned, investigated, transferred again."""
        self.decide(
            "return_case", outline="补充提取监控。", reasons="证据不足。", why_again="新矛盾"
        )
        self.pass_days(10)
        self.take(self.town.officer, "transfer_again", found="已补充。")

    @property
    def running(self) -> dict[str, date | None]:
        """The open periods of the suspect, by rule, with the day to keep."""
        return {
            one.rule_id: one.due_on
            for one in self.make.session.scalars(self._periods)
            if one.closed_at is None
        }

    def closed(self, rule_id: str) -> CloseReason | None:
        """How the last period of that rule was closed."""
        return self._last(rule_id).close_reason

    def kept_by(self, rule_id: str) -> int:
        """The procuratorate that keeps the last period of that rule."""
        return self._last(rule_id).procuratorate_id

    @property
    def _periods(self) -> Select[Deadline]:
        chosen = select(Deadline).where(Deadline.suspect_id == self.prosecution.suspect_id)
        return chosen.order_by(Deadline.id)

    def _last(self, rule_id: str) -> Deadline:
        (*_, found) = self.make.session.scalars(self._periods.where(Deadline.rule_id == rule_id))
        return found
