"""The law of who takes part in an interrogation, and where it is held.

One rule of the table for one sentence of law, each with a refusal of its own that names the
article. The rules are pure: they look at what was read once, and at nothing else.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import select

from services import people
from services.arrest_requests.ages import has_reached
from services.arrest_requests.records import Suspect
from services.arrest_requests.terms import Flag, Sex
from services.cases import Case
from services.deadlines.engine.articles import Article, cited_en, cited_zh, law
from services.interrogations.drafts import Arrangement, Seat
from services.interrogations.flow import STAFF_ROLES, Purpose, Role
from services.interrogations.standing_aside import declined_ids, recused_participant_ids
from services.kernel.act import SHANGHAI, Act
from services.kernel.refusals import Unprocessable
from services.participants import Participant
from services.people import Person, Post, posts_on
from services.policy import PostKind
from services.resources import Resource, ResourceKind

PROCURATORIAL = (
    PostKind.PROSECUTOR,
    PostKind.ASSISTANT,
    PostKind.DEPARTMENT_HEAD,
    PostKind.CHIEF_PROCURATOR,
    PostKind.ACTING_CHIEF,
)
"""检察人员: procurators and their assistants; a clerk is none (RULES 682)."""
FEWEST = 2
OF_AGE = 18
BESIDE_A_MINOR = frozenset({Role.LEGAL_REPRESENTATIVE, Role.APPROPRIATE_ADULT})
ROOMS = (ResourceKind.INTERROGATION_ROOM,)


class Unlawful(Unprocessable):
    """The law does not allow an interrogation to be held like this."""

    zh = "依照法律规定，讯问不能这样安排。"
    articles: ClassVar[tuple[Article, ...]] = ()

    def __init__(self, **members: Any) -> None:
        cited = {"article": cited_en(self.articles), "article_zh": cited_zh(self.articles)}
        super().__init__(**(cited | members if self.articles else members))


class TooFewStaff(Unlawful):
    """Not fewer than two hold an interrogation."""

    zh = "讯问时，检察人员或者检察人员和书记员不得少于二人。"
    articles = law("RULES 260¶1")


class NobodyProcuratorial(Unlawful):
    """A prosecutor or a prosecutor's assistant holds an interrogation: two clerks do not do."""

    zh = "讯问应当由检察人员负责进行，至少一人应为检察官或者检察官助理。"
    articles = law("RULES 260¶1", "RULES 682¶2")


class NotLedByHandler(Unlawful):
    """The prosecutor who handles the case leads its interrogations."""

    zh = "讯问应当由本案承办检察官主持。"
    articles = law("RULES 5", "RULES 8", "RULES 260¶1")


class SeatWithoutPost(Unlawful):
    """Somebody holds, on that day, no post of this procuratorate that the seat asks for."""

    zh = "参加讯问的人员当日不具有本院相应的岗位：检察人员或者书记员。"
    articles = law("RULES 260¶1", "RULES 682¶2")


class RecusedTakesPart(Unlawful):
    """Whoever was recused from the case takes no part in it, interpreters included."""

    zh = "已回避本案的人员（含翻译人员）不得参加讯问。"
    articles = law("CPL 29", "CPL 30", "CPL 32¶1", "RULES 37")


class NoSignInterpreter(Unlawful):
    """Somebody who knows sign language takes part where the suspect is deaf or mute."""

    zh = "讯问聋、哑的犯罪嫌疑人，应当有通晓聋、哑手势的人参加。"
    articles = law("CPL 121")


class NoInterpreter(Unlawful):
    """An interpreter of that language takes part where the suspect does not know Chinese."""

    zh = "犯罪嫌疑人不通晓当地通用语言文字的，应当有该语言的翻译人员参加。"
    articles = law("CPL 9¶1")


class MinorAlone(Unlawful):
    """A legal representative, or another appropriate adult, is present with a minor."""

    zh = "讯问未成年犯罪嫌疑人，应当通知其法定代理人或者其他合适成年人到场。"
    articles = law("RULES 465¶2", "RULES 465¶3", "CPL 281¶1", "RULES 489¶2")


