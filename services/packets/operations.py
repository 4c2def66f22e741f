"""Reading packets: the handler chooses, the rule covers, a second person looks, then it is read.

What a supervisor reads is set anew from covered words, within a window of time; the originals are
never served. Whatever is changed is covered and looked at again. None of its steps starts, stops
or moves a period of the case.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, exists, false, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from services import tasks
from services.activities import Activity, ActivityState
from services.arrest_requests.ages import has_reached
from services.arrest_requests.records import Suspect
from services.arrest_requests.terms import Flag
from services.cases import Case
from services.cases.records import RECUSALS
from services.invitations import Invitation
from services.kernel.act import Act
from services.kernel.flow import WrongState
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.packets import redaction
from services.packets.events import (
    PacketChanged,
    PacketChecked,
    PacketCovered,
    PacketMaskLifted,
    PacketRedacted,
    PacketStarted,
)
from services.packets.extraction import clean
from services.packets.flow import FLOW, MaskReason, PacketRole, PacketState, SourceKind
from services.packets.records import (
    ONE_PACKET,
    READING_STATES,
    Packet,
    PacketDocument,
    PacketMask,
    PacketPage,
    PacketPerson,
)
from services.packets.redaction import Known, Piece
from services.packets.sources import taken
from services.participants import Participant, ParticipantKind
from services.policy import Permission, PostKind, demands
from services.supervisors import Supervisor
from services.tasks import TaskKind
from services.typesetting import LINES, lines_of

MOST_DOCUMENTS = 30
MOST_CHARACTERS = 120_000
"""Of all documents of a packet together."""
FULL_AGE = 18
UNPREPARED = (PacketState.DRAFTED, PacketState.WITHDRAWN)
_OVER = (ActivityState.CLOSED, ActivityState.CANCELLED, ActivityState.WITHOUT)
_ROLES = {
    ParticipantKind.LEGAL_REPRESENTATIVE: PacketRole.REPRESENTATIVE,
    ParticipantKind.APPROPRIATE_ADULT: PacketRole.REPRESENTATIVE,
    ParticipantKind.LAWYER: PacketRole.LAWYER,
}


@dataclass(frozen=True, slots=True)
class NewPacketDocument:
    """What the handler has chosen: a paper of the case, or words."""

    source: SourceKind
    source_id: int | None = None
    title: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class NewPacketPerson:
    """Somebody whom the case does not know as a record: a victim, a witness, a parent."""

    role: PacketRole
    names: tuple[str, ...]
    """The name, and every alias."""
    minor: bool = False


class PacketExists(Conflict):
    """This activity has its packet already."""

    zh = "该监督活动已建有监督材料。"


class NothingToRead(Unprocessable):
    """A title and some words are needed."""

    zh = "材料须有标题和文字内容。"


class TooMuchToRead(Unprocessable):
    """A packet holds at most 30 documents and 120,000 characters."""

    zh = "监督材料最多三十份、十二万字，请精选。"


class PacketEmpty(Conflict):
    """Nothing was chosen yet."""

    zh = "尚未选取任何材料。"


class OfTheCase(Conflict):
    """The case itself names this person; the name stays covered."""

    zh = "该人系案件在册人员，其姓名应当遮盖，不能移除。"


class CaseKnowsMore(Conflict):
    """The case knows more of its people than when the packet was covered; cover it anew first."""

    zh = "遮盖后案件人员信息有新增或者变化，请重新按规则遮盖。"


class NothingToCover(Unprocessable):
    """There is nothing there to cover."""

    zh = "指定的位置或者词语在材料中不存在。"


class MinorStaysCovered(Unprocessable):
    """What tells of a minor stays covered."""

    zh = "涉及未成年人的信息应当遮盖，不得取消。"


class MaskIsLifted(Conflict):
    """It is shown already."""

    zh = "该处遮盖已经取消。"


def visible(act: Act) -> Select[Packet]:
    """Case management's, the chief's and the handler's; and one's own, once it was released."""
    actor = act.actor
    recused = exists().where(
        RECUSALS.c.person_id == actor.id, RECUSALS.c.case_id == Activity.case_id
    )
    handled = or_(
        and_(Activity.case_id.is_(None), Activity.planned_by == actor.id),
        exists().where(Case.id == Activity.case_id, Case.handler_id == actor.id),
    )
    invited = exists().where(
        Invitation.activity_id == Activity.id,
        Invitation.state.in_(READING_STATES),
        Invitation.undertook_at.is_not(None),
        Invitation.supervisor_id == Supervisor.id,
        Supervisor.person_id == actor.id,
    )
    serves = bool(actor.offices_as(PostKind.SUPERVISOR))
    return (
        select(Packet)
        .join(Activity, Packet.activity_id == Activity.id)
        .where(
            or_(
                Activity.procuratorate_id.in_(actor.offices_as(PostKind.CASE_MANAGER)),
                and_(
                    Activity.procuratorate_id.in_(actor.offices_as(PostKind.CHIEF_PROCURATOR)),
                    ~recused,
                ),
                and_(
                    Activity.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
                    handled,
                    ~recused,
                ),
                and_(Packet.first_released_at.is_not(None), invited) if serves else false(),
            )
        )
    )


def find(act: Act, packet_id: int) -> Packet:
    """The packet, if the actor may read anything of it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Packet.id == packet_id))
    if found is None:
        raise NotFound
    return found


