"""The register of people's supervisors over HTTP: kept by the organ, read by the procuratorate."""

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import exists
from sqlalchemy.orm import joinedload, selectinload

from api.paging import Page, PageQuery, page, page_of
from api.problems import ProblemErrorSchema, in_readers_language
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import supervisors
from services.kernel.act import Act
from services.supervisors import (
    Availability,
    CameBy,
    Composition,
    CompositionRemark,
    DaysAway,
    Declared,
    Described,
    Disqualification,
    Education,
    EndedBecause,
    ExcludedOffice,
    Expertise,
    NewCandidate,
    Occupation,
    Register,
    RemovalGround,
    Supervisor,
    SupervisorAllowance,
    SupervisorExpertise,
    SupervisorState,
    SupervisorTraining,
)
from services.supervisors.entries import MOST_AWAY
from services.supervisors.imports import LONGEST_TEXT

blp = Blueprint(
    "supervisors",
    __name__,
    url_prefix="",
    description="The register of people's supervisors (PSUP-2021).",
)

BIGGEST = 2**31 - 1
MOST_FEN = 100_000_000
_LINE = validate.And(validate.Length(1, 100), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))
_WORDS = validate.And(validate.Length(1, 2000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))
_CONTACT = validate.Length(1, 50)
_LANGUAGE = validate.Regexp(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")


class SupervisorSchema(Schema):
    """A people's supervisor as the register shows one (PSUP-2021 18)."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "方晓"})
    organ_id = fields.Integer(required=True)
    state = fields.Enum(SupervisorState, by_value=True, required=True)
    region = fields.String(required=True, metadata={"example": "青澜区"})
    profession = fields.String(required=True, metadata={"example": "会计"})
    occupation = fields.Enum(Occupation, by_value=True, required=True)
    expertise = fields.List(fields.Enum(Expertise, by_value=True), required=True)
    languages = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Beside Mandarin, as BCP 47 tags.", "example": ["yue"]},
    )
    weekdays = fields.List(
        fields.Integer(),
        required=True,
        metadata={"description": "1 Monday … 7 Sunday.", "example": [1, 3, 5]},
    )
    remote_able = fields.Boolean(required=True)
    contact = fields.String(required=True, allow_none=True, metadata={"example": None})
    term_number = fields.Integer(required=True, metadata={"example": 1})
    term_from_on = fields.Date(required=True)
    term_until_on = fields.Date(required=True)
    ended_on = fields.Date(required=True, allow_none=True)


class DaysAwaySchema(Schema):
    """Days on which a supervisor is away, both included."""

    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)


class SupervisorStepSchema(Schema):
    """What the organ did with the entry."""

    step = fields.String(required=True, metadata={"example": "appoint"})
    ground = fields.String(required=True, allow_none=True, metadata={"example": None})
    reason = fields.String(required=True, allow_none=True)
    taken_at = Instant(required=True)


class SupervisorEntrySchema(SupervisorSchema):
    """One entry; what is personal is for the organ and oneself, and null for the others."""

    born_on = fields.Date(required=True, allow_none=True)
    education = fields.Enum(Education, by_value=True, required=True, allow_none=True)
    came_by = fields.Enum(CameBy, by_value=True, required=True, allow_none=True)
    announced_on = fields.Date(required=True, allow_none=True)
    published_on = fields.Date(required=True, allow_none=True)
    notice_until_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The last of the five working days of the public notice."},
    )
    away = fields.List(fields.Nested(DaysAwaySchema), required=True)
    history = fields.List(
        fields.Nested(SupervisorStepSchema),
        required=True,
        metadata={"description": "For the organ and oneself; empty for the others."},
    )
    allowed = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["suspend"]},
    )


class SupervisorQuery(PageQuery):
    """Which supervisors."""

    organ_id = fields.Integer(load_default=None, validate=validate.Range(1, BIGGEST))
    state = fields.Enum(SupervisorState, by_value=True, load_default=None)
    region = fields.String(
        load_default=None, validate=validate.Length(1, 100), metadata={"example": "青澜区"}
    )
    expertise = fields.Enum(Expertise, by_value=True, load_default=None)


class SupervisorDescription(Schema):
    """What the register says of a supervisor."""

    occupation = fields.Enum(Occupation, by_value=True, required=True)
    profession = fields.String(required=True, validate=_LINE, metadata={"example": "会计"})
    region = fields.String(required=True, validate=_LINE, metadata={"example": "青澜区"})
    contact = fields.String(
        load_default=None, allow_none=True, validate=_CONTACT, metadata={"example": None}
    )
    expertise = fields.List(
        fields.Enum(Expertise, by_value=True), load_default=list, validate=validate.Length(0, 9)
    )
    languages = fields.List(
        fields.String(validate=_LANGUAGE),
        load_default=list,
        validate=validate.Length(0, 20),
        metadata={"example": ["yue"]},
    )
    weekdays = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, 7)),
        load_default=lambda: [1, 2, 3, 4, 5, 6, 7],
        validate=validate.Length(0, 7),
        metadata={"example": [1, 3, 5]},
    )
    remote_able = fields.Boolean(load_default=True)


class CandidateDeclaration(Schema):
    """What is declared of a candidate, and looked into by the organ (PSUP-2021 8 to 10)."""

    education = fields.Enum(Education, by_value=True, required=True)
    upholds_constitution = fields.Boolean(required=True)
    good_conduct = fields.Boolean(required=True)
    healthy = fields.Boolean(required=True)
    offices = fields.List(
        fields.Enum(ExcludedOffice, by_value=True),
        load_default=list,
        validate=validate.Length(0, 20),
        metadata={"description": "Offices held that keep one out (9).", "example": []},
    )
    disqualifications = fields.List(
        fields.Enum(Disqualification, by_value=True),
        load_default=list,
        validate=validate.Length(0, 20),
        metadata={"description": "What keeps one out for ever (10).", "example": []},
    )


class NewSupervisor(SupervisorDescription, CandidateDeclaration):
    """Somebody to be put forward."""

    organ_id = fields.Integer(required=True, strict=True, validate=validate.Range(1, BIGGEST))
    username = fields.String(
        required=True,
        validate=validate.Regexp(r"[a-z0-9_.-]{3,40}\Z"),
        metadata={"example": "fangxiao"},
    )
    name = fields.String(required=True, validate=_LINE, metadata={"example": "方晓"})
    id_number = fields.String(
        required=True,
        validate=validate.Length(1, 30),
        metadata={
            "description": "Of the identity card: read, and never shown again.",
            "example": "00000000000000000X",
        },
    )
    born_on = fields.Date(required=True, metadata={"example": "1985-06-15"})
    came_by = fields.Enum(CameBy, by_value=True, required=True)
    announced_on = fields.Date(
        required=True,
        metadata={"description": "When the call was announced.", "example": "2026-01-05"},
    )


class SupervisorAppointment(Schema):
    """From which day a nominee serves."""

    from_on = fields.Date(required=True)


class SecondTerm(CandidateDeclaration):
    """From which day a further term runs; what is asked of a supervisor is declared anew."""

    from_on = fields.Date(required=True)


class SupervisorReason(Schema):
    """Why, in the organ's own words."""

    reason = fields.String(
        required=True, validate=_WORDS, metadata={"example": "正在核查有关情况。"}
    )


class SupervisorRemoval(SupervisorReason):
    """For which ground a supervisor is removed (PSUP-2021 26)."""

    ground = fields.Enum(RemovalGround, by_value=True, required=True)


class SupervisorEnd(Schema):
    """Why a supervisor's service ends."""

    because = fields.Enum(
        EndedBecause,
        by_value=True,
        required=True,
        validate=validate.NoneOf([EndedBecause.TERM_OVER]),
        metadata={"enum": ["resigned", "died", "other"], "example": "resigned"},
    )
    reason = fields.String(load_default=None, allow_none=True, validate=_WORDS)


class SupervisorAvailability(Schema):
    """When a supervisor has time; the days away to come are replaced."""

    weekdays = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, 7)),
        required=True,
        validate=validate.Length(0, 7),
        metadata={"example": [1, 3, 5]},
    )
    away = fields.List(
        fields.Nested(DaysAwaySchema), required=True, validate=validate.Length(0, MOST_AWAY)
    )
    remote_able = fields.Boolean(required=True)
    contact = fields.String(
        required=True, allow_none=True, validate=_CONTACT, metadata={"example": None}
    )


