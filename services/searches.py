"""Searches (检索): cases by a suspect's name, a document's number, the case's own, or a charge.

A search finds nothing that its reader could not find in the list of cases: it is that list, with
one more condition. Names are found by any piece of two characters, also the names somebody was
known by before; document numbers are sealed, so they are found whole, by their blind index.
"""

from sqlalchemy import CompoundSelect, Select, and_, func, or_, select, union

from services import cases
from services.arrest_requests.records import Suspect, SuspectCharge
from services.cases import Case, SuspectName, case_suspects
from services.charges import Charge
from services.kernel.act import Act
from services.kernel.refusals import Unprocessable
from services.kernel.trigrams import LEAST, holds
from services.transfers.records import TransferredSuspect


class SearchTooShort(Unprocessable):
    """A search needs two characters at least."""

    zh = "请至少输入两个字。"


def found(act: Act, words: str) -> Select[Case]:
    """Every case that the actor may see and that has something to do with these words.

    Refuses:
        SearchTooShort: fewer than two characters.
    """
    words = " ".join(words.split())
    if len(words) < LEAST:
        raise SearchTooShort(least=LEAST)
    return cases.visible(act).where(Case.id.in_(_matching(words)))


def _matching(words: str) -> CompoundSelect[int]:
    """The ids of all cases that match; each way has an index of its own."""
    named = select(case_suspects.c.case_id)
    now = named.join(Suspect, Suspect.id == case_suspects.c.suspect_id).where(
        or_(
            holds(Suspect.name, words),
            holds(Suspect.alias, words),
            Suspect.document_number_index == words,
        )
    )
    before = named.join(SuspectName, SuspectName.suspect_id == case_suspects.c.suspect_id).where(
        or_(
            holds(SuspectName.name, words),
            holds(SuspectName.alias, words),
            SuspectName.document_number_index == words,
        )
    )
    meant = select(Charge.id).where(Charge.name.contains(words, autoescape=True))
    charged = named.join(
        SuspectCharge, SuspectCharge.suspect_id == case_suspects.c.suspect_id
    ).where(SuspectCharge.charge_id.in_(meant))
    transferred = (
        select(Case.id)
        .join(case_suspects, case_suspects.c.case_id == Case.id)
        .join(
            TransferredSuspect,
            and_(
                TransferredSuspect.transfer_id == Case.transfer_id,
                TransferredSuspect.suspect_id == case_suspects.c.suspect_id,
            ),
        )
        .join(Charge, TransferredSuspect.charge_ids.op("@>")(func.to_jsonb(Charge.id)))
        .where(Charge.name.contains(words, autoescape=True))
    )
    numbered = select(Case.id).where(holds(Case.number, words))
    return union(now, before, charged, transferred, numbered)
