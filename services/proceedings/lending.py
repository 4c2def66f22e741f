"""A proposal as a document of a reading packet: the reasons of what is intended."""

from services.cases import Case
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.packets.flow import SourceKind
from services.packets.sources import READERS, Given
from services.proceedings.operations import find

TITLE = "拟处理意见"
REASONS = "reasons"
"""What the steps call the words that give their reasons."""


def lend(act: Act, case: Case, proposal_id: int) -> Given:
    """The reasons of a proposal, as they were put forward.

    Refuses:
        NotFound: it is of another case, gives no reasons, or is not the actor's to read.
    """
    proposal = find(act, proposal_id)
    words = proposal.given.get(REASONS)
    if proposal.case_id != case.id or not isinstance(words, str) or not words:
        raise NotFound
    return TITLE, words


READERS[SourceKind.PROPOSAL] = lend