class SupervisorTrainingSchema(Schema):
    """A training that a supervisor took part in."""

    id = fields.Integer(required=True)
    held_on = fields.Date(required=True)
    hours = fields.Integer(required=True, metadata={"example": 4})
    topic = fields.String(required=True, metadata={"example": "公开听证规则"})
    recorded_at = Instant(required=True)


class NewSupervisorTraining(Schema):
    """A training to record."""

    held_on = fields.Date(required=True)
    hours = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 200), metadata={"example": 4}
    )
    topic = fields.String(required=True, validate=_LINE, metadata={"example": "公开听证规则"})


class SupervisorAllowanceSchema(Schema):
    """An allowance that a supervisor was paid."""

    id = fields.Integer(required=True)
    paid_on = fields.Date(required=True)
    amount_fen = fields.Integer(required=True, metadata={"example": 20000})
    purpose = fields.String(required=True, metadata={"example": "交通、误工补助"})
    activity_id = fields.Integer(required=True, allow_none=True)
    recorded_at = Instant(required=True)


class NewSupervisorAllowance(Schema):
    """An allowance to record, in fen."""

    paid_on = fields.Date(required=True)
    amount_fen = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, MOST_FEN),
        metadata={"example": 20000},
    )
    purpose = fields.String(required=True, validate=_LINE, metadata={"example": "交通、误工补助"})
    activity_id = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, BIGGEST)
    )


