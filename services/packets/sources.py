"""Where the words of a packet's documents come from.

Opinions and records of interrogation stand above packets, so a packet cannot call them. Each of
them signs up when it is imported, with a function that finds the record for the actor (or refuses)
and gives its title and its words.
"""

from collections.abc import Callable

from sqlalchemy import select

from services import arrest_requests, attachments
from services.activities import Activity
from services.attachments import Attachment
from services.cases import Case
from services.cases.flow import CaseKind
from services.kernel.act import Act
from services.kernel.refusals import NotFound, Unprocessable
from services.packets.extraction import words_of
from services.packets.flow import SourceKind

Given = tuple[str, str]
"""A title and the words."""
Reader = Callable[[Act, Case, int], Given]

READERS: dict[SourceKind, Reader] = {}
"""By the kind of source; each refuses `NotFound` where the record is of another case."""


class NoSuchSource(Unprocessable):
    """This activity has no such paper to choose from; type the words instead."""

    zh = "该监督活动没有可供选取的此类材料，请录入文字。"


def taken(act: Act, activity: Activity, kind: SourceKind, source_id: int | None) -> Given:
    """The title and the words of what the handler has chosen.

    Refuses:
        NoSuchSource: the activity is about no case, or nobody offers papers of this kind.
        NotFound: the record is of another case, or the actor may not read it.
        ScanNotRedactable: the words cannot be taken out of the file.
    """
    case = activity.case
    if case is None:
        raise NoSuchSource
    if kind is SourceKind.FACTS:
        return _facts(case)
    if source_id is None:
        raise NotFound
    if kind is SourceKind.ATTACHMENT:
        return _attachment(act, case, source_id)
    if kind not in READERS:
        raise NoSuchSource
    return READERS[kind](act, case, source_id)


def _facts(case: Case) -> Given:
    origin = case.origin
    if case.kind is CaseKind.ARREST and case.request is not None:
        grounds = case.request.danger_grounds
        return "提请批准逮捕的案件事实", "\n".join(part for part in (origin.facts, grounds) if part)
    return "移送起诉的案件事实", origin.facts


def _attachment(act: Act, case: Case, attachment_id: int) -> Given:
    of_case = {case.arrest_request_id, *(one.arrest_request_id for one in case.suspects)}
    chosen = (
        select(Attachment)
        .where(Attachment.id == attachment_id)
        .where(Attachment.arrest_request_id.in_({one for one in of_case if one is not None}))
    )
    if act.session.scalar(chosen.with_only_columns(Attachment.id)) is None:
        raise NotFound
    found = attachments.find(act, attachment_id, requests=arrest_requests.visible_ids(act))
    return found.title, words_of(found.content, found.media_type)
