"""A town whose prosecutor lends papers of a case to two supervisors, on the phones they signed."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from services import packets
from services.activities import Activity, ActivityState
from services.cases import Case
from services.devices import Device, Platform
from services.invitations import Invitation, InvitationState
from services.kernel.act import Act
from services.kernel.clock import machine_now
from services.packets import NewPacketDocument, NewPacketPerson, Packet, PacketRole, SourceKind
from services.people import Person
from services.sessions import SignInSession
from services.supervisors import Supervisor
from tests.make import Bureau, Make, Town

CANARY = "欧阳丹青"
ALIAS = "老鹞子"
CHILD = "柳依依"
VICTIM = "钱芳菲"
FACTS = (
    f"犯罪嫌疑人{CANARY}（电话13800138000）伙同{CHILD}窃取{VICTIM}手机。{CHILD}就读于青澜第三中学。"
)
SECRETS = (CANARY, ALIAS, CHILD, VICTIM, "丹青", "依依", "芳菲", "13800138000", "青澜第三中学")
HOUR = timedelta(hours=1)


@dataclass
class Reading:
    """A packet on its way from the handler to the supervisors."""

    make: Make
    town: Town
    bureau: Bureau
    case: Case
    activity: Activity
    one: Supervisor
    other: Supervisor
    phones: dict[int, tuple[int, int]]
    """By the supervisor's person: the session and the device on which it was signed."""

    @property
    def session(self) -> Session:
        return self.make.session

    def act(self, person: Person, at: datetime | None = None) -> Act:
        """An act of that person; of a supervisor on the enrolled phone."""
        act = self.make.act(person, at)
        phone = self.phones.get(person.id)
        return replace(act, actor=replace(act.actor, session_id=phone[0])) if phone else act

    def phone(self, person: Person) -> tuple[int, int]:
        """Another phone of that person: its session and its device."""
        opened = SignInSession(
            person_id=person.id, opened_at=machine_now(), renewed_at=machine_now()
        )
        self.session.add(opened)
        self.session.flush()
        device = Device(
            person_id=person.id,
            session_id=opened.id,
            platform=Platform.WEB,
            token=f"token-{opened.id}",
            registered_at=self.make.now,
        )
        self.session.add(device)
        self.session.flush()
        return opened.id, device.id

    def invitation(self, supervisor: Supervisor, **given: object) -> Invitation:
        """Accepted, and signed on a phone."""
        session_id, device_id = self.phone(supervisor.person)
        self.phones[supervisor.person_id] = session_id, device_id
        values: dict[str, object] = {
            "state": InvitationState.ACCEPTED,
            "answered_at": self.make.now,
            "undertook_at": self.make.now,
            "undertaking": "1",
            "device_id": device_id,
        }
        return self.make.invitation(self.activity, supervisor, **(values | given))

    def drafted(self) -> Packet:
        act = self.act(self.town.prosecutor)
        packet = packets.begin(act, self.activity)
        packets.name_person(act, packet, NewPacketPerson(PacketRole.VICTIM, (VICTIM,)))
        packets.add_document(act, packet, NewPacketDocument(SourceKind.FACTS))
        packets.add_document(
            act,
            packet,
            NewPacketDocument(
                SourceKind.WORDS,
                None,
                f"{CANARY}案审查意见",
                f"{ALIAS}系从犯。" + "事实清楚。" * 400,
            ),
        )
        return packet

    def redacted(self) -> Packet:
        return packets.redact(self.act(self.town.prosecutor), self.drafted())

    def checked(self) -> Packet:
        return packets.check(self.act(self.town.manager), self.redacted())

    def released(self) -> Packet:
        act = self.act(self.town.manager)
        return packets.release(
            act,
            self.checked(),
            open_from=self.activity.starts_at - 24 * HOUR,
            open_until=self.activity.ends_at,
        )

    @property
    def within(self) -> datetime:
        """A moment within the window."""
        return self.activity.starts_at - HOUR


@pytest.fixture
def reading(make: Make) -> Reading:
    town = make.town()
    bureau = make.bureau(town)
    case = make.handled(
        town,
        make.suspect(name=CANARY, alias=ALIAS, born_on=date(1990, 1, 1)),
        make.suspect(name=CHILD, born_on=date(2010, 9, 10)),
        facts=FACTS,
    )
    activity = make.activity(town, bureau, case_id=case.id, state=ActivityState.STAFFED)
    one, other = make.supervisor(bureau), make.supervisor(bureau)
    reading = Reading(make, town, bureau, case, activity, one, other, {})
    reading.invitation(one)
    reading.invitation(other)
    return reading