class GirlWithoutWoman(Unlawful):
    """A woman of the procuratorial staff takes part where a girl is interrogated."""

    zh = "讯问女性未成年犯罪嫌疑人，应当有女性检察人员参加；女书记员不能代替。"
    articles = law("RULES 465¶5", "CPL 281¶3", "RULES 489¶2")


class AdultDeclined(Unlawful):
    """The minor has refused this adult with good reason: another one is called."""

    zh = "未成年犯罪嫌疑人已有正当理由拒绝该合适成年人到场，应当通知其他合适成年人。"
    articles = law("RULES 465¶3")


class MinorSignsAlone(Unlawful):
    """A minor signs a plea statement with the legal representative present.

    Where that one cannot come, an appropriate adult is there instead (RULES 468¶4).
    """

    zh = (
        "未成年犯罪嫌疑人签署认罪认罚具结书，应当有法定代理人在场；无法到场的，合适成年人应当到场。"
    )
    articles = law("RULES 468¶1", "RULES 468¶4", "RULES 489¶2")


class LawyerAtInterrogation(Unlawful):
    """A lawyer attends the signing of a plea statement, and no interrogation."""

    zh = "律师在场适用于签署认罪认罚具结书，不适用于讯问。"
    articles = law("CPL 174¶1", "RULES 272¶1")


class SignsWithoutLawyer(Unlawful):
    """A plea statement is signed in the presence of the defender or a duty lawyer."""

    zh = "签署认罪认罚具结书，应当有辩护人或者值班律师在场。"
    articles = law("CPL 174¶1", "RULES 272¶1")


class SomebodyElses(Unlawful):
    """That representative, adult or lawyer is there for another suspect."""

    zh = "该法定代理人、合适成年人或者律师不是为本犯罪嫌疑人登记的。"
    articles = law("CPL 281¶1", "CPL 174¶1", "RULES 260¶2")


class SeatDoesNotFit(Unlawful):
    """A seat is taken by one person, from the register that belongs to it."""

    zh = "席位与人员不符：办案人员须有账号，其他到场人员须在本院到场人员名册中按相同类别登记。"


class CentreUnknown(Unlawful):
    """The suspect is held, and nobody has entered in which detention centre."""

    zh = "犯罪嫌疑人在押而羁押场所不明，请先登记羁押的看守所。"
    articles = law("RULES 258¶3")