class CompositionQuery(Schema):
    """Of which organ's pool."""

    organ_id = fields.Integer(required=True, validate=validate.Range(1, BIGGEST))


class RegionShareSchema(Schema):
    """How many of a region serve."""

    region = fields.String(required=True, metadata={"example": "青澜区"})
    serving = fields.Integer(required=True)


class CompositionRemarkSchema(Schema):
    """Where the law would have the pool made up otherwise; no bar to anything."""

    code = fields.Enum(CompositionRemark, by_value=True, required=True)
    article = fields.String(required=True, metadata={"example": "PSUP-2021 11"})
    region = fields.String(required=True, allow_none=True, metadata={"example": "青澜区"})


class CompositionSchema(Schema):
    """Of whom a pool is made up today (PSUP-2021 11, 14)."""

    organ_id = fields.Integer(required=True)
    serving = fields.Integer(required=True)
    state_employees = fields.Integer(required=True)
    regions = fields.List(fields.Nested(RegionShareSchema), required=True)
    remarks = fields.List(fields.Nested(CompositionRemarkSchema), required=True)


class SupervisorTable(Schema):
    """A register kept elsewhere, as comma-separated values with the columns' names first."""

    organ_id = fields.Integer(required=True, strict=True, validate=validate.Range(1, BIGGEST))
    csv = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_TEXT),
        metadata={
            "description": "UTF-8; at most 500 people. Columns in Chinese or English: username, "
            "name, id_number, born_on, education, occupation, profession, region, term_from_on; "
            "also contact, expertise, languages (parted by `;`) and term_number.",
            "example": "账号,姓名,身份证号,出生日期,文化程度,职业类别,职业,区县,任期起始日\n",
        },
    )


class SupervisorTableLookSchema(Schema):
    """What a look at a table found; nothing was changed."""

    entries = fields.Integer(required=True, metadata={"description": "Lines that can be read."})
    errors = fields.List(fields.Nested(ProblemErrorSchema), required=True)


class SupervisorImportSchema(Schema):
    """A register that was taken over."""

    entries = fields.Integer(required=True)


