"""A record of interrogation as a document of a reading packet: what was said, as it was fixed."""

from services.cases import Case
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.packets.flow import SourceKind
from services.packets.sources import READERS, Given
from services.policy import Permission, allows
from services.transcripts.operations import find

TITLE = "讯问笔录"


def lend(act: Act, case: Case, transcript_id: int) -> Given:
    """The paragraphs of the newest edition; its heading and its marks stay in the file.

    Refuses:
        NotFound: it is of another case, not fixed yet, or not the actor's to read.
    """
    transcript = find(act, transcript_id)
    edition = transcript.edition
    readable = allows(act.actor, Permission.TRANSCRIPT_READ, transcript)
    if transcript.interrogation.case_id != case.id or edition is None or not readable:
        raise NotFound
    return TITLE, "\n".join(edition.paragraphs)


READERS[SourceKind.TRANSCRIPT] = lend