class NotInTheCentre(Unlawful):
    """A detained suspect is interrogated in a room of the centre, and nowhere else."""

    zh = "犯罪嫌疑人被羁押的，讯问应当在看守所讯问室进行。"
    articles = law("RULES 258¶3")


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that the rules look at, read once."""

    case: Case
    suspect: Suspect
    arrangement: Arrangement
    day: date
    """Of the interrogation, in Asia/Shanghai."""
    posts: Mapping[int, frozenset[PostKind]]
    """What everybody holds in this procuratorate on that day."""
    women: frozenset[int]
    """Whoever is enrolled as a woman; nobody else counts as one."""
    participants: Mapping[int, Participant]
    set_aside: frozenset[int]
    """Participants who were recused from the case."""
    declined: frozenset[int]
    """Adults whom this suspect has refused."""
    room: Resource | None

    @property
    def minor(self) -> bool:
        """Is the suspect under eighteen on that day? Who was so at the act is no longer."""
        return minor_on(self.suspect, self.day)

    @property
    def held(self) -> bool:
        """Is the suspect in custody?"""
        return self.suspect.in_custody

    def seats(self, *roles: Role) -> list[Seat]:
        """The seats in these capacities."""
        return [seat for seat in self.arrangement.seats if seat.role in roles]

    def has_post(self, seat: Seat, *kinds: PostKind) -> bool:
        """Does whoever sits there hold one of these posts on that day?"""
        return bool(self.posts.get(seat.person_id or 0, frozenset()) & set(kinds))

    def invited(self, *roles: Role) -> list[Participant]:
        """Those of the register who sit in these capacities."""
        ids = [seat.participant_id or 0 for seat in self.seats(*roles)]
        return [self.participants[one] for one in ids if one in self.participants]


@dataclass(frozen=True, slots=True)
class Law:
    """One sentence of law, and what an arrangement that breaks it is refused with."""

    refusal: type[Unlawful]
    kept: Callable[[Question], bool]


def minor_on(suspect: Suspect, day: date) -> bool:
    """Is the suspect under eighteen on that day (RULES 489¶2)?

    The age counts on the day itself, and not that at the act; where the birthday is not known,
    whoever is marked as a minor is one.
    """
    if suspect.born_on is None:
        return Flag.MINOR in suspect.flags
    return not has_reached(suspect.born_on, OF_AGE, day)


def _fits(asked: Question) -> bool:
    def one(seat: Seat) -> bool:
        if seat.role in STAFF_ROLES:
            return seat.person_id is not None and seat.participant_id is None
        found = asked.participants.get(seat.participant_id or 0)
        return (
            seat.person_id is None
            and found is not None
            and found.kind == seat.role.value
            and found.office_id == asked.case.procuratorate_id
        )

    somebody = [seat.person_id or -(seat.participant_id or 0) for seat in asked.arrangement.seats]
    return all(map(one, asked.arrangement.seats)) and len(set(somebody)) == len(somebody)


def _enough(asked: Question) -> bool:
    return len(set(asked.arrangement.staff_ids)) >= FEWEST


def _led(asked: Question) -> bool:
    return [seat.person_id for seat in asked.seats(Role.LEAD)] == [asked.case.handler_id]


def _posted(asked: Question) -> bool:
    asks = {
        Role.LEAD: tuple(PostKind),
        Role.STAFF: PROCURATORIAL,
        Role.CLERK: (PostKind.CLERK,),
    }
    return all(asked.has_post(seat, *asks[seat.role]) for seat in asked.seats(*STAFF_ROLES))


def _procuratorial(asked: Question) -> bool:
    return any(asked.has_post(seat, *PROCURATORIAL) for seat in asked.seats(Role.LEAD, Role.STAFF))


def _nobody_recused(asked: Question) -> bool:
    arranged = asked.arrangement
    recused = set(asked.case.recused_ids or ()) & set(arranged.person_ids)
    return not recused and not asked.set_aside & set(arranged.participant_ids)


def _signed(asked: Question) -> bool:
    needs = {Flag.DEAF, Flag.MUTE} & set(asked.suspect.flags)
    return not needs or bool(asked.seats(Role.SIGN_INTERPRETER))


def _interpreted(asked: Question) -> bool:
    wanted = asked.arrangement.language
    if wanted is None:
        return True
    return any(
        _same_language(wanted, known)
        for one in asked.invited(Role.INTERPRETER)
        for known in one.languages
    )


def _same_language(wanted: str, known: str) -> bool:
    """Whoever speaks a language speaks it as it is spoken somewhere, and the other way round."""
    one, other = wanted.lower().split("-"), known.lower().split("-")
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _own_people(asked: Question) -> bool:
    invited = asked.invited(*BESIDE_A_MINOR, Role.LAWYER)
    return all(one.suspect_id == asked.suspect.id for one in invited)


def _no_lawyer(asked: Question) -> bool:
    return asked.arrangement.purpose is Purpose.SIGN_PLEA or not asked.seats(Role.LAWYER)


def _lawyer(asked: Question) -> bool:
    return asked.arrangement.purpose is not Purpose.SIGN_PLEA or bool(asked.seats(Role.LAWYER))


def _accompanied(asked: Question) -> bool:
    signing = asked.arrangement.purpose is Purpose.SIGN_PLEA
    return signing or not asked.minor or bool(asked.seats(*BESIDE_A_MINOR))


def _signs_accompanied(asked: Question) -> bool:
    signing = asked.arrangement.purpose is Purpose.SIGN_PLEA
    return not (signing and asked.minor) or bool(asked.seats(*BESIDE_A_MINOR))


def _adult_accepted(asked: Question) -> bool:
    adults = {seat.participant_id for seat in asked.seats(Role.APPROPRIATE_ADULT)}
    return not adults & asked.declined


def _woman(asked: Question) -> bool:
    if not (asked.minor and asked.suspect.sex is Sex.FEMALE):
        return True
    return any(
        seat.person_id in asked.women and asked.has_post(seat, *PROCURATORIAL)
        for seat in asked.seats(Role.LEAD, Role.STAFF)
    )


def _centre_known(asked: Question) -> bool:
    return not asked.held or asked.suspect.detention_centre_id is not None


def _in_the_centre(asked: Question) -> bool:
    if not asked.held:
        return True
    arranged, centre_id = asked.arrangement, asked.suspect.detention_centre_id
    if arranged.place.strip():
        return False
    if arranged.room_id is None:
        return True
    room = asked.room
    return room is not None and (room.office_id, room.kind) == (centre_id, ROOMS[0])


RULES: tuple[Law, ...] = (
    Law(SeatDoesNotFit, _fits),
    Law(TooFewStaff, _enough),
    Law(NotLedByHandler, _led),
    Law(SeatWithoutPost, _posted),
    Law(NobodyProcuratorial, _procuratorial),
    Law(RecusedTakesPart, _nobody_recused),
    Law(NoSignInterpreter, _signed),
    Law(NoInterpreter, _interpreted),
    Law(SomebodyElses, _own_people),
    Law(LawyerAtInterrogation, _no_lawyer),
    Law(SignsWithoutLawyer, _lawyer),
    Law(AdultDeclined, _adult_accepted),
    Law(MinorAlone, _accompanied),
    Law(MinorSignsAlone, _signs_accompanied),
    Law(GirlWithoutWoman, _woman),
    Law(CentreUnknown, _centre_known),
    Law(NotInTheCentre, _in_the_centre),
)
ON_PAPER = tuple(rule for rule in RULES if rule.refusal is not NotLedByHandler)
"""Of what was held: whoever handled the case then led it, and that need not be today's handler."""