_DESCRIBED = (
    "occupation", "profession", "region", "contact", "expertise", "languages", "weekdays",
    "remote_able",
)  # fmt: skip
_DECLARED = (
    "education", "upholds_constitution", "good_conduct", "healthy", "offices", "disqualifications",
)  # fmt: skip
_OPEN = (
    "id", "version", "organ_id", "state", "region", "profession", "occupation", "languages",
    "weekdays", "remote_able", "contact", "term_number", "term_from_on", "term_until_on",
    "ended_on",
)  # fmt: skip
_PERSONAL = ("born_on", "education", "came_by", "announced_on", "published_on")


def _row(entry: Supervisor) -> dict[str, Any]:
    told = {name: getattr(entry, name) for name in _OPEN}
    return told | {"name": entry.person.name, "expertise": sorted(entry.expertise)}


def _shown(act: Act, entry: Supervisor) -> dict[str, Any]:
    act.session.flush()
    details = supervisors.shows_details(act, entry)
    return (
        _row(entry)
        | {name: getattr(entry, name) if details else None for name in _PERSONAL}
        | {
            "notice_until_on": supervisors.notice_stands_until(act, entry) if details else None,
            "away": supervisors.away(act, entry) if details else [],
            "history": entry.steps if details else [],
            "allowed": supervisors.allowed(act, entry),
        }
    )


def _described(given: dict[str, Any]) -> Described:
    return Described(**{name: given[name] for name in _DESCRIBED})


