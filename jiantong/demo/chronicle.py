"""How the cases of the demo world came to stand where they stand.

Every case lives its story through the real operations, by the people whose posts allow it, at
the moments of the story; the steps of all cases are played in the order of time, as they would
have happened, so numbers and draws fall as they do in life.
"""

import heapq
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from jiantong.demo import appointments, hearings, meetings, supervision, talks, trust
from jiantong.demo.city import City
from jiantong.demo.papers import Registers, Typist
from jiantong.demo.sequels import SEQUELS, Doing, Move
from jiantong.demo.stories import Ending, Story, at_work
from services import (
    arrest_requests,
    arrest_reviews,
    assignments,
    cases,
    monitoring,
    people,
    proceedings,
    prosecutions,
    transfers,
)
from services.arrest_requests.drafts import Draft
from services.arrest_reviews import (
    ArrestReview,
    NewMeasure,
    Outcome,
    Proposal,
    ReceiptOutcome,
    RefusalKind,
    ReviewState,
)
from services.assignments import RecusalGround
from services.cases import Case, CaseList
from services.deadlines import Custody
from services.kernel.act import SHANGHAI, Act, Actor, acting
from services.monitoring import Grade, MonitoringEntry, MonitoringState
from services.policy import MACHINE, PostKind
from services.proceedings import Proposal as Pending
from services.proceedings import ProposalOutcome, ProposalState
from services.prosecutions.steps.review import INTERROGATED

_CHECKS = {
    "jurisdiction": "ok",
    "file_complete": "ok",
    "property_matches": "ok",
    "suspects_present": "ok",
    "in_time": "ok",
}
_APPROVE = (
    "现有证据能够证明有犯罪事实，可能判处徒刑以上刑罚；采取取保候审尚不足以防止发生社会危险性。"
    "根据《中华人民共和国刑事诉讼法》第八十一条第一款之规定，建议批准逮捕。"
)
_REFUSE = {
    RefusalKind.INSUFFICIENT_EVIDENCE: "主要犯罪事实仅有言词证据，未得到其他证据印证，"
    "现有证据尚不足以证明其实施了犯罪行为，建议不批准逮捕，并附补充侦查提纲。",
    RefusalKind.NO_DANGER: "犯罪嫌疑人有固定住所，如实供述，已赔偿损失并取得谅解，无社会危险性，"
    "建议不批准逮捕。",
    RefusalKind.MINOR_CIRCUMSTANCES: "涉嫌的罪行较轻，认罪态度好，没有逮捕必要，建议不批准逮捕。",
    RefusalKind.JUVENILE: "犯罪嫌疑人系未成年人，罪行较轻，具备有效监护条件，建议不批准逮捕。",
}
_OUTLINE = (
    "一、调取现场及周边监控录像，查明作案经过；\n"
    "二、补充询问被害人和在场证人，核实言词证据之间的矛盾；\n"
    "三、补充提取、鉴定涉案物品上的生物检材。"
)
_REFUSED = frozenset({Ending.REFUSED, Ending.RELEASED, Ending.CHANGED, Ending.UNCHANGED})
_ENDED = frozenset(
    {
        Ending.ARRESTED,
        Ending.RELEASED,
        Ending.CHANGED,
        Ending.UNCHANGED,
        Ending.NOT_EXECUTED,
        Ending.LATE,
    }
)
_HANDLED = frozenset({Ending.UNDER_REVIEW, Ending.DESIGNATED, Ending.HANDED_OVER, Ending.RECUSED})
_UNACCEPTED = frozenset({Ending.SUBMITTED, Ending.DOUBTED, Ending.SUPPLEMENT, Ending.CORRECTED})
_DOUBT = "主要犯罪地可能位于云江市鹭汀区，需与公安机关核实后确定管辖。"
_MISSING = ("detention_warrant_missing", "请补送拘留证及送达回执。")
_AGAIN = "请补充说明社会危险性的具体理由后再报。"
_COURTS = {"police_qinglan": "qinglan", "police_port": "qinglan", "police_luting": "luting"}
"""The procuratorate that each organ asks."""
_MARKS = {"police_qinglan": "云公青", "police_port": "云公港", "police_luting": "云公鹭"}
_ABROAD = 9
_WATCH = -1
"""The house's own place among the stories."""
_WAITED = timedelta(days=2)
_GRADES = (Grade.ORAL_PROMPT, Grade.NOTICE, Grade.NOTICE_AND_REPORT)
_PROMPTED = "经核查，该期限已经超过应办日，请查明原因，及时办理并书面说明。"
Life = Iterator[datetime]