def of_activity(session: Session, activity_id: int) -> Packet | None:
    """The packet of that activity, if there is one."""
    return session.scalar(select(Packet).where(Packet.activity_id == activity_id))


@demands(Permission.PACKET_DRAFT_READ)
def drafted(_act: Act, packet: Packet) -> Packet:
    """What was chosen and what of it is covered, before and after; no reader ever sees it.

    Refuses:
        NotAllowed: only case management, the chief and whose work it is.

    Records:
        Nothing: nothing changes.
    """
    return packet


@demands(Permission.PACKET_PREPARE)
def begin(act: Act, activity: Activity) -> Packet:
    """Begin to choose what the supervisors of an activity may read (PSUP-2021 7).

    Refuses:
        NotAllowed: only whose work it is; of an activity about no case case management too.
        WrongState: the activity is over, called off or held without supervisors.
        PacketExists: it has its packet.

    Records:
        PacketStarted.
    """
    if activity.state in _OVER:
        raise WrongState(state=activity.state, step="begin")
    packet = Packet(activity=activity, begun_at=act.now, begun_by=act.actor.id)
    with act.unless(ONE_PACKET, PacketExists()):
        act.session.add(packet)
    _know_people(act, packet)
    let_prepare(act, packet)
    act.record(PacketStarted(packet.id, activity.id))
    return packet


@demands(Permission.PACKET_PREPARE)
def add_document(act: Act, packet: Packet, given: NewPacketDocument) -> PacketDocument:
    """Choose a paper, or type words; what was covered before is covered anew.

    Refuses:
        NotAllowed: only whose work it is.
        WrongState: the packet lies open; withdraw it first.
        NothingToRead: no title or no words.
        TooMuchToRead: more documents or characters than a packet holds.
        NoSuchSource: the activity is about no case, or has no such papers.
        NotFound: the paper is of another case, or not the actor's to read.
        ScanNotRedactable: words cannot be taken out of the file.

    Records:
        PacketChanged.
    """
    state = FLOW.after(packet.state, "change")
    title, words = given.title, given.words
    if given.source is not SourceKind.WORDS:
        named, words = taken(act, packet.activity, given.source, given.source_id)
        title = title or named
    title, words = clean(title).replace("\n", " ").strip(), clean(words)
    if not title or not words.strip():
        raise NothingToRead
    so_far = sum(len(one.words) for one in packet.documents)
    full = len(packet.documents) >= MOST_DOCUMENTS
    if full or so_far + len(title) + len(words) > MOST_CHARACTERS:
        raise TooMuchToRead(documents=MOST_DOCUMENTS, characters=MOST_CHARACTERS)
    document = PacketDocument(
        source=given.source,
        source_id=given.source_id,
        words=f"{title}\n{words}",
        added_at=act.now,
        added_by=act.actor.id,
    )
    packet.documents.append(document)
    _changed(act, packet, state)
    return document


@demands(Permission.PACKET_PREPARE)
def remove_document(act: Act, packet: Packet, document: PacketDocument) -> None:
    """Take a document out; what was covered before is covered anew.

    Refuses:
        NotAllowed: only whose work it is.
        WrongState: the packet lies open; withdraw it first.

    Records:
        PacketChanged.
    """
    state = FLOW.after(packet.state, "change")
    packet.documents.remove(document)
    _changed(act, packet, state)