@blp.route("/supervisors")
class Supervisors(Resource):
    """The register, as far as one may read it."""

    @blp.arguments(SupervisorQuery, location="query")
    @blp.response(200, page_of(SupervisorSchema))
    def get(self, wanted: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the supervisors."""
        chosen = supervisors.visible(self.act).options(
            joinedload(Supervisor.person), selectinload(Supervisor.fields)
        )
        for name in ("organ_id", "state", "region"):
            if wanted[name] is not None:
                chosen = chosen.where(getattr(Supervisor, name) == wanted[name])
        if wanted["expertise"] is not None:
            knows = exists().where(
                SupervisorExpertise.supervisor_id == Supervisor.id,
                SupervisorExpertise.code == wanted["expertise"],
            )
            chosen = chosen.where(knows)
        found = page(self.act.session, chosen, Supervisor.id, **wanted)
        return Page([_row(entry) for entry in found.items], found.next_cursor)

    @blp.arguments(NewSupervisor)
    @blp.response(201, SupervisorEntrySchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Put somebody forward as a people's supervisor."""
        candidate = NewCandidate(
            username=given["username"],
            name=given["name"],
            id_number=given["id_number"],
            came_by=given["came_by"],
            announced_on=given["announced_on"],
            declared=Declared(
                born_on=given["born_on"], **{name: given[name] for name in _DECLARED}
            ),
            described=_described(given),
        )
        register = Register(given["organ_id"])
        return _shown(self.act, supervisors.nominate(self.act, register, candidate))


@blp.route("/supervisors/me")
class OwnSupervisorEntry(Resource):
    """The reader's own entry."""

    @blp.response(200, SupervisorEntrySchema)
    def get(self) -> dict[str, Any]:
        """Read one's own entry of the register."""
        return _shown(self.act, supervisors.find_own(self.act))


@blp.route("/supervisors/composition")
class SupervisorComposition(Resource):
    """Of whom a pool is made up."""

    @blp.arguments(CompositionQuery, location="query")
    @blp.response(200, CompositionSchema)
    def get(self, wanted: dict[str, Any]) -> Composition:
        """Count who serves, by region and by whom they work for."""
        register = supervisors.find_register(self.act, wanted["organ_id"])
        return supervisors.composition(self.act, register)


@blp.route("/supervisors/<int:supervisor_id>")
class OneSupervisor(Resource):
    """One entry of the register."""

    @blp.response(200, SupervisorEntrySchema)
    def get(self, supervisor_id: int) -> dict[str, Any]:
        """Read an entry of the register."""
        return _shown(self.act, supervisors.find(self.act, supervisor_id))

    @blp.arguments(SupervisorDescription)
    @blp.response(200, SupervisorEntrySchema)
    def put(self, given: dict[str, Any], supervisor_id: int) -> dict[str, Any]:
        """Change what the register says of a supervisor."""
        entry = self.expect(supervisors.find(self.act, supervisor_id))
        return _shown(self.act, supervisors.change(self.act, entry, _described(given)))


@blp.route("/supervisors/<int:supervisor_id>/public-notice")
class NomineeNotice(Resource):
    """The public notice that names a nominee."""

    @blp.response(200, SupervisorEntrySchema)
    def put(self, supervisor_id: int) -> dict[str, Any]:
        """Put up the public notice that names a nominee."""
        entry = self.expect(supervisors.find(self.act, supervisor_id))
        return _shown(self.act, supervisors.publish(self.act, entry))


@blp.route("/supervisors/<int:supervisor_id>/appointment")
class Appointment(Resource):
    """A nominee becomes a supervisor."""

    @blp.arguments(SupervisorAppointment)
    @blp.response(200, SupervisorEntrySchema)
    def put(self, given: dict[str, Any], supervisor_id: int) -> dict[str, Any]:
        """Appoint a nominee for five years."""
        entry = self.expect(supervisors.find(self.act, supervisor_id))
        return _shown(self.act, supervisors.appoint(self.act, entry, **given))


@blp.route("/supervisors/<int:supervisor_id>/rejection")
class Rejection(Resource):
    """A nominee is not appointed."""

    @blp.arguments(SupervisorReason)
    @blp.response(200, SupervisorEntrySchema)
    def put(self, given: dict[str, Any], supervisor_id: int) -> dict[str, Any]:
        """Do not appoint a nominee."""
        entry = self.expect(supervisors.find(self.act, supervisor_id))
        return _shown(self.act, supervisors.reject(self.act, entry, **given))


@blp.route("/supervisors/<int:supervisor_id>/term")
class FurtherTerm(Resource):
    """A further term."""

    @blp.arguments(SecondTerm)
    @blp.response(200, SupervisorEntrySchema)
    def put(self, given: dict[str, Any], supervisor_id: int) -> dict[str, Any]:
        """Appoint somebody whose term is over once more."""
        entry = self.expect(supervisors.find(self.act, supervisor_id))
        from_on = given.pop("from_on")
        declared = Declared(born_on=entry.born_on, **given)
        return _shown(self.act, supervisors.reappoint(self.act, entry, declared, from_on=from_on))


@blp.route("/supervisors/<int:supervisor_id>/suspension")
class Suspension(Resource):
    """A supervisor is drawn for nothing for a while."""

    @blp.arguments(SupervisorReason)
    @blp.response(200, SupervisorEntrySchema)
    def put(self, given: dict[str, Any], supervisor_id: int) -> dict[str, Any]:
        """Suspend a supervisor."""
        entry = self.expect(supervisors.find(self.act, supervisor_id))
        return _shown(self.act, supervisors.suspend(self.act, entry, **given))


@blp.route("/supervisors/<int:supervisor_id>/reinstatement")
class Reinstatement(Resource):
    """A suspension is over."""

    @blp.response(200, SupervisorEntrySchema)
    def put(self, supervisor_id: int) -> dict[str, Any]:
        """End a suspension."""
        entry = self.expect(supervisors.find(self.act, supervisor_id))
        return _shown(self.act, supervisors.reinstate(self.act, entry))


@blp.route("/supervisors/<int:supervisor_id>/removal")
class Removal(Resource):
    """A supervisor is removed."""

    @blp.arguments(SupervisorRemoval)
    @blp.response(200, SupervisorEntrySchema)
    def put(self, given: dict[str, Any], supervisor_id: int) -> dict[str, Any]:
        """Remove a supervisor for a ground of the law."""
        entry = self.expect(supervisors.find(self.act, supervisor_id))
        return _shown(self.act, supervisors.remove(self.act, entry, **given))


@blp.route("/supervisors/<int:supervisor_id>/end")
class ServiceEnd(Resource):
    """A supervisor's service ends."""

    @blp.arguments(SupervisorEnd)
    @blp.response(200, SupervisorEntrySchema)
    def put(self, given: dict[str, Any], supervisor_id: int) -> dict[str, Any]:
        """End a supervisor's service."""
        entry = self.expect(supervisors.find(self.act, supervisor_id))
        return _shown(self.act, supervisors.end(self.act, entry, **given))


@blp.route("/supervisors/<int:supervisor_id>/availability")
class SupervisorTimes(Resource):
    """When a supervisor has time."""

    @blp.arguments(SupervisorAvailability)
    @blp.response(200, SupervisorEntrySchema)
    def put(self, given: dict[str, Any], supervisor_id: int) -> dict[str, Any]:
        """Say when a supervisor has time, and how."""
        entry = self.expect(supervisors.find(self.act, supervisor_id))
        away = [DaysAway(**days) for days in given.pop("away")]
        stated = Availability(away=away, **given)
        return _shown(self.act, supervisors.state_availability(self.act, entry, stated))


@blp.route("/supervisors/<int:supervisor_id>/trainings")
class SupervisorTrainings(Resource):
    """Trainings of a supervisor, for the organ and oneself."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(SupervisorTrainingSchema))
    def get(self, wanted: dict[str, Any], supervisor_id: int) -> Page[SupervisorTraining]:
        """List the trainings of a supervisor, the newest first."""
        entry = supervisors.find(self.act, supervisor_id)
        chosen = supervisors.trainings(self.act, entry)
        return page(self.act.session, chosen, SupervisorTraining.id.desc(), **wanted)

    @blp.arguments(NewSupervisorTraining)
    @blp.response(201, SupervisorTrainingSchema)
    def post(self, given: dict[str, Any], supervisor_id: int) -> SupervisorTraining:
        """Record that a supervisor took part in a training."""
        entry = supervisors.find(self.act, supervisor_id)
        return supervisors.record_training(self.act, entry, **given)


@blp.route("/supervisors/<int:supervisor_id>/allowances")
class SupervisorAllowances(Resource):
    """Allowances of a supervisor, for the organ and oneself."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(SupervisorAllowanceSchema))
    def get(self, wanted: dict[str, Any], supervisor_id: int) -> Page[SupervisorAllowance]:
        """List the allowances of a supervisor, the newest first."""
        entry = supervisors.find(self.act, supervisor_id)
        chosen = supervisors.allowances(self.act, entry)
        return page(self.act.session, chosen, SupervisorAllowance.id.desc(), **wanted)

    @blp.arguments(NewSupervisorAllowance)
    @blp.response(201, SupervisorAllowanceSchema)
    def post(self, given: dict[str, Any], supervisor_id: int) -> SupervisorAllowance:
        """Record an allowance that a supervisor was paid."""
        entry = supervisors.find(self.act, supervisor_id)
        return supervisors.record_allowance(self.act, entry, **given)


@blp.route("/supervisor-imports/look")
class SupervisorImportLook(Resource):
    """A look at a register before it is taken over."""

    @blp.arguments(SupervisorTable)
    @blp.response(200, SupervisorTableLookSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Look whether a register could be taken over; nothing is changed."""
        looked = supervisors.look(self.act, Register(given["organ_id"]), given["csv"])
        return {"entries": len(looked.rows), "errors": in_readers_language([*looked.errors])}


@blp.route("/supervisor-imports")
class SupervisorImports(Resource):
    """A register kept elsewhere is taken over."""

    @blp.arguments(SupervisorTable)
    @blp.response(201, SupervisorImportSchema)
    def post(self, given: dict[str, Any]) -> dict[str, int]:
        """Take over a register kept elsewhere, as a whole or not at all."""
        register = Register(given["organ_id"])
        taken = supervisors.take_over(self.act, register, given["csv"])
        return {"entries": len(taken)}
