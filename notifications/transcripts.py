"""What people hear about records of interrogation: who handles the case, that one is complete."""

from typing import Any

from sqlalchemy.orm import Mapped, joinedload, relationship

from notifications.audiences import HANDLER
from notifications.messages import Message, Words, on, read_with
from services.cases import Case
from services.interrogations import Interrogation
from services.kernel.act import Record
from services.transcripts import Transcript, TranscriptCompleted


class ToldTranscript(Record):
    """A record, with what its messages name."""

    __table__ = Transcript.__table__

    interrogation: Mapped[Interrogation] = relationship(viewonly=True)

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case."""
        return self.interrogation.handler_id

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate that handles the case."""
        return self.interrogation.procuratorate_id


_SITTING = joinedload(ToldTranscript.interrogation)
read_with(ToldTranscript, _SITTING.joinedload(Interrogation.case))


def _sample() -> ToldTranscript:
    case: Any = Case(id=7, number="测检捕受〔2026〕7号")
    return ToldTranscript(id=4, interrogation=Interrogation(id=3, case=case))


@on(
    TranscriptCompleted,
    about=ToldTranscript,
    to=HANDLER,
    sample=lambda: (TranscriptCompleted(4, "0" * 64), _sample()),
)
def transcript_completed(event: TranscriptCompleted, told: ToldTranscript) -> Message:
    """Tell the handler that a record is complete and lies with the evidence (RULES 258¶2)."""
    words = f"{told.interrogation.case.number}：讯问笔录已逐页签署完毕，已归入案件证据。"
    link = f"/transcripts/{event.about_id}"
    return Message(
        "讯问笔录已完成",
        words,
        link,
        en=Words(
            "A record of interrogation is complete",
            f"{told.interrogation.case.number}: every page is signed, and it is among the "
            "evidence.",
        ),
    )
