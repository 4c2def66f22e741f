"""The handler's opinion on an arrest as a document of a reading packet."""

from services.arrest_reviews.operations import find
from services.cases import Case
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.packets.flow import SourceKind
from services.packets.sources import READERS, Given
from services.policy import Permission, allows

TITLE = "审查逮捕意见"


def lend(act: Act, case: Case, review_id: int) -> Given:
    """The reasons of the opinion that stands.

    Refuses:
        NotFound: it is of another case, not given yet, or not the actor's to read.
    """
    review = find(act, review_id)
    opinion = review.opinion
    readable = allows(act.actor, Permission.OPINION_READ, review)
    if review.case_id != case.id or opinion is None or not readable:
        raise NotFound
    return TITLE, opinion.reasons


READERS[SourceKind.OPINION] = lend
