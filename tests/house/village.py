"""A town in which there is something of every noun: whatever knocks at the house needs it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from notifications.deliveries import Delivery, DeliveryChannel, DeliveryState
from notifications.escalations import Escalation, EscalationCall, EscalationTold
from notifications.faults import DeliveryFault
from notifications.health import ChannelHealth
from notifications.ladders import LadderName
from notifications.messages import Urgency
from services import (
    attachments,
    calendar_feeds,
    delegations,
    devices,
    draws,
    inquiries,
    interrogations,
    oversight,
    packets,
    proceedings,
    supervision_opinions,
    supervision_plans,
)
from services.activities import Activity, ActivityState
from services.app_versions import StoppedVersion
from services.appointments import Appointment
from services.arrest_reviews import ArrestReview
from services.assignments.teams import CaseTeam
from services.bookings.records import BookingKind
from services.cases import Case
from services.charges import Charge
from services.deadlines import Deadline, notices
from services.draws import Draw
from services.emergency_accesses import EmergencyAccess, EmergencyReason
from services.enrolments import Enrolment
from services.handovers.records import Handover
from services.interrogations import blocks, choosing, engagements
from services.interrogations.checklist import ReadinessItem
from services.interrogations.displacements import Displacement
from services.interrogations.offers import SlotOffer
from services.invitations import Invitation, InvitationState
from services.kernel.act import Act, Actor, JournalEntry
from services.kernel.clock import machine_now
from services.monitoring import MonitoringEntry
from services.offices import Level, Office
from services.participants import Participant, ParticipantKind
from services.participation import reports
from services.passkeys import Passkey
from services.people import Leave, Person
from services.people_imports.records import PeopleImport
from services.plans.records import Plan
from services.policy import Matter, PostKind
from services.quality_reviews import QualityCorrection, QualityGrade, QualityReview
from services.resources import ResourceKind
from services.sessions import SignInSession
from services.supervisors import Expertise
from tests.committees.conftest import Chamber, seated
from tests.conferences.conftest import Hall
from tests.consultations.conftest import World as ConsultationWorld
from tests.deadlines.year_2027 import YEAR_2027
from tests.make import Bureau, Centre, Make, Scene, Town
from tests.participation.conftest import World as ParticipationWorld
from tests.public_hearings.conftest import World as HearingWorld
from tests.quality_reviews.conftest import World as QualityWorld
from tests.transcripts.conftest import desk_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PDF = b"%PDF-1.7\n%%EOF\n"

Ids = dict[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Village:
    """One town with its centre and its organ, and the ids of what is there, by their names."""

    town: Town
    centre: Centre
    bureau: Bureau
    ids: Ids
    quarters: tuple[Office, ...] = ()
    """Procuratorates beside it in which some of it happens."""

    def offices_of(self, post: PostKind) -> tuple[Office, ...]:
        """Where somebody in that post works here."""
        if post in {PostKind.POLICE_OFFICER, PostKind.COMMISSION_OFFICER}:
            return (self.town.police,)
        if post is PostKind.DETENTION_OFFICER:
            return (self.centre.office,)
        if post in {PostKind.JUSTICE_OFFICER, PostKind.SUPERVISOR}:
            return (self.bureau.office,)
        return (self.town.procuratorate, *self.quarters)


def empty(make: Make) -> Village:
    """A town with its centre and its organ, in which nothing has happened."""
    town = make.town()
    return Village(town, make.centre(town), make.bureau(town), {})


def everywhere(make: Make, village: Village) -> Person:
    """Somebody who holds every post of the town that knocks at a door."""
    town = village.town
    everybody = make.person(PostKind.CASE_MANAGER, town.procuratorate)
    for post in (
        PostKind.PROSECUTOR,
        PostKind.CHIEF_PROCURATOR,
        PostKind.POLICE_OFFICER,
        PostKind.DETENTION_OFFICER,
        PostKind.DEPARTMENT_HEAD,
        PostKind.JUSTICE_OFFICER,
        PostKind.SUPERVISOR,
    ):
        make.post(everybody, post, village.offices_of(post)[0])
    return everybody


def filled(make: Make, village: Village, supervisor: Person) -> Village:
    """The town with something of every noun in it; `supervisor` is one of the pool."""
    town, centre, bureau = village.town, village.centre, village.bureau
    request = make.arrest_request(town)
    case = make.handled(town, make.suspect(detention_centre_id=centre.office.id))
    session = make.session
    reviews = select(ArrestReview.id).where(ArrestReview.case_id == case.id)
    limits = select(Deadline.id).where(Deadline.procuratorate_id == town.procuratorate.id)
    ids: Ids = {
        "request_id": (request.id,),
        "case_id": (case.id,),
        "office_id": (town.police.id, centre.office.id, town.procuratorate.id),
        "review_id": (session.scalars(reviews).one(),),
        "deadline_id": (session.scalars(limits.limit(1)).one(),),
        "charge_id": (session.scalars(select(Charge.id).limit(1)).one(),),
    }
    scene = Scene(town, centre, case, case.suspects[0], make.now + HOUR)
    for more in (
        interrogated(make, scene),
        supervised(make, town, bureau, case, supervisor),
        weighed(make, village, case),
        reported(make, town, bureau),
        around(make, village, scene),
        trusted(make, town, case),
        carried(make, town),
    ):
        for name, there in more.items():
            ids[name] = (*ids.get(name, ()), *there)
    found, quarters = reviewed(make, supervisor)
    ids |= found
    return replace(village, ids=ids, quarters=quarters)


def begun(make: Make, village: Village) -> Village:
    """The town with a case, its interrogations and what is supervised in it; enough for ids."""
    town, centre, bureau = village.town, village.centre, village.bureau
    supervisor = make.person(PostKind.SUPERVISOR, bureau.office)
    request = make.arrest_request(town)
    case = make.handled(town, make.suspect(detention_centre_id=centre.office.id))
    scene = Scene(town, centre, case, case.suspects[0], make.now + HOUR)
    paper = attachments.upload(
        make.act(town.officer), attachments.NewFile("文书.pdf", PDF), limit=10_000
    )
    ids = interrogated(make, scene) | supervised(make, town, bureau, case, supervisor)
    ids |= {"request_id": (request.id,), "attachment_id": (paper.id,), "case_id": (case.id,)}
    return replace(village, ids=ids)


def weighed(make: Make, village: Village, case: Case) -> Ids:
    """What is talked over and decided: consultations, conferences, the committee, proposals."""
    town = village.town
    talks = ConsultationWorld(make)
    talks.town = town
    consulted = (talks.invited(), talks.opined())
    elsewhere = make.office()
    own = [make.person(PostKind.PROSECUTOR, town.procuratorate) for _ in range(2)]
    head = make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)
    guest = make.person(PostKind.PROSECUTOR, elsewhere)
    hall = Hall(make, town, head, own, elsewhere, guest, case)
    asked = (hall.asked(), hall.called())
    deputy, full_time, others = seated(make, town)
    chamber = Chamber(make, town, elsewhere, head, deputy, full_time, others, make.handled(town))
    matters = [chamber.put()]
    chamber.case = make.handled(town)
    matters.append(chamber.opened())
    prosecution = make.prosecution(town)
    proposal = proceedings.take(
        make.act(town.prosecutor),
        prosecution,
        "return_case",
        {"outline": "一、调取监控。", "reasons": "主要事实证据不足。"},
    )
    waiting = make.transfer(town)
    make.session.flush()
    return {
        "consultation_id": tuple(one.id for one in consulted),
        "evidence_id": tuple(one.id for one in consulted[1].evidence),
        "conference_id": tuple(one.id for one in asked),
        "matter_id": tuple(one.id for one in matters),
        "prosecution_id": (prosecution.id,),
        "proposal_id": (proposal.id,),
        "transfer_id": (waiting.id,),
        "head_id": (head.id,),
    }


def reviewed(make: Make, knocking: Person) -> tuple[Ids, tuple[Office, ...]]:
    """Reviews of quality, each state in a procuratorate of its own: one sampling a year."""
    made: tuple[partial[QualityReview], ...] = (
        partial(QualityWorld.drawn),
        partial(QualityWorld.begun),
        partial(QualityWorld.proposed),
        partial(QualityWorld.notified),
        partial(QualityWorld.notified, grade=QualityGrade.UNQUALIFIED, correction="补正卷宗。"),
        partial(QualityWorld.objected),
    )
    worlds = [_quality(make) for _ in range(len(made) + 1)]
    found = [begin(world) for begin, world in zip(made, worlds, strict=False)]
    corrected = QualityCorrection(
        review_id=found[4].id,
        item="documents",
        what="补正卷宗。",
        person_id=worlds[4].town.prosecutor.id,
        due_on=make.now.date() + 9 * DAY,
    )
    make.session.add(corrected)
    worlds[-1].closed()
    announced = worlds[-1].announced()
    for world in worlds:
        for post in (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR, PostKind.PROSECUTOR):
            make.post(knocking, post, world.town.procuratorate)
    make.session.flush()
    return {
        "quality_review_id": tuple(one.id for one in found),
        "sampling_id": (announced.id, *(one.sampling_id for one in found)),
        "correction_id": tuple(make.session.scalars(select(QualityCorrection.id))),
    }, tuple(world.town.procuratorate for world in worlds)


def _quality(make: Make) -> QualityWorld:
    town = make.town()
    superior = make.office(level=Level.MUNICIPAL)
    sister = make.office(superior_id=superior.id)
    town.procuratorate.superior_id = superior.id
    make.session.flush()
    return QualityWorld(
        make,
        town,
        superior,
        sister,
        make.person(PostKind.PROSECUTOR, town.procuratorate),
        make.person(PostKind.PROSECUTOR, sister),
        make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate),
        make.person(PostKind.INSPECTOR, town.procuratorate),
    )


def reported(make: Make, town: Town, bureau: Bureau) -> Ids:
    """A periodic report that is being written, and one that was sent."""
    world = ParticipationWorld(make, town, bureau, [make.supervisor(bureau)])
    drafted = world.drafted()
    sent = reports.send(world.manager(), world.drafted(year=2025, number=2))
    make.session.flush()
    return {"report_id": (drafted.id, sent.id)}


def around(make: Make, village: Village, scene: Scene) -> Ids:
    """What lies around the cases: files, messages, phones, places, plans, words of a leader."""
    town, centre, session = village.town, village.centre, make.session
    officer = make.act(town.officer)
    chief, handler = make.act(town.chief), make.act(town.prosecutor)
    keeper = make.act(centre.officer)
    paper = attachments.upload(officer, attachments.NewFile("文书.pdf", PDF), limit=10_000)
    rooms = make.resource(centre.office, ResourceKind.INTERROGATION_ROOM)
    blocked = blocks.block(
        keeper,
        blocks.places(keeper, centre.office.id, [rooms.id]),
        from_at=make.now + 9 * DAY,
        until_at=make.now + 10 * DAY,
        note="检修。",
    )
    engaged = engagements.enter(
        keeper,
        engagements.find_detainee(keeper, scene.suspect.id),
        engagements.Wanted(
            BookingKind.MEDICAL, Range(make.now + 6 * DAY, make.now + 6 * DAY + HOUR)
        ),
    )
    waits = make.suspect(detention_centre_id=centre.office.id)
    waiting = make.handled(town, waits)
    held = choosing.hold(
        handler,
        interrogations.wish(handler, waiting, waits.id),
        make.arrangement(town),
        starts_at=make.now + DAY + HOUR,
    )
    gone, urgent = (
        make.interrogation(town, make.handled(town, one), make.now + 2 * DAY + hour * HOUR)
        for hour, one in enumerate(
            make.suspect(detention_centre_id=centre.office.id) for _ in range(2)
        )
    )
    displaced = Displacement(
        interrogation_id=gone.id,
        for_id=urgent.id,
        before=Range(make.now + DAY, make.now + DAY + HOUR),
        after=Range(make.now + 2 * DAY, make.now + 2 * DAY + HOUR),
        displaced_at=make.now,
        displaced_by=town.prosecutor.id,
        object_until=make.now + 5 * DAY,
    )
    offer = SlotOffer(
        interrogation_id=gone.id,
        booking_id=held.id,
        during=Range(make.now + DAY, make.now + DAY + HOUR),
        room_id=rooms.id,
        offered_at=make.now,
        held_until=make.now + HOUR,
    )
    plan = Plan(
        procuratorate_id=town.procuratorate.id,
        from_on=make.now.date(),
        days=3,
        drawn_up_at=make.now,
        drawn_up_by=town.manager.id,
    )
    late = MonitoringEntry(
        deadline_id=session.scalars(
            select(Deadline.id).where(Deadline.procuratorate_id == town.procuratorate.id).limit(1)
        ).one(),
        procuratorate_id=town.procuratorate.id,
        route=PostKind.CASE_MANAGER,
        opened_at=make.now,
    )
    session.add_all((displaced, offer, plan, late))
    asked = oversight.ask(chief, scene.case, words="请说明进展。", due_on=make.now.date() + DAY)
    told = inquiries.record(
        handler,
        inquiries.NewInquiry(
            procuratorate_id=town.procuratorate.id,
            kind=inquiries.InquiryKind.LEADER_INTERFERENCE,
            channel=inquiries.InquiryChannel.PHONE,
            asker_name="测试询问人",
            content="询问案件进展。",
            seems_unlawful=True,
            happened_at=make.now - DAY,
            case=scene.case,
        ),
    )
    acts_for = make.person(PostKind.PROSECUTOR, town.procuratorate)
    delegation = delegations.give(
        chief,
        delegations.Chair(town.procuratorate.id),
        to_id=acts_for.id,
        from_on=chief.today,
        until_on=chief.today + 7 * DAY,
        matters=[Matter.ARREST],
        reason="检察长外出学习。",
    )
    administrator = make.person(PostKind.ADMINISTRATOR, town.procuratorate)
    notice = notices.propose(make.act(administrator), YEAR_2027)
    opened = signed_in(make, town.prosecutor)
    device = devices.register(
        Act(Actor(town.prosecutor.id, frozenset(), opened.id), make.now, session),
        opened,
        platform=devices.Platform.ANDROID,
        token="a" * 64,
    )
    session.flush()
    entry = session.scalars(select(JournalEntry).order_by(JournalEntry.id).limit(1)).one()
    delivery = Delivery(
        entry_id=entry.id,
        person_id=town.prosecutor.id,
        channel=DeliveryChannel.INBOX,
        urgency=Urgency.INFO,
        state=DeliveryState.DELIVERED,
        dispatched_at=make.now,
        expires_at=make.now + 30 * DAY,
        next_at=make.now,
    )
    session.add(delivery)
    climbing(make, town, entry)
    interpreter = Participant(
        office_id=town.procuratorate.id,
        kind=ParticipantKind.INTERPRETER,
        name="测试翻译",
        languages=["ug"],
        entered_at=make.now,
        entered_by=town.manager.id,
    )
    session.add(interpreter)
    session.flush()
    return {
        "attachment_id": (paper.id,),
        "block_id": (blocked.booking.id,),
        "engagement_id": (engaged.engagement.id,),
        "hold_id": (held.id,),
        "displacement_id": (displaced.id,),
        "offer_id": (offer.id,),
        "plan_id": (plan.id,),
        "entry_id": (late.id, asked.id),
        "inquiry_id": (told.id,),
        "delegation_id": (delegation.id,),
        "notice_id": (notice.id,),
        "device_id": (device.id,),
        "participant_id": (interpreter.id,),
    }


def climbing(make: Make, town: Town, entry: JournalEntry) -> None:
    """A message that nobody has confirmed: whoever holds that line of the inbox was told."""
    one = Escalation(
        entry_id=entry.id,
        about_kind="arrest_requests",
        about_id=entry.about_id,
        matter=f"village:{entry.id}",
        ladder=LadderName.CLOCK,
        urgency=Urgency.TASK,
        procuratorate_id=town.procuratorate.id,
        handler_id=town.prosecutor.id,
        stood_in=False,
        step=0,
        begun_at=make.now,
        next_at=make.now + DAY,
    )
    told = EscalationTold(person_id=town.prosecutor.id)
    call = EscalationCall(escalation=one, told_at=make.now, entry_id=entry.id, told=[told])
    make.session.add_all((one, call))
    make.session.flush()


def carried(make: Make, town: Town) -> Ids:
    """How pushes are carried: a channel, a heap of dead letters, a version that was stopped."""
    administrator = make.person(PostKind.ADMINISTRATOR, town.procuratorate)
    channel = ChannelHealth(channel=DeliveryChannel.FCM)
    fault = DeliveryFault(
        channel=DeliveryChannel.FCM,
        code="INVALID_ARGUMENT",
        office_id=town.procuratorate.id,
        owner_id=town.procuratorate.id,
        owner_post=PostKind.ADMINISTRATOR,
        letters=1,
        first_at=make.now,
        last_at=make.now,
    )
    stop = StoppedVersion(
        platform=devices.Platform.ANDROID,
        number="0.9.0",
        reason="该版本存在故障。",
        stopped_at=make.now,
        stopped_by=administrator.id,
    )
    make.session.add_all((channel, fault, stop))
    make.session.flush()
    return {"channel_id": (channel.id,), "fault_id": (fault.id,), "stop_id": (stop.id,)}


def trusted(make: Make, town: Town, case: Case) -> Ids:
    """What people are trusted by: a phone, a passkey, a post, a team, a word in an emergency."""
    handler, today = town.prosecutor.id, make.now.date()
    made: dict[str, Any] = {
        "enrolment_id": Enrolment(
            person_id=handler,
            thumbprint="village",
            x="x",
            y="y",
            platform=devices.Platform.ANDROID,
            name="测试手机",
            enrolled_at=machine_now(),
            last_used_at=machine_now(),
        ),
        "passkey_id": Passkey(
            person_id=handler,
            name="测试密钥",
            domain="localhost",
            credential_id=b"village",
            public_key=b"village",
            sign_count=0,
            added_at=machine_now(),
        ),
        "appointment_id": Appointment(
            person_id=handler,
            office_id=town.procuratorate.id,
            kind=PostKind.CLERK,
            from_on=today,
            proposed_at=make.now,
            proposed_by=town.manager.id,
        ),
        "handover_id": Handover(
            person_id=handler,
            procuratorate_id=town.procuratorate.id,
            reason="调离。",
            made_at=make.now,
            made_by=town.chief.id,
        ),
        "access_id": EmergencyAccess(
            procuratorate_id=town.procuratorate.id,
            case_id=case.id,
            person_id=handler,
            reason=next(iter(EmergencyReason)),
            words="承办人住院，需要核对期限。",
            opens=[["cases", case.id]],
            opened_at=make.now,
            until_at=make.now + 4 * HOUR,
            review_by_on=today + 3 * DAY,
        ),
        "leave_id": Leave(person_id=handler, from_on=today + 60 * DAY, until_on=today + 61 * DAY),
        "import_id": PeopleImport(
            office_id=town.procuratorate.id,
            people_count=0,
            proposed_at=make.now,
            proposed_by=town.manager.id,
        ),
        "team_id": CaseTeam(
            procuratorate_id=town.procuratorate.id,
            lead_id=handler,
            from_on=today,
            formed_by=town.manager.id,
            formed_at=make.now,
        ),
    }
    for one in made.values():
        make.session.add(one)
    make.session.flush()
    return {name: (one.id,) for name, one in made.items()}


def signed_in(make: Make, person: Person, **given: Any) -> SignInSession:
    """A session of that person, open unless something else is said."""
    values: dict[str, Any] = {"opened_at": machine_now(), "renewed_at": machine_now()}
    opened = SignInSession(person_id=person.id, **(values | given))
    make.session.add(opened)
    make.session.flush()
    return opened


def interrogated(make: Make, scene: Scene) -> Ids:
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


def supervised(  # the parties, each by its name
    make: Make, town: Town, bureau: Bureau, case: Case, everybody: Person
) -> Ids:
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