@demands(Permission.PACKET_PREPARE)
def name_person(act: Act, packet: Packet, given: NewPacketPerson) -> PacketPerson:
    """Say whose name is to be covered beside those whom the case knows: a victim, a witness.

    Refuses:
        NotAllowed: only whose work it is.
        WrongState: the packet lies open; withdraw it first.

    Records:
        PacketChanged.
    """
    state = FLOW.after(packet.state, "change")
    person = PacketPerson(
        ordinal=_next_ordinal(packet),
        role=given.role,
        names=list(given.names),
        minor=given.minor,
    )
    packet.people.append(person)
    _changed(act, packet, state)
    return person


@demands(Permission.PACKET_PREPARE)
def forget_person(act: Act, packet: Packet, person: PacketPerson) -> None:
    """Take back a name that was given by mistake.

    Refuses:
        NotAllowed: only whose work it is.
        WrongState: the packet lies open; withdraw it first.
        OfTheCase: the case itself names this person.

    Records:
        PacketChanged.
    """
    state = FLOW.after(packet.state, "change")
    if person.about_id is not None:
        raise OfTheCase
    packet.people.remove(person)
    _changed(act, packet, state)


@demands(Permission.PACKET_PREPARE)
def redact(act: Act, packet: Packet) -> Packet:
    """Cover names, numbers, addresses and what tells of minors; then a second person looks.

    Refuses:
        NotAllowed: only whose work it is.
        WrongState: it lies open; withdraw it first.
        PacketEmpty: no document was chosen.

    Records:
        PacketRedacted.
    """
    state = FLOW.after(packet.state, "redact")
    if not packet.documents:
        raise PacketEmpty
    _know_people(act, packet)
    covered = redaction.cover([one.words for one in packet.documents], known_of(act, packet))
    for document, pieces in zip(packet.documents, covered, strict=True):
        document.masks = [_mask(piece) for piece in pieces]
    packet.pages.clear()
    packet.state, packet.redacted_at, packet.redacted_by = state, act.now, act.actor.id
    packet.checked_at = packet.checked_by = None
    act.session.flush()
    tasks.finish(act, TaskKind.PREPARE_PACKET, packet)
    tasks.cancel(act, TaskKind.CHECK_PACKET, packet)
    tasks.open_for_pool(
        act,
        TaskKind.CHECK_PACKET,
        packet,
        office_id=packet.procuratorate_id,
        post=PostKind.CASE_MANAGER,
    )
    act.record(PacketRedacted(packet.id, sum(map(len, covered))))
    return packet


@demands(Permission.PACKET_CHECK)
def cover_span(
    act: Act, packet: Packet, document: PacketDocument, *, starts: int, ends: int
) -> list[PacketMask]:
    """Cover one more piece of a document by eye.

    Refuses:
        NotAllowed: only case management, and nobody who prepared it.
        WrongState: it was not covered by rule yet, or was confirmed.
        NothingToCover: there is no such piece.

    Records:
        PacketCovered.
    """
    FLOW.after(packet.state, "cover")
    if not 0 <= starts < ends <= len(document.words):
        raise NothingToCover
    return _cover_by_eye(act, packet, [(document, starts, ends)])


@demands(Permission.PACKET_CHECK)
def cover_word(act: Act, packet: Packet, *, word: str) -> list[PacketMask]:
    """Cover a word wherever it stands in the packet, however it is written there.

    Refuses:
        NotAllowed: only case management, and nobody who prepared it.
        WrongState: it was not covered by rule yet, or was confirmed.
        NothingToCover: it stands nowhere, or has one character only.

    Records:
        PacketCovered.
    """
    FLOW.after(packet.state, "cover")
    found = [
        (document, starts, ends)
        for document in packet.documents
        for starts, ends in redaction.everywhere(document.words, word)
    ]
    if not found:
        raise NothingToCover
    return _cover_by_eye(act, packet, found)


@demands(Permission.PACKET_CHECK)
def lift(act: Act, packet: Packet, mask: PacketMask, *, because: str) -> PacketMask:
    """Show a piece that was covered without need; never what tells of a minor.

    Refuses:
        NotAllowed: only case management, and nobody who prepared it.
        WrongState: it was not covered by rule yet, or was confirmed.
        MinorStaysCovered: it tells of a minor (RULES 461, 486).
        MaskIsLifted: it is shown already.

    Records:
        PacketMaskLifted.
    """
    FLOW.after(packet.state, "lift")
    if mask.minor:
        raise MinorStaysCovered(
            article="RULES 461", article_zh="《人民检察院刑事诉讼规则》第四百六十一条"
        )
    if mask.lifted_at is not None:
        raise MaskIsLifted
    _touch(packet)
    mask.lifted_at, mask.lifted_by, mask.lifted_because = act.now, act.actor.id, because
    act.session.flush()
    act.record(PacketMaskLifted(packet.id, mask.id))
    return mask