def check(
    act: Act,
    case: Case,
    suspect: Suspect,
    arrangement: Arrangement,
    *,
    starts_at: datetime | None = None,
) -> None:
    """Refuse an arrangement that the law does not allow, before anything is taken.

    Ages and posts are those of the day on which it starts, in Asia/Shanghai; of today's if no
    time is asked for yet.

    Refuses:
        SeatDoesNotFit, TooFewStaff, NotLedByHandler, SeatWithoutPost: of who holds it.
        NobodyProcuratorial, RecusedTakesPart: of who holds it.
        NoSignInterpreter, NoInterpreter: the suspect would not be understood.
        SomebodyElses, LawyerAtInterrogation, SignsWithoutLawyer: of who else is there.
        AdultDeclined, MinorAlone, MinorSignsAlone, GirlWithoutWoman: of minors.
        CentreUnknown, NotInTheCentre: of the place.
    """
    refuse(asked(act, case, suspect, arrangement, starts_at=starts_at))


def refuse(question: Question, rules: Collection[Law] = RULES) -> None:
    """Refuse what breaks one of the rules, in their order.

    Refuses:
        Unlawful: with the refusal of the rule that is broken.
    """
    for rule in rules:
        if not rule.kept(question):
            raise rule.refusal


def asked(
    act: Act,
    case: Case,
    suspect: Suspect,
    arrangement: Arrangement,
    *,
    starts_at: datetime | None = None,
) -> Question:
    """Read what the rules look at: posts, women, participants, recusals, the room."""
    day = (starts_at or act.now).astimezone(SHANGHAI).date()
    staff = arrangement.person_ids
    held = posts_on(day).where(Post.office_id == case.procuratorate_id, Post.person_id.in_(staff))
    posts: dict[int, set[PostKind]] = {}
    for post in act.session.scalars(held):
        posts.setdefault(post.person_id, set()).add(post.kind)
    women = select(Person.id).where(Person.id.in_(staff), Person.sex == people.Sex.FEMALE)
    there = select(Participant).where(Participant.id.in_(arrangement.participant_ids))
    some = bool(arrangement.participant_ids)
    return Question(
        case=case,
        suspect=suspect,
        arrangement=arrangement,
        day=day,
        posts={one: frozenset(kinds) for one, kinds in posts.items()},
        women=frozenset(act.session.scalars(women)),
        participants={one.id: one for one in act.session.scalars(there)} if some else {},
        set_aside=recused_participant_ids(act, case.id) if some else frozenset(),
        declined=declined_ids(act, suspect.id) if some else frozenset(),
        room=act.session.get(Resource, arrangement.room_id) if arrangement.room_id else None,
    )
