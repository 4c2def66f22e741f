"""An interrogation that runs, its record, and whoever sits there."""

import struct
import zlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest

from services import transcripts
from services.interrogations import Attendance, Interrogation, InterrogationState, Role, Seat
from services.kernel.act import Act
from services.participants import Participant, ParticipantKind
from services.people import Person
from services.policy import PostKind
from services.transcripts import Closing, LineKind, MarkKind, NewLine, Transcript
from tests.interrogations.conftest import Scene, scene
from tests.make import Make

__all__ = ["scene"]


def picture(wide: int = 60, high: int = 20, *, ink: int = 0) -> bytes:
    """A small grey PNG."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + checksum

    rows = b"".join(b"\0" + bytes([ink]) * wide for _ in range(high))
    header = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


SIGNATURE, FINGERPRINT = picture(ink=1), picture(30, 40, ink=2)
BOTH = {MarkKind.SIGNATURE: SIGNATURE, MarkKind.FINGERPRINT: FINGERPRINT}
NAME = {MarkKind.SIGNATURE: SIGNATURE}


@dataclass
class Desk:
    """The prosecutor's desk during an interrogation."""

    make: Make
    scene: Scene
    interrogation: Interrogation
    second: Person
    act: Act

    @property
    def seats(self) -> list[Attendance]:
        return self.interrogation.attendances

    def act_of(self, seat: Attendance) -> Act:
        """Whoever sits there, or else the prosecutor's device."""
        return self.make.act(seat.person) if seat.person else self.act

    def line(self, words: str, ordinal: int = 10, kind: LineKind = LineKind.ANSWER) -> NewLine:
        return NewLine(uuid4(), kind, ordinal, self.make.now, words)

    def begin(self, *words: str) -> Transcript:
        transcript = transcripts.begin(self.act, self.interrogation)
        said = words or ("你涉嫌什么事？", "我没有拿别人的东西。")
        lines = [self.line(one, 10 * number) for number, one in enumerate(said, start=1)]
        transcripts.write(self.act, transcript, lines)
        return transcript

    def fixed(self, *words: str) -> Transcript:
        return transcripts.put_for_reading(self.act, self.begin(*words))

    def read(self, *words: str) -> Transcript:
        return transcripts.close(self.act, self.fixed(*words), closing=Closing.READ)

    def sign_all(self, transcript: Transcript) -> None:
        """Everybody signs whatever is missing."""
        for owed in transcripts.missing(transcript):
            kind = MarkKind.SIGNATURE if owed.slot == "name" else MarkKind.FINGERPRINT
            images = {kind: BOTH[kind]}
            seat = next((one for one in self.seats if one.id == owed.attendance_id), None)
            act = self.act_of(seat) if seat else self.act
            if owed.page is not None:
                transcripts.sign_page(
                    act,
                    transcript,
                    number=owed.page.number,
                    attendance_id=owed.attendance_id,
                    sha256=owed.page.sha256,
                    images=images,
                )
            elif owed.correction is not None:
                transcripts.sign_correction(act, transcript, owed.correction, images=images)

    def completed(self, *words: str) -> Transcript:
        transcript = self.read(*words)
        self.sign_all(transcript)
        return transcripts.complete(self.act, transcript)


def desk_of(make: Make, scene: Scene, *kinds: ParticipantKind) -> Desk:
    """Two of the staff, and participants of those kinds."""
    second = make.person(PostKind.ASSISTANT, scene.town.procuratorate)
    people = [_participant(make, scene, kind) for kind in kinds]
    seats = (
        Seat(Role.LEAD, scene.town.prosecutor.id),
        Seat(Role.STAFF, second.id),
        *(Seat(Role(one.kind.value), participant_id=one.id) for one in people),
    )
    booked = make.interrogation(scene.town, scene.case, scene.soon, seats=seats)
    booked.state, booked.started_at = InterrogationState.RUNNING, make.now
    make.session.flush()
    return Desk(make, scene, booked, second, make.act(scene.town.prosecutor))


def _participant(make: Make, scene: Scene, kind: ParticipantKind) -> Participant:
    interprets = kind in {ParticipantKind.INTERPRETER, ParticipantKind.SIGN_INTERPRETER}
    one = Participant(
        office_id=scene.town.procuratorate.id,
        kind=kind,
        name=f"测试{kind.value}",
        suspect_id=None if interprets else scene.suspect.id,
        languages=["ug"] if interprets else [],
        entered_at=make.now - timedelta(days=1),
        entered_by=scene.town.manager.id,
    )
    make.session.add(one)
    make.session.flush()
    return one


@pytest.fixture
def desk(make: Make, scene: Scene) -> Desk:
    return desk_of(make, scene)