@dataclass(slots=True)
class Matter:
    """One case on its way, and the people it meets."""

    story: Story
    moments: Iterator[datetime]
    request_id: int
    draft: Draft
    court: str
    officer: int
    manager: int
    chief: int
    case_id: int = 0
    transfer_id: int = 0
    prosecution_id: int = 0
    """The case of the second stage."""


class Chronicle:
    """Plays stories in one city."""

    _until: datetime
    """Until when it is played."""

    def __init__(
        self, sessions: sessionmaker[Session], city: City, registers: Registers, seed: int
    ) -> None:
        self._sessions = sessions
        self._city = city
        self._random = Random(seed)  # noqa: S311  # a story, not a secret
        self._typist = Typist(registers, seed)
        self._documents = {key: count(self._random.randint(80, 300)) for key in _COURTS}

    def play(self, stories: list[Story], until: datetime) -> None:
        """Live all stories through, step by step in the order of time; the house keeps watch."""
        self._until = until
        queue: list[tuple[datetime, int, Life]] = []
        for story in stories:
            life = self._life(story)
            heapq.heappush(queue, (next(life), story.number, life))
        watch = self._watch(queue[0][0], until)
        heapq.heappush(queue, (next(watch), _WATCH, watch))
        for place, talk in enumerate(talks.lives(self._as, self._city, until), start=1):
            heapq.heappush(queue, (next(talk), _WATCH - place, talk))
        for place, meeting in enumerate(meetings.lives(self._as, self._city, until), start=100):
            heapq.heappush(queue, (next(meeting), _WATCH - place, meeting))
        arranged = appointments.lives(self._as, self._city, until)
        for place, appointment in enumerate(arranged, start=200):
            heapq.heappush(queue, (next(appointment), _WATCH - place, appointment))
        for place, activity in enumerate(supervision.lives(self._as, self._city, until), start=300):
            heapq.heappush(queue, (next(activity), _WATCH - place, activity))
        for place, thread in enumerate(trust.lives(self._as, self._city, until), start=400):
            heapq.heappush(queue, (next(thread), _WATCH - place, thread))
        while queue:
            _, number, life = heapq.heappop(queue)
            following = next(life, None)
            if following is not None:
                heapq.heappush(queue, (following, number, life))

    def _life(self, story: Story) -> Life:
        """One case's life: it yields the moment of each step before it is taken."""
        moments = iter(story.moments)
        organ = _organ(story)
        yield (at := next(moments))
        draft = self._typist.draft(story, self._document_number(organ, at))
        officer = self._one(PostKind.POLICE_OFFICER, organ)
        with self._as(officer, at) as act:
            request = arrest_requests.submit(act, arrest_requests.organ_of(act), draft)
            act.session.flush()
        court = _COURTS[organ]
        matter = Matter(
            story=story,
            moments=moments,
            request_id=request.id,
            draft=draft,
            court=court,
            officer=officer,
            manager=self._one(PostKind.CASE_MANAGER, court),
            chief=self._chief(court),
        )
        if story.ending in _UNACCEPTED:
            yield from self._before_acceptance(matter)
            return
        yield from self._acceptance(matter)
        if story.ending is Ending.ACCEPTED:
            return
        yield from self._assignment(matter)
        if story.ending in _HANDLED:
            return
        yield from self._review(matter)
        if story.ending in _ENDED:
            yield (at := next(moments))
            self._receipts(matter, at)
            yield from self._sequel(matter, at)

    def _sequel(self, matter: Matter, at: datetime) -> Life:
        """What came after the arrest, move by move, as far as today."""
        age = (self._until - matter.story.received_at).days
        if matter.story.ending is not Ending.ARRESTED:
            return
        for move in SEQUELS.get(age, SEQUELS.get(age + 1, ())):
            at = at_work(at + timedelta(days=move.days))
            if at >= self._until:
                return
            yield at
            self._move(matter, move, at)

    def _move(self, matter: Matter, move: Move, at: datetime) -> None:
        match move.doing:
            case Doing.TRANSFER:
                self._transfer(matter, at)
            case Doing.ASK_FOR_PAPERS:
                with self._as(matter.manager, at) as act:
                    transfer = transfers.find(act, matter.transfer_id)
                    transfers.request_supplement(act, transfer, wanted="请补送价格认定结论书。")
            case Doing.ACCEPT:
                with self._as(matter.manager, at) as act:
                    transfer = transfers.find(act, matter.transfer_id)
                    case = cases.accept_transfer(
                        act, transfer, list_=CaseList.ORDINARY, checks=_CHECKS
                    )
                    act.session.flush()
                matter.prosecution_id = case.id
            case Doing.ASSIGN:
                with self._as(matter.manager, at) as act:
                    assignments.assign(act, cases.find(act, matter.prosecution_id))
            case Doing.STEP:
                self._step(matter, move, at)
            case Doing.APPROVE:
                self._approve(matter, at)

    def _transfer(self, matter: Matter, at: datetime) -> None:
        with self._as(matter.officer, at) as act:
            case = cases.find(act, matter.case_id)
            draft = transfers.TransferDraft(
                document_number=self._document_number(_organ(matter.story), at).replace(
                    "提捕字", "诉字"
                ),
                document_on=act.today,
                facts=matter.draft.facts,
                major_or_complex=matter.draft.major_or_complex,
                suspects=tuple(
                    transfers.NamedSuspect(
                        suspect_id=review.suspect_id, pleads=matter.story.number % 2 == 0
                    )
                    for review in arrest_reviews.of_case(act, case)
                    if review.state is ReviewState.ARRESTED
                ),
            )
            transfer = transfers.submit(act, transfers.sender_of(act), draft)
            act.session.flush()
        matter.transfer_id = transfer.id

    def _step(self, matter: Matter, move: Move, at: datetime) -> None:
        handler = self._handler_of(matter.prosecution_id)
        who = {"handler": handler, "officer": matter.officer, "manager": matter.manager}[move.by]
        with self._as(who, at) as act:
            case = cases.find(act, matter.prosecution_id)
            for prosecution in prosecutions.of_case(act, case):
                if move.step == INTERROGATED:
                    hearings.interrogated(act, prosecution, self._second(case))
                proceedings.take(act, prosecution, move.step, move.given(act))

    def _approve(self, matter: Matter, at: datetime) -> None:
        with self._as(matter.chief, at) as act:
            waiting = proceedings.visible(act).where(
                Pending.case_id == matter.prosecution_id, Pending.state == ProposalState.PENDING
            )
            for proposal in act.session.scalars(waiting).all():
                proceedings.decide(act, proposal, outcome=ProposalOutcome.APPROVE, note=None)

    def _watch(self, since: datetime, until: datetime) -> Life:
        """What nears its end is spoken of, and what is late is looked into, every morning."""
        morning = since.astimezone(SHANGHAI).replace(hour=8, minute=0, second=0, microsecond=0)
        while morning < until:
            yield morning
            self._look(morning)
            for entry_id, watcher in self._late(morning):
                with self._as(watcher, morning + timedelta(hours=1)) as act:
                    self._answer(act, monitoring.find(act, entry_id))
            morning += timedelta(days=1)
        yield until
        self._look(until)

    def _look(self, at: datetime) -> None:
        with acting(self._sessions, MACHINE, at) as act:
            monitoring.sweep(act)

    def _late(self, morning: datetime) -> list[tuple[int, int]]:
        """Entries that have waited for two days, each with somebody who answers it."""
        chosen = select(MonitoringEntry).where(
            MonitoringEntry.state != MonitoringState.REPLIED,
            func.coalesce(MonitoringEntry.answered_at, MonitoringEntry.opened_at)
            < morning - _WAITED,
        )
        courts = {office_id: key for key, office_id in self._city.offices.items()}
        with self._sessions() as session:
            waiting = [
                (entry.id, entry.route, courts[entry.procuratorate_id])
                for entry in session.scalars(chosen.order_by(MonitoringEntry.id))
                if monitoring.answerable(entry) or monitoring.awaits_reply(entry)
            ]
        return [
            (entry_id, self._one(route, court))
            for entry_id, route, court in waiting
            if self._city.holding(route, court)
        ]

    def _answer(self, act: Act, entry: MonitoringEntry) -> None:
        if monitoring.answerable(entry):
            grade = _GRADES[entry.id % len(_GRADES)]
            monitoring.answer(act, entry, grade=grade, remark=_PROMPTED)

    def _before_acceptance(self, matter: Matter) -> Life:
        ending = matter.story.ending
        if ending is Ending.SUBMITTED:
            return
        yield (at := next(matter.moments))
        with self._as(matter.manager, at) as act:
            request = arrest_requests.find(act, matter.request_id)
            if ending is Ending.DOUBTED:
                arrest_requests.record_jurisdiction_doubt(act, request, grounds=_DOUBT)
            else:
                arrest_requests.request_supplement(act, request, items=[_MISSING])
        if ending is Ending.CORRECTED:
            yield (at := next(matter.moments))
            with self._as(matter.officer, at) as act:
                request = arrest_requests.find(act, matter.request_id)
                arrest_requests.correct(act, request, self._typist.complete(matter.draft))

    def _acceptance(self, matter: Matter) -> Life:
        yield (at := next(matter.moments))
        with self._as(matter.manager, at) as act:
            case = cases.accept(
                act,
                arrest_requests.find(act, matter.request_id),
                list_=CaseList.DIFFICULT if matter.draft.major_or_complex else CaseList.ORDINARY,
                checks=_CHECKS,
            )
            act.session.flush()
        matter.case_id = case.id

    def _assignment(self, matter: Matter) -> Life:
        ending = matter.story.ending
        yield (at := next(matter.moments))
        with self._as(matter.manager, at) as act:
            case = cases.find(act, matter.case_id)
            if ending is Ending.DESIGNATED:
                assignments.designate(
                    act,
                    case,
                    handler_id=self._city.people["luojinghang"],
                    reason="本院正在办理同一犯罪嫌疑人的关联案件，由同一检察官办理。",
                    approver_id=matter.chief,
                )
            else:
                assignments.assign(act, case)
        if ending is Ending.HANDED_OVER:
            yield (at := next(matter.moments))
            with self._as(matter.manager, at) as act:
                case = cases.find(act, matter.case_id)
                assignments.change_handler(
                    act,
                    case,
                    handler_id=self._somebody_else(case, matter.court),
                    reason="原承办检察官参加专项培训，为保证审查期限变更承办人。",
                    approver_id=matter.chief,
                )
        if ending is Ending.RECUSED:
            yield (at := next(matter.moments))
            with self._as(matter.chief, at) as act:
                case = cases.find(act, matter.case_id)
                assignments.recuse(
                    act, case, person_id=_handler(case), ground=RecusalGround.OTHER_RELATION
                )
            yield (at := next(matter.moments))
            with self._as(matter.manager, at) as act:
                assignments.assign(act, cases.find(act, matter.case_id))

    def _review(self, matter: Matter) -> Life:
        ending = matter.story.ending
        yield (at := next(matter.moments))
        with self._sessions() as session:
            handler_id = _handler(session.get_one(Case, matter.case_id))
        with self._as(handler_id, at) as act:
            for review in _reviews(act, matter):
                self._opine(act, matter.story, review)
        if ending is Ending.AWAITING:
            return
        yield (at := next(matter.moments))
        with self._as(matter.chief, at) as act:
            for review in _reviews(act, matter):
                if ending is Ending.RETURNED:
                    arrest_reviews.send_back(act, review, note=_AGAIN)
                else:
                    _decide_as_proposed(act, review)

    def _opine(self, act: Act, story: Story, review: ArrestReview) -> None:
        kind = self._refusal(story, review)
        duty = bool(arrest_reviews.grounds_to_interrogate(act, review))
        heard = duty or self._random.random() < 2 / 3
        arrest_reviews.opine(
            act,
            review,
            proposal=Proposal.REFUSE if kind else Proposal.APPROVE,
            refusal_kind=kind,
            hearing=(
                hearings.interrogated(act, review, self._second(review.case))
                if heard
                else hearings.asked_in_writing(act, review)
            ),
            reasons=_REFUSE[kind] if kind else _APPROVE,
            outline=_OUTLINE if kind is RefusalKind.INSUFFICIENT_EVIDENCE else None,
        )

    def _refusal(self, story: Story, review: ArrestReview) -> RefusalKind | None:
        """Why not, if not; the last of several suspects may be let go where the first is not."""
        if story.ending in _REFUSED:
            return self._random.choice(
                [
                    RefusalKind.INSUFFICIENT_EVIDENCE,
                    RefusalKind.NO_DANGER,
                    RefusalKind.MINOR_CIRCUMSTANCES,
                ]
            )
        if "minor" in review.suspect.flags:
            return RefusalKind.JUVENILE
        last = review.suspect.ordinal == len(review.case.suspects) > 1
        return RefusalKind.MINOR_CIRCUMSTANCES if last and story.number % 2 else None

    def _receipts(self, matter: Matter, at: datetime) -> None:
        ending = matter.story.ending
        with self._as(matter.officer, at) as act:
            for review in _reviews(act, matter):
                outcome, reason, measure = ReceiptOutcome.EXECUTED, None, None
                refused = review.state is ReviewState.ARREST_REFUSED
                free = review.suspect.custody is Custody.AT_LIBERTY
                if refused and free:
                    outcome = ReceiptOutcome.UNCHANGED
                elif refused and ending is Ending.RELEASED:
                    outcome = ReceiptOutcome.RELEASED
                elif refused:
                    outcome, measure = ReceiptOutcome.MEASURE_CHANGED, NewMeasure.BAIL
                elif ending is Ending.NOT_EXECUTED:
                    outcome = ReceiptOutcome.NOT_EXECUTED
                    reason = "犯罪嫌疑人因突发重病住院治疗，暂不能执行逮捕。"
                done_at = min(_decided_at(review) + timedelta(hours=2), at)
                arrest_reviews.return_receipt(
                    act,
                    review,
                    outcome=outcome,
                    executed_at=None if reason or (refused and free) else done_at,
                    reason=reason,
                    new_measure=measure,
                )
                if outcome is ReceiptOutcome.EXECUTED:
                    soon = {"at": min(done_at + timedelta(hours=5), at)}
                    proceedings.take(act, review, "report_interrogation", soon)
                    told = {"outcome": "notified"} | soon
                    proceedings.take(act, review, "report_family_notified", told)

    # -- who does it ----------------------------------------------------------------------------

    @contextmanager
    def _as(self, person_id: int, at: datetime) -> Generator[Act]:
        """An act of that person at that moment, with the posts held then."""

        def who(session: Session) -> Actor:
            return people.actor_of(session, person_id, at.astimezone(SHANGHAI).date(), at)

        with acting(self._sessions, who, at) as act:
            yield act

    def _handler_of(self, case_id: int) -> int:
        with self._sessions() as session:
            return _handler(session.get_one(Case, case_id))

    def _one(self, post: PostKind, office: str) -> int:
        return self._random.choice(self._city.holding(post, office))

    def _chief(self, court: str) -> int:
        """The chief procurator, who decides more often than the deputy."""
        holders = self._city.holding(PostKind.CHIEF_PROCURATOR, court)
        return self._random.choice([holders[0], holders[0], holders[-1]])

    def _somebody_else(self, case: Case, court: str) -> int:
        holders = self._city.holding(PostKind.PROSECUTOR, court)
        return next(person for person in holders if person != case.handler_id)

    def _second(self, case: Case) -> int:
        """Another of the procuratorial staff of the same procuratorate, who was not recused."""
        court = next(key for key, at in self._city.offices.items() if at == case.procuratorate_id)
        kept_away = {case.handler_id, *(case.recused_ids or ())}
        staff = (PostKind.PROSECUTOR, PostKind.DEPARTMENT_HEAD, PostKind.CHIEF_PROCURATOR)
        holders = [one for post in staff for one in self._city.holding(post, court)]
        return next(person for person in holders if person not in kept_away)

    def _document_number(self, organ: str, at: datetime) -> str:
        year = at.astimezone(SHANGHAI).year
        return f"{_MARKS[organ]}提捕字〔{year}〕{next(self._documents[organ])}号"


def _organ(story: Story) -> str:
    """Which organ asks; now and then that of the next district, whose cases nobody here sees."""
    minor = any(role.minor for role in story.fact.suspects)
    if story.number % _ABROAD == 0 and story.ending in _ENDED and not minor:
        return "police_luting"
    return "police_port" if story.number % 5 in {1, 3} else "police_qinglan"


def _handler(case: Case) -> int:
    assert case.handler_id is not None  # noqa: S101  # the story has assigned it
    return case.handler_id


def _decided_at(review: ArrestReview) -> datetime:
    assert review.decision is not None  # noqa: S101  # the story has decided it
    return review.decision.at


def _decide_as_proposed(act: Act, review: ArrestReview) -> None:
    opinion = review.opinion
    assert opinion is not None  # noqa: S101  # the story has given it
    arrest_reviews.decide(
        act,
        review,
        outcome=Outcome(opinion.proposal),
        refusal_kind=opinion.refusal_kind,
        reasons=None,
    )


def _reviews(act: Act, matter: Matter) -> list[ArrestReview]:
    return arrest_reviews.of_case(act, cases.find(act, matter.case_id))
