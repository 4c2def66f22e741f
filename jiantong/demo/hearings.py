"""How the suspects of the demo world were heard before the handler's opinion, on paper."""

from datetime import timedelta

from services import interrogations, offices, participants
from services.arrest_requests.terms import Measure
from services.arrest_reviews import ArrestReview, Hearing
from services.interrogations import HeldOnPaper, Role, Seat, Wish, opinion_forms
from services.interrogations.composition import minor_on
from services.interrogations.grounds import police_come_first
from services.kernel.act import Act
from services.offices import Office, OfficeKind
from services.participants import NewParticipant, ParticipantKind
from services.prosecutions import Prosecution

_BEGAN, _LASTED = timedelta(hours=3), timedelta(hours=1)


def interrogated(act: Act, review: ArrestReview | Prosecution, second_id: int) -> Hearing:
    """The handler and a second prosecutor met the suspect; a minor had a parent there."""
    case, suspect = review.case, review.suspect
    seats = [Seat(Role.LEAD, case.handler_id), Seat(Role.STAFF, second_id)]
    began = act.now - _BEGAN
    if minor_on(suspect, act.today):
        parent = NewParticipant(
            office_id=case.procuratorate_id,
            kind=ParticipantKind.LEGAL_REPRESENTATIVE,
            name=f"{suspect.name[0]}某（家长）",
            suspect_id=suspect.id,
            relation="父母",
        )
        entered = participants.enter(act, parent)
        seats.append(Seat(Role.LEGAL_REPRESENTATIVE, participant_id=entered.id))
    first = began - _LASTED if police_come_first(case, suspect) else None
    unknown = suspect.in_custody and suspect.detention_centre_id is None
    held = HeldOnPaper(
        began,
        began + _LASTED,
        seats,
        centre_id=_a_centre(act) if unknown else None,
        police_heard_at=first,
    )
    interrogations.file_held(act, Wish(case, suspect), held)
    return Hearing.INTERROGATED


def asked_in_writing(act: Act, review: ArrestReview) -> Hearing:
    """A detained suspect was served the form and filled it in; who is free need not be heard."""
    if review.suspect.measure is not Measure.DETENTION:
        return Hearing.NOT_HEARD
    wish = Wish(review.case, review.suspect)
    opinion_forms.serve(act, wish)
    opinion_forms.collect(act, wish, words="对涉嫌的事实没有异议。", wants_to_speak=False)
    return Hearing.WRITTEN_OPINION


def _a_centre(act: Act) -> int | None:
    """The first detention centre: where the file has not said in which the suspect is held."""
    chosen = offices.of_kind(act, OfficeKind.DETENTION_CENTRE)
    return act.session.scalars(chosen.with_only_columns(Office.id)).first()
