"""Typed builders: each makes one real thing, with keyword overrides, and nothing shared."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from services import (
    assignments,
    cases,
    deadlines,
    draws,
    interrogations,
    invitations,
    prosecutions,
    transfers,
)
from services.activities import Activity, ActivityForm, ActivityKind, ActivityState
from services.arrest_requests.records import ArrestRequest, Suspect, SuspectCharge
from services.arrest_requests.terms import AcceptanceCheck, DocumentKind, Measure, Sex
from services.cases import Case, CaseList
from services.charges import Charge
from services.draws import Draw
from services.interrogations import (
    Arrangement,
    Interrogation,
    InterrogationState,
    Mode,
    Role,
    Seat,
)
from services.interrogations.opinion_forms import WrittenOpinion
from services.invitations import Invitation
from services.kernel.act import Act, Actor
from services.offices import Office, OfficeKind
from services.people import Leave, Person, Post, Speciality, SpecialityCode, actor_of, hash_password
from services.policy import RESERVED, Matter, PostKind
from services.prosecutions import Prosecution
from services.resources import Resource, ResourceKind
from services.security_practices import SecurityPractice
from services.supervisors import (
    Education,
    Expertise,
    Occupation,
    Supervisor,
    SupervisorExpertise,
    SupervisorState,
)
from services.transfers import Transfer

PASSWORD = "测试口令-42"
PASSWORD_HASH = hash_password(PASSWORD)
LONG_AGO = date(2020, 1, 1)
LENT = tuple(matter for matter in Matter if matter not in RESERVED)
"""Every matter that a chief procurator can let somebody else decide."""


@dataclass(frozen=True)
class Town:
    """One procuratorate, one police organ, and somebody in every post a journey needs."""

    procuratorate: Office
    police: Office
    officer: Person
    manager: Person
    prosecutor: Person
    chief: Person


@dataclass(frozen=True)
class Centre:
    """A detention centre with rooms, an escort, and an officer; and the desks of a town's staff."""

    office: Office
    officer: Person
    rooms: tuple[Resource, ...]
    escort: Resource
    desks: tuple[Resource, ...]


@dataclass(frozen=True)
class Scene:
    """Everything that an interrogation needs; the suspect is detained in the centre."""

    town: Town
    centre: Centre
    case: Case
    suspect: Suspect
    soon: datetime
    """An hour from now: well before any period ends."""


@dataclass(frozen=True)
class Bureau:
    """A judicial-administration organ and who draws there."""

    office: Office
    officer: Person


