"""How a suspect is heard, over HTTP: grounds, the written opinion, what was held on paper."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.interrogations import InterrogationSchema, NewInterrogationSeat, shown
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import cases, interrogations, participants
from services.arrest_requests.terms import Sex
from services.deadlines.engine.articles import cited_en, cited_zh
from services.interrogations import (
    HeldOnPaper,
    InterrogationGround,
    Mode,
    opinion_forms,
    standing_aside,
)
from services.interrogations import grounds as duties
from services.interrogations.composition import minor_on
from services.interrogations.drafts import Wish
from services.interrogations.grounds import police_come_first
from services.kernel.act import Act
from services.kernel.refusals import NotFound

blp = Blueprint(
    "hearings",
    __name__,
    description="How a suspect is heard: the duty to interrogate, and the written opinion.",
)

_ID = validate.Range(1, 2**31 - 1)
_WORDS = validate.And(validate.Length(1, 20_000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))


# --- what comes in --------------------------------------------------------------------------


class FiledInterrogation(Schema):
    """An interrogation that was held on paper, to be entered."""

    case_id = fields.Integer(strict=True, required=True, validate=_ID, metadata={"example": 31})
    suspect_id = fields.Integer(strict=True, required=True, validate=_ID, metadata={"example": 64})
    held_from = Instant(required=True)
    held_until = Instant(required=True)
    mode = fields.Enum(Mode, by_value=True, load_default=Mode.IN_PERSON)
    seats = fields.List(
        fields.Nested(NewInterrogationSeat), required=True, validate=validate.Length(1, 20)
    )
    language = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*\Z"),
        metadata={"description": "Interpreted: a tag of BCP 47.", "example": None},
    )
    place = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata={
            "description": "Of a suspect who is not detained: where, if not at the procuratorate.",
            "example": "",
        },
    )
    centre_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={
            "description": "The detention centre, where the file names none yet.",
            "example": None,
        },
    )
    police_heard_at = Instant(
        load_default=None,
        allow_none=True,
        metadata={"description": "When the police were heard (RULES 280¶2).", "example": None},
    )


class NewPoliceHearing(Schema):
    """What the police said before the interrogation."""

    note = fields.String(required=True, validate=_WORDS)


class NewAdultRefusal(Schema):
    """Why a minor refuses an adult."""

    reason = fields.String(required=True, validate=validate.And(_WORDS, validate.Length(max=500)))


class GroundsChange(Schema):
    """What the handler knows of RULES 280¶1, as it now stands."""

    grounds = fields.List(
        fields.Enum(InterrogationGround, by_value=True),
        required=True,
        validate=validate.Length(max=len(duties.TO_NOTE)),
        metadata={"example": ["conditions_doubtful"]},
    )


class NewWrittenOpinion(Schema):
    """The form as it came back."""

    words = fields.String(required=True, validate=_WORDS)
    wants_to_speak = fields.Boolean(required=True)


# --- what goes out --------------------------------------------------------------------------


class DutyGroundSchema(Schema):
    """One reason why the suspect has to be interrogated."""

    ground = fields.Enum(InterrogationGround, by_value=True, required=True)
    from_file = fields.Boolean(
        required=True, metadata={"description": "Otherwise the handler noted it."}
    )
    article = fields.String(required=True, metadata={"example": "RULES 280¶1(6)"})
    article_zh = fields.String(required=True, metadata={"example": "刑诉规则280条1款6项"})


class HeldInterrogationSchema(Schema):
    """An interrogation that has ended."""

    id = fields.Integer(required=True)
    mode = fields.Enum(Mode, by_value=True, required=True)
    started_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    held_on_paper = fields.Boolean(required=True)


class WrittenOpinionSchema(Schema):
    """The form for a written opinion (RULES 280¶3)."""

    served_at = Instant(required=True)
    collected_at = Instant(required=True, allow_none=True)
    words = fields.String(required=True)
    wants_to_speak = fields.Boolean(required=True)


class HearingSchema(Schema):
    """Whether the suspect has to be interrogated, why, and what is on record."""

    case_id = fields.Integer(required=True)
    suspect_id = fields.Integer(required=True)
    required = fields.Boolean(required=True)
    article = fields.String(required=True, metadata={"example": "RULES 331; CPL 173¶1"})
    article_zh = fields.String(required=True, metadata={"example": "刑诉规则331条；刑诉法173条1款"})
    grounds = fields.List(fields.Nested(DutyGroundSchema), required=True)
    on_record = fields.List(fields.Nested(HeldInterrogationSchema), required=True)
    written_opinion = fields.Nested(WrittenOpinionSchema, required=True, allow_none=True)
    minor = fields.Boolean(
        required=True, metadata={"description": "Under eighteen today (RULES 489)."}
    )
    woman_takes_part = fields.Boolean(
        required=True,
        metadata={"description": "A girl: a woman of the procuratorial staff (RULES 465¶5)."},
    )
    police_first = fields.Boolean(
        required=True, metadata={"description": "The police are heard first (RULES 280¶2)."}
    )
    in_custody = fields.Boolean(required=True)
    centre_id = fields.Integer(required=True, allow_none=True)


def heard(act: Act, wish: Wish) -> dict[str, Any]:
    """What the law asks for at this stage, and what was done."""
    case, suspect = wish.case, wish.suspect
    act.session.flush()
    duty = duties.required(act, case, suspect)
    filed = set(duties.from_file(case, suspect, act.today))
    return {
        "case_id": case.id,
        "suspect_id": suspect.id,
        "required": duty.required,
        "article": cited_en(duty.articles),
        "article_zh": cited_zh(duty.articles),
        "grounds": [
            {
                "ground": ground,
                "from_file": ground in filed,
                "article": cited_en(duties.CITED[ground]),
                "article_zh": cited_zh(duties.CITED[ground]),
            }
            for ground in duty.grounds
        ],
        "on_record": duty.on_record,
        "written_opinion": opinion_forms.of(act, case, suspect),
        "minor": minor_on(suspect, act.today),
        "woman_takes_part": minor_on(suspect, act.today) and suspect.sex is Sex.FEMALE,
        "police_first": police_come_first(case, suspect),
        "in_custody": suspect.in_custody,
        "centre_id": suspect.detention_centre_id,
    }


def _whom(act: Act, case_id: int, suspect_id: int) -> Wish:
    return duties.whom(act, cases.find(act, case_id), suspect_id)


# --- the doors ------------------------------------------------------------------------------


@blp.route("/cases/<int:case_id>/suspects/<int:suspect_id>/hearing")
class Hearing(Resource):
    """How one suspect of a case is heard."""

    @blp.response(200, HearingSchema)
    def get(self, case_id: int, suspect_id: int) -> dict[str, Any]:
        """Say whether the suspect has to be interrogated, why, and what is on record."""
        return heard(self.act, _whom(self.act, case_id, suspect_id))


@blp.route("/cases/<int:case_id>/suspects/<int:suspect_id>/interrogation-grounds")
class InterrogationGrounds(Resource):
    """What the handler knows of RULES 280¶1."""

    @blp.arguments(GroundsChange)
    @blp.response(200, HearingSchema)
    def put(self, given: dict[str, Any], case_id: int, suspect_id: int) -> dict[str, Any]:
        """Say which grounds the handler knows of; those left out are withdrawn."""
        wish = _whom(self.act, case_id, suspect_id)
        told = self.act.session.scalars(duties.noted(case_id, suspect_id))
        known, wanted = {one.ground for one in told}, set(given["grounds"])
        for ground in sorted(known - wanted):
            duties.withdraw_ground(self.act, wish, ground)
        for ground in sorted(wanted - known):
            duties.note_ground(self.act, wish, ground)
        return heard(self.act, wish)


@blp.route("/cases/<int:case_id>/suspects/<int:suspect_id>/written-opinion")
class WrittenOpinion(Resource):
    """The form for a detained suspect's written opinion."""

    @blp.response(201, HearingSchema)
    def post(self, case_id: int, suspect_id: int) -> dict[str, Any]:
        """Serve a detained suspect the form, where no ground asks for an interrogation."""
        wish = _whom(self.act, case_id, suspect_id)
        opinion_forms.serve(self.act, wish)
        return heard(self.act, wish)

    @blp.arguments(NewWrittenOpinion)
    @blp.response(200, HearingSchema)
    def put(self, given: dict[str, Any], case_id: int, suspect_id: int) -> dict[str, Any]:
        """Take the form back, with what the suspect wrote."""
        wish = _whom(self.act, case_id, suspect_id)
        opinion_forms.collect(self.act, wish, **given)
        return heard(self.act, wish)