@demands(Permission.PACKET_CHECK)
def check(act: Act, packet: Packet) -> Packet:
    """Confirm by eye that what is to be covered is covered; its pages are set from what is left.

    Refuses:
        NotAllowed: only case management, and nobody who prepared it.
        WrongState: it was not covered by rule yet, or was confirmed before.
        CaseKnowsMore: the case names more people by now.

    Records:
        PacketChecked.
    """
    state = FLOW.after(packet.state, "check")
    must_know_everybody(act, packet)
    packet.pages = [
        PacketPage(number=number, title=title, begins=begins, paragraphs=paragraphs)
        for number, (title, begins, paragraphs) in enumerate(_pages(packet), start=1)
    ]
    packet.state, packet.checked_at, packet.checked_by = state, act.now, act.actor.id
    act.session.flush()
    tasks.finish(act, TaskKind.CHECK_PACKET, packet)
    act.record(PacketChecked(packet.id, len(packet.pages)))
    return packet


def handler_changed(act: Act, case: Case) -> None:
    """Whoever handles the case now prepares its packets; without a handler nobody does yet."""
    chosen = (
        select(Packet)
        .join(Activity, Packet.activity_id == Activity.id)
        .where(Activity.case_id == case.id)
        .order_by(Packet.id)
    )
    for packet in act.session.scalars(chosen):
        if tasks.cancel(act, TaskKind.PREPARE_PACKET, packet) or packet.state in UNPREPARED:
            let_prepare(act, packet)


def known_of(act: Act, packet: Packet) -> list[Known]:
    """Everyone whose names are covered in it, with what else the case says of them."""
    ids = [one.about_id for one in packet.people if one.about_kind == "suspects"]
    suspects = {
        one.id: one for one in act.session.scalars(select(Suspect).where(Suspect.id.in_(ids)))
    }
    known = []
    for one in packet.people:
        suspect = suspects.get(one.about_id or 0) if one.about_kind == "suspects" else None
        address = suspect.address if suspect else None
        known.append(
            Known(
                redaction.code_name(one.ordinal),
                tuple(one.names),
                one.minor,
                (address,) if address else (),
                suspect.born_on if suspect else None,
            )
        )
    return known


def shown_of(document: PacketDocument) -> str:
    """A document as readers would see it: its title is its first line."""
    return redaction.redacted(
        document.words,
        [
            Piece(one.starts, one.ends, one.reason, one.shown, minor=one.minor)
            for one in document.masks
            if one.lifted_at is None
        ],
    )


def document_of(packet: Packet, document_id: int) -> PacketDocument:
    """A document of the packet."""
    found = next((one for one in packet.documents if one.id == document_id), None)
    if found is None:
        raise NotFound
    return found


def person_of(packet: Packet, person_id: int) -> PacketPerson:
    """Somebody whose names are covered in the packet."""
    found = next((one for one in packet.people if one.id == person_id), None)
    if found is None:
        raise NotFound
    return found


def mask_of(packet: Packet, mask_id: int) -> PacketMask:
    """A piece that is covered in the packet."""
    masks = [mask for document in packet.documents for mask in document.masks]
    found = next((one for one in masks if one.id == mask_id), None)
    if found is None:
        raise NotFound
    return found


def must_know_everybody(act: Act, packet: Packet) -> None:
    """Refuse what was covered before the case knew of somebody, of another name, or of a minor.

    Refuses:
        CaseKnowsMore: the case names more people by now, or somebody turned out to be a minor.
    """
    if not knows_everybody(act, packet):
        raise CaseKnowsMore


def knows_everybody(act: Act, packet: Packet) -> bool:
    """Was it covered knowing of everybody in the case, under every name, and of every minor?"""
    covered = {(one.about_kind, one.about_id): one for one in packet.people}
    for one in _of_the_case(act, packet):
        known = covered.get((one.about_kind, one.about_id))
        if (
            known is None
            or not set(one.names) <= set(known.names)
            or (one.minor and not known.minor)
        ):
            return False
    return True