@dataclass
class Make:
    """Builders bound to one test's session and moment."""

    session: Session
    now: datetime
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def office(
        self,
        kind: OfficeKind = OfficeKind.PROCURATORATE,
        *,
        enrolled_only: bool = False,
        **given: object,
    ) -> Office:
        """An office whose people sign in with the password alone, unless a test says otherwise."""
        number = next(self._numbers)
        values = {"name": f"测试机关{number}", "short_name": f"测{number}检", "level": "district"}
        office = Office(kind=kind, **(values | given))
        self.session.add(office)
        self.session.flush()
        self.session.add(SecurityPractice(office_id=office.id, enrolled_only=enrolled_only))
        self.session.flush()
        return office

    def person(
        self,
        post: PostKind | None = None,
        office: Office | None = None,
        *,
        specialities: tuple[SpecialityCode, ...] = (),
        **given: object,
    ) -> Person:
        person = self._new_person(**given)
        self.session.add(person)
        self.session.flush()
        if post is not None:
            self.post(person, post, office or self.office())
        self.session.add_all(Speciality(person_id=person.id, code=code) for code in specialities)
        self.session.flush()
        return person

    def post(self, person: Person, kind: PostKind, office: Office, **given: object) -> Post:
        values: dict[str, object] = {"from_on": LONG_AGO} | given
        post = Post(person_id=person.id, office_id=office.id, kind=kind, **values)
        self.session.add(post)
        person.office_id = person.office_id or office.id
        self.session.flush()
        return post

    def leave(self, person: Person, from_on: date, until_on: date) -> Leave:
        leave = Leave(person_id=person.id, from_on=from_on, until_on=until_on)
        self.session.add(leave)
        self.session.flush()
        return leave

    def act(self, person: Person | Actor, at: datetime | None = None) -> Act:
        """An act of that person, with the posts held today."""
        now = at or self.now
        if isinstance(person, Actor):
            return Act(person, now, self.session)
        today = Act(Actor(0, frozenset()), now, self.session).today
        return Act(actor_of(self.session, person.id, today, now), now, self.session)

    def town(self) -> Town:
        procuratorate = self.office()
        police = self.office(OfficeKind.PUBLIC_SECURITY, procuratorate_id=procuratorate.id)
        return Town(
            procuratorate,
            police,
            *self._staff(PostKind.POLICE_OFFICER, police, procuratorate),
        )

    def _staff(
        self, post: PostKind, organ: Office, procuratorate: Office
    ) -> tuple[Person, Person, Person, Person]:
        """Somebody in that post of the organ, and in three of the procuratorate: entered at once.

        Nearly every test begins with a town, which took more than twice as long one by one.
        """
        held = (
            (post, organ),
            (PostKind.CASE_MANAGER, procuratorate),
            (PostKind.PROSECUTOR, procuratorate),
            (PostKind.CHIEF_PROCURATOR, procuratorate),
        )
        officer, manager, prosecutor, chief = people = (
            *(self._new_person(office_id=office.id) for _, office in held),
        )
        self.session.add_all(people)
        self.session.flush()
        self.session.add_all(
            Post(person_id=one.id, office_id=office.id, kind=kind, from_on=LONG_AGO)
            for one, (kind, office) in zip(people, held, strict=True)
        )
        self.session.flush()
        return officer, manager, prosecutor, chief

    def _new_person(self, **given: object) -> Person:
        number = next(self._numbers)
        values: dict[str, object] = {
            "username": f"person{number}",
            "name": f"测试人{number}",
            "password_hash": PASSWORD_HASH,
        }
        return Person(**(values | given))

    def commission_town(self) -> Town:
        """A town where the organ that sends cases in is a supervisory commission."""
        procuratorate = self.office()
        commission = self.office(
            OfficeKind.SUPERVISORY_COMMISSION, procuratorate_id=procuratorate.id
        )
        return Town(
            procuratorate,
            commission,
            *self._staff(PostKind.COMMISSION_OFFICER, commission, procuratorate),
        )

    def bureau(self, town: Town) -> Bureau:
        """The judicial-administration organ that draws for the town's procuratorate."""
        office = self.office(
            OfficeKind.JUDICIAL_ADMINISTRATION, procuratorate_id=town.procuratorate.id
        )
        return Bureau(office, self.person(PostKind.JUSTICE_OFFICER, office))

    def supervisor(self, bureau: Bureau, *expertise: Expertise, **given: object) -> Supervisor:
        """A people's supervisor who serves in the first term."""
        person = self.person(PostKind.SUPERVISOR, bureau.office)
        values: dict[str, object] = {
            "state": SupervisorState.SERVING,
            "born_on": date(1980, 5, 1),
            "education": Education.BACHELOR,
            "occupation": Occupation.ENTERPRISE,
            "profession": "工程师",
            "region": "青澜区",
            "languages": [],
            "weekdays": [1, 2, 3, 4, 5, 6, 7],
            "term_from_on": date(2024, 1, 1),
            "term_until_on": date(2028, 12, 31),
            "entered_at": self.now,
            "entered_by": bureau.officer.id,
        }
        one = Supervisor(
            person_id=person.id,
            organ_id=bureau.office.id,
            fields=[SupervisorExpertise(code=code) for code in expertise],
            **(values | given),
        )
        self.session.add(one)
        self.session.flush()
        return one

    def activity(self, town: Town, bureau: Bureau, **given: object) -> Activity:
        """A public review in ten days, for which two supervisors are wanted; not yet sent."""
        starts = self.now + timedelta(days=10)
        values: dict[str, object] = {
            "kind": ActivityKind.PUBLIC_REVIEW,
            "title": "拟不起诉案件公开审查",
            "planned_by": town.prosecutor.id,
            "planned_at": self.now,
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=2),
            "form": ActivityForm.EITHER,
            "place": "第一听证室",
            "wanted": 2,
        }
        if given.get("state") not in {None, ActivityState.PLANNED}:
            values |= {"requested_at": self.now, "requested_by": town.manager.id}
        activity = Activity(
            procuratorate_id=town.procuratorate.id,
            organ_id=bureau.office.id,
            **(values | given),
        )
        self.session.add(activity)
        self.session.flush()
        return activity

    def invitation(self, activity: Activity, supervisor: Supervisor, **given: object) -> Invitation:
        """An invitation that is still to be answered, by tomorrow."""
        values: dict[str, object] = {
            "place_in_draw": next(self._numbers),
            "invited_at": self.now,
            "answer_by": self.now + timedelta(days=1),
        }
        one = Invitation(activity_id=activity.id, supervisor_id=supervisor.id, **(values | given))
        self.session.add(one)
        self.session.flush()
        self.session.expire(activity, ["invited"])
        return one

    def draw(self, town: Town, bureau: Bureau, activity: Activity) -> Draw:
        """The draw of an activity that the organ was asked for: published, witnessed, held."""
        draw = draws.publish(self.act(bureau.officer), activity)
        assert isinstance(draw, Draw)
        draws.witness(self.act(town.manager), draw)
        return invitations.hold(self.act(bureau.officer), draw)

    def resource(self, office: Office, kind: ResourceKind, **given: object) -> Resource:
        """A room, a desk, a line or an escort, always open."""
        values: dict[str, object] = {
            "name": f"测试{kind.value}{next(self._numbers)}",
            "video": True,
        }
        resource = Resource(office_id=office.id, kind=kind, **(values | given))
        self.session.add(resource)
        self.session.flush()
        return resource

    def centre(self, town: Town, *, rooms: int = 2, desks: int = 2, escorts: int = 2) -> Centre:
        """A detention centre beside a town: video rooms there, video desks at the procuratorate."""
        office = self.office(OfficeKind.DETENTION_CENTRE, procuratorate_id=town.procuratorate.id)
        return Centre(
            office,
            self.person(PostKind.DETENTION_OFFICER, office),
            tuple(
                self.resource(office, ResourceKind.INTERROGATION_ROOM, after_minutes=10)
                for _ in range(rooms)
            ),
            self.resource(
                office, ResourceKind.ESCORT, units=escorts, before_minutes=15, after_minutes=15
            ),
            tuple(self.resource(town.procuratorate, ResourceKind.DESK) for _ in range(desks)),
        )

    def handled(self, town: Town, *suspects: Suspect, **given: Any) -> Case:
        """An arrest case that the town's prosecutor handles."""
        case = self.case(town, *suspects, **given)
        assignments.designate(
            self.act(town.manager),
            case,
            handler_id=town.prosecutor.id,
            reason="测试指定。",
            approver_id=town.chief.id,
        )
        self.session.flush()
        return case

    def scene(self) -> Scene:
        """A town with a centre, and a case whose suspect is held there."""
        town = self.town()
        centre = self.centre(town)
        suspect = self.suspect(detention_centre_id=centre.office.id)
        case = self.handled(town, suspect)
        return Scene(town, centre, case, suspect, self.now + timedelta(hours=1))

    def arrangement(self, town: Town, **given: object) -> Arrangement:
        """The town's prosecutor and a second one of the staff, by video, for an hour."""
        second = self.person(PostKind.ASSISTANT, town.procuratorate)
        values: dict[str, object] = {
            "seats": (Seat(Role.LEAD, town.prosecutor.id), Seat(Role.STAFF, second.id)),
        }
        return Arrangement(**(values | given))  # type: ignore[arg-type]  # as a test names them

    def interrogation(
        self, town: Town, case: Case, starts_at: datetime, **given: object
    ) -> Interrogation:
        """An interrogation of the case's first suspect, booked by the handler."""
        act = self.act(town.prosecutor)
        wish = interrogations.wish(act, case, case.suspects[0].id)
        arranged = self.arrangement(town, **given)
        return interrogations.book(act, wish, arranged, starts_at=starts_at)

    def held(self, case: Case, suspect: Suspect, **given: object) -> Interrogation:
        """An interrogation that has ended, and was filed from paper."""
        values: dict[str, object] = {
            "mode": Mode.IN_PERSON,
            "state": InterrogationState.ENDED,
            "wanted_minutes": 60,
            "asked_at": self.now,
            "asked_by": case.handler_id or case.accepted_by,
            "started_at": self.now - timedelta(hours=1),
            "ended_at": self.now,
            "held_on_paper": True,
        }
        held = Interrogation(case_id=case.id, suspect_id=suspect.id, **(values | given))
        self.session.add(held)
        self.session.flush()
        return held

    def written_opinion(self, case: Case, suspect: Suspect, **given: object) -> WrittenOpinion:
        """A form for a written opinion that was served and has come back."""
        values: dict[str, object] = {
            "served_at": self.now,
            "served_by": case.handler_id,
            "collected_at": self.now,
            "collected_by": case.handler_id,
            "words": "没有意见。",
        }
        form = WrittenOpinion(case_id=case.id, suspect_id=suspect.id, **(values | given))
        self.session.add(form)
        self.session.flush()
        return form

    def suspect(self, **given: object) -> Suspect:
        number = next(self._numbers)
        values: dict[str, object] = {
            "ordinal": number,
            "received_at": self.now,
            "name": f"嫌疑人{number}",
            "document_kind": DocumentKind.NONE,
            "sex": Sex.MALE,
            "flags": [],
            "measure": Measure.DETENTION,
        }
        return Suspect(**(values | given))

    def charge(self, **given: object) -> Charge:
        """A charge of the register, in force."""
        number = next(self._numbers)
        values: dict[str, object] = {
            "name": f"测试罪名{number}",
            "in_force_from": LONG_AGO,
            "checked": False,
            "position": 10_000 + number,
        }
        charge = Charge(**(values | given))
        self.session.add(charge)
        self.session.flush()
        return charge

    def arrest_request(self, town: Town, *suspects: Suspect, **given: object) -> ArrestRequest:
        """A request as received, its suspects' periods running."""
        number = next(self._numbers)
        values: dict[str, object] = {
            "document_number": f"测公提捕字〔2026〕{number}号",
            "document_on": self.now.date(),
            "facts": "犯罪嫌疑人涉嫌盗窃他人财物，数额较大。",
            "received_at": self.now,
            "submitted_by": town.officer.id,
            "nonce": f"{number:032x}",
            "procuratorate": town.procuratorate,
            "office": town.police,
            "suspects": list(suspects) or [self.suspect()],
        }
        request = ArrestRequest(**(values | given))
        self.session.add(request)
        self.session.flush()
        self.session.refresh(request)
        act = self.act(town.officer)
        for suspect in request.suspects:
            rule, ground = deadlines.arrest_review_rule(suspect.custody)
            deadlines.start(
                act,
                rule,
                request,
                suspect_id=suspect.id,
                started_at=self.now,
                custody=suspect.custody,
                ground=ground,
                keepers=deadlines.Keepers(
                    request.procuratorate_id, request.police_office_id, request.handler_id
                ),
            )
        return request

    def case(
        self, town: Town, *suspects: Suspect, list_: CaseList = CaseList.ORDINARY, **given: object
    ) -> Case:
        """A case that case management has just accepted."""
        request = self.arrest_request(town, *suspects, **given)
        checks = {check.value: "ok" for check in AcceptanceCheck}
        case = cases.accept(self.act(town.manager), request, list_=list_, checks=checks)
        self.session.flush()
        return case

    def transfer(
        self, town: Town, *suspects: Suspect, pleads: bool = False, **given: object
    ) -> Transfer:
        """A case as transferred for prosecution, its periods running."""
        number = next(self._numbers)
        source = transfers.SOURCES[town.police.kind]
        sender = transfers.Sender(town.police.id, town.procuratorate.id, source)
        named = list(suspects) or [self.suspect(measure=Measure.ARREST)]
        self.session.add_all(named)
        self.session.flush()
        values: dict[str, object] = {
            "document_number": f"测公诉字〔2026〕{number}号",
            "document_on": self.now.date(),
            "facts": "犯罪嫌疑人多次盗窃他人财物，数额较大。",
        }
        draft = transfers.TransferDraft(
            **(values | given),  # type: ignore[arg-type]  # a test names what it overrides
            suspects=tuple(
                transfers.NamedSuspect(suspect_id=one.id, pleads=pleads) for one in named
            ),
        )
        return transfers.receive(self.act(town.officer), sender, draft, named)

    def prosecution(
        self, town: Town, *suspects: Suspect, pleads: bool = False, **given: object
    ) -> Prosecution:
        """The first suspect's prosecution, in a case that the town's prosecutor handles."""
        named = list(suspects) or [self.suspect(measure=Measure.ARREST)]
        for one in named:
            if not one.suspect_charges:
                one.suspect_charges = [SuspectCharge(charge=self.charge(), ordinal=1)]
        transfer = self.transfer(town, *named, pleads=pleads, **given)
        checks = {check.value: "ok" for check in AcceptanceCheck}
        case = cases.accept_transfer(
            self.act(town.manager), transfer, list_=CaseList.ORDINARY, checks=checks
        )
        assignments.designate(
            self.act(town.manager),
            case,
            handler_id=town.prosecutor.id,
            reason="测试指定。",
            approver_id=town.chief.id,
        )
        self.session.flush()
        return prosecutions.of_case(self.act(town.manager), case)[0]
