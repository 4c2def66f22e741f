"""The form for a suspect's written opinion (听取犯罪嫌疑人意见书; RULES 280¶3).

A detained suspect whom nobody has to interrogate in the review of the arrest is served the form
instead; it is collected, examined and filed. Whoever asks on it to speak to a prosecutor is
interrogated: that is one of the grounds of RULES 280¶1.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from services.arrest_requests.records import Suspect
from services.arrest_requests.terms import Measure
from services.cases import Case, CaseKind
from services.deadlines.engine.articles import cited_en, cited_zh, law
from services.interrogations import grounds
from services.interrogations.drafts import Wish
from services.interrogations.grounds import InterrogationGround, MustInterrogate
from services.kernel.act import Act, Event, Record
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.policy import Permission, demands

ONE_FORM = "written_opinions_once"
FORM = law("RULES 280¶3")


class WrittenOpinion(Record):
    """The form that one suspect was served in one case, and what came back."""

    __tablename__ = "written_opinions"
    __table_args__ = (
        UniqueConstraint("case_id", "suspect_id", name=ONE_FORM),
        CheckConstraint(
            "(collected_at IS NULL) = (collected_by IS NULL)", name="written_opinions_collected"
        ),
        Index("written_opinions_by_suspect", "suspect_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    suspect_id: Mapped[int] = mapped_column(ForeignKey("suspects.id"))
    served_at: Mapped[datetime]
    served_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    collected_at: Mapped[datetime | None]
    collected_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    words: Mapped[str] = mapped_column(default="")
    """What the suspect wrote."""
    wants_to_speak: Mapped[bool] = mapped_column(default=False)
    """The suspect asks to speak to a prosecutor in person (RULES 280¶1(2))."""


@dataclass(frozen=True, slots=True)
class OpinionFormServed(Event):
    """A detained suspect was served the form; the event is about the case."""

    suspect_id: int


@dataclass(frozen=True, slots=True)
class OpinionFormCollected(Event):
    """The form came back; the event is about the case."""

    suspect_id: int
    wants_to_speak: bool


class FormNotForThem(Unprocessable):
    """The form is for a suspect who is detained, in the review of the arrest."""

    zh = "听取犯罪嫌疑人意见书适用于审查逮捕中被拘留的犯罪嫌疑人。"


class FormServed(Conflict):
    """The suspect was served the form before."""

    zh = "已经向该犯罪嫌疑人送达听取意见书。"


class FormCollected(Conflict):
    """The form has come back; what was written stays."""

    zh = "听取犯罪嫌疑人意见书已经收回，不得更改。"


def of(act: Act, case: Case, suspect: Suspect) -> WrittenOpinion | None:
    """The form that this suspect was served in the review of the arrest, whichever case it was.

    A suspect has one review of the arrest, and keeps it where a case is split or merged.
    """
    chosen = (
        select(WrittenOpinion)
        .join(Case, Case.id == WrittenOpinion.case_id)
        .where(WrittenOpinion.suspect_id == suspect.id, Case.kind == case.kind)
    )
    return act.session.scalar(chosen.order_by(WrittenOpinion.id.desc()).limit(1))


@demands(Permission.SUSPECT_HEAR)
def serve(act: Act, wish: Wish) -> WrittenOpinion:
    """Serve a detained suspect the form, where no ground asks for an interrogation.

    Refuses:
        NotAllowed: only the handler, who has not been recused.
        FormNotForThem: the suspect is not detained, or the arrest is not under review.
        MustInterrogate: a ground of RULES 280¶1 holds.
        FormServed: the suspect was served it before.

    Records:
        OpinionFormServed.
    """
    case, suspect = wish.case, wish.suspect
    if case.kind is not CaseKind.ARREST or suspect.measure is not Measure.DETENTION:
        raise FormNotForThem(article=cited_en(FORM), article_zh=cited_zh(FORM))
    if found := grounds.of(act, case, suspect):
        raise MustInterrogate.because(found)
    form = WrittenOpinion(
        case_id=case.id, suspect_id=suspect.id, served_at=act.now, served_by=act.actor.id
    )
    with act.unless(ONE_FORM, FormServed()):
        act.session.add(form)
    act.record(OpinionFormServed(case.id, suspect.id))
    return form


@demands(Permission.SUSPECT_HEAR)
def collect(act: Act, wish: Wish, *, words: str, wants_to_speak: bool) -> WrittenOpinion:
    """Take the form back, with what the suspect wrote; it is examined and filed.

    A suspect who asks on it to speak to a prosecutor has to be interrogated.

    Refuses:
        NotAllowed: only the handler, who has not been recused.
        NotFound: the suspect was not served the form.
        FormCollected: it has come back before.

    Records:
        OpinionFormCollected, and GroundNoted where the suspect asks to speak.
    """
    form = of(act, wish.case, wish.suspect)
    if form is None:
        raise NotFound
    act.session.refresh(form, with_for_update=True)
    if form.collected_at is not None:
        raise FormCollected
    form.collected_at, form.collected_by = act.now, act.actor.id
    form.words, form.wants_to_speak = words, wants_to_speak
    act.session.flush()
    act.record(OpinionFormCollected(wish.case.id, wish.suspect.id, wants_to_speak))
    asked = InterrogationGround.SUSPECT_ASKED
    if wants_to_speak and asked not in grounds.of(act, wish.case, wish.suspect):
        grounds.note_ground(act, wish, asked)
    return form