@blp.route("/filed-interrogations")
class FiledInterrogations(Resource):
    """Interrogations that were held on paper."""

    @blp.arguments(FiledInterrogation)
    @blp.response(201, InterrogationSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Enter an interrogation that was held on paper."""
        wish = _whom(self.act, given.pop("case_id"), given.pop("suspect_id"))
        return shown(self.act, interrogations.file_held(self.act, wish, HeldOnPaper(**given)))


@blp.route("/interrogations/<int:interrogation_id>/police-hearing")
class PoliceHearing(Resource):
    """What the police said before a suspect who is not detained is interrogated."""

    @blp.arguments(NewPoliceHearing)
    @blp.response(200, InterrogationSchema)
    def put(self, given: dict[str, Any], interrogation_id: int) -> dict[str, Any]:
        """Write down what the police said before the interrogation."""
        found = self.expect(interrogations.find(self.act, interrogation_id))
        return shown(self.act, interrogations.hear_police(self.act, found, given["note"]))


@blp.route("/interrogations/<int:interrogation_id>/seats/<int:seat_id>/refusal")
class AdultRefusal(Resource):
    """A minor's refusal of an appropriate adult."""

    @blp.arguments(NewAdultRefusal)
    @blp.response(200, InterrogationSchema)
    def put(self, given: dict[str, Any], interrogation_id: int, seat_id: int) -> dict[str, Any]:
        """Write down that a minor refuses this adult, with good reason."""
        found = self.expect(interrogations.find(self.act, interrogation_id))
        seat = next((one for one in found.attendances if one.id == seat_id), None)
        if seat is None:
            raise NotFound
        return shown(self.act, standing_aside.decline_adult(self.act, found, seat, **given))


@blp.route("/cases/<int:case_id>/recused-participants/<int:participant_id>")
class RecusedParticipant(Resource):
    """An interpreter who was recused from a case."""

    @blp.response(204)
    def put(self, case_id: int, participant_id: int) -> None:
        """Recuse an interpreter from a case."""
        case = cases.find(self.act, case_id)
        whom = participants.find(self.act, participant_id)
        standing_aside.recuse_participant(self.act, case, whom)