def _know_people(act: Act, packet: Packet) -> None:
    """Whoever the case knows by now is covered under every name."""
    known = {(one.about_kind, one.about_id): one for one in packet.people}
    ordinal = _next_ordinal(packet)
    for one in _of_the_case(act, packet):
        before = known.get((one.about_kind, one.about_id))
        if before is None:
            one.ordinal, ordinal = ordinal, ordinal + 1
            packet.people.append(one)
        else:
            before.names = list(dict.fromkeys([*before.names, *one.names]))
            before.minor = before.minor or one.minor
    act.session.flush()


def _of_the_case(act: Act, packet: Packet) -> list[PacketPerson]:
    """The suspects of the case under every name, and whoever is there for them."""
    case = packet.activity.case
    if case is None:
        return []
    named = {one.id: one for one in (*case.suspects, *case.origin.suspects)}
    if case.transfer is not None:
        named |= {one.suspect_id: one.suspect for one in case.transfer.named}
    there = act.session.scalars(
        select(Participant).where(Participant.suspect_id.in_(named)).order_by(Participant.id)
    )
    return [_suspect(act, one) for one in named.values()] + [
        PacketPerson(
            role=_ROLES[one.kind], names=[one.name], about_kind="participants", about_id=one.id
        )
        for one in there
    ]


def _suspect(act: Act, suspect: Suspect) -> PacketPerson:
    aliases = re.split(r"[、，,;；/\s]+", suspect.alias or "")
    names = [suspect.name, *(one for one in (suspect.alias or "", *aliases) if one)]
    days = [day for day in (suspect.act_on, act.today) if day is not None]
    return PacketPerson(
        role=PacketRole.SUSPECT,
        names=list(dict.fromkeys(names)),
        minor=Flag.MINOR in suspect.flags
        or (
            suspect.born_on is not None
            and not all(has_reached(suspect.born_on, FULL_AGE, day) for day in days)
        ),
        about_kind="suspects",
        about_id=suspect.id,
    )


def _next_ordinal(packet: Packet) -> int:
    return max((one.ordinal for one in packet.people), default=0) + 1


def _changed(act: Act, packet: Packet, state: PacketState) -> None:
    """Nothing that was covered or confirmed holds any more."""
    packet.state = state
    _touch(packet)
    packet.redacted_at = packet.redacted_by = packet.checked_at = packet.checked_by = None
    packet.pages.clear()
    for document in packet.documents:
        document.masks.clear()
    act.session.flush()
    tasks.cancel(act, TaskKind.CHECK_PACKET, packet)
    if not tasks.open_about(act, TaskKind.PREPARE_PACKET, packet):
        let_prepare(act, packet)
    act.record(PacketChanged(packet.id))


def _touch(packet: Packet) -> None:
    """Two who change one packet at once meet: its version grows, whatever of it was changed."""
    flag_modified(packet, "state")


def let_prepare(act: Act, packet: Packet) -> None:
    """Whoever handles the case has it to prepare."""
    if packet.handler_id is not None:
        tasks.open_for_person(act, TaskKind.PREPARE_PACKET, packet, person_id=packet.handler_id)


def _cover_by_eye(
    act: Act, packet: Packet, found: Sequence[tuple[PacketDocument, int, int]]
) -> list[PacketMask]:
    made = []
    _touch(packet)
    for document, starts, ends in found:
        piece = Piece(starts, ends, MaskReason.BY_EYE, redaction.SHOWN[MaskReason.BY_EYE])
        mask = _mask(piece)
        mask.made_by = act.actor.id
        document.masks.append(mask)
        made.append(mask)
    act.session.flush()
    act.record(PacketCovered(packet.id, len(made)))
    return made


def _mask(piece: Piece) -> PacketMask:
    return PacketMask(
        starts=piece.starts,
        ends=piece.ends,
        reason=piece.reason,
        shown=piece.shown,
        minor=piece.minor,
    )


def _pages(packet: Packet) -> Iterator[tuple[str, bool, list[str]]]:
    """Each document from a new page on, so many lines a page: text and picture fall alike."""
    for document in packet.documents:
        title, _, words = shown_of(document).partition("\n")
        page: list[str] = []
        left, begins = LINES, True
        for paragraph in [title, *words.split("\n")]:
            part = ""
            for line in lines_of(paragraph):
                if left == 0:
                    yield title, begins, [*page, *([part] if part else [])]
                    page, part, left, begins = [], "", LINES, False
                part += line
                left -= 1
            page.append(part)
        yield title, begins, page
