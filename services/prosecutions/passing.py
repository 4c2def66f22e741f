"""Passing a case on to the procuratorate with jurisdiction (RULES 328; CPL 172¶2)."""

from services import transfers
from services.proceedings.table import Taking
from services.prosecutions import pleas
from services.prosecutions.pleas import PleaStanding
from services.transfers import NamedSuspect, Sender, TransferDraft, TransferSource


def pass_on(taking: Taking) -> None:
    """Hand the suspect's case over: received there now, its review counted from that receipt.

    The organ that investigated stays the same, and so does the number of returns (RULES 350).
    """
    case, given = taking.subject.case, taking.given
    origin = case.origin
    draft = TransferDraft(
        document_number=f"{case.number}-{taking.subject.id}",
        document_on=taking.act.today,
        facts=origin.facts,
        major_or_complex=origin.major_or_complex,
        suspects=(NamedSuspect(suspect_id=taking.suspect.id, pleads=_pleads(taking)),),
    )
    sender = Sender(case.police_office_id, given["procuratorate_id"], TransferSource.PROCURATORATE)
    transfers.receive(taking.act, sender, draft, [taking.suspect])


def _pleads(taking: Taking) -> bool:
    """As it stands here; where nobody has asked yet, as the organ stated it."""
    plea = pleas.of(taking.subject)
    untold = plea.standing is PleaStanding.NOT_TOLD
    return pleas.stated(taking.subject) if untold else plea.stands
