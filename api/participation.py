"""Supervision in numbers over HTTP, and the periodic reports to the organ (PSUP-2019 28)."""

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields, validate

from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import participation, people, supervisors
from services.activities import ActivityKind
from services.invitations import Attending, Invitation, InvitationState
from services.kernel.act import Act
from services.participation import (
    Numbers,
    PeriodicReport,
    PeriodicReportState,
    Reporter,
    ReportingPeriod,
    ReportingPractice,
    Scope,
    Span,
    attendance,
    practice,
    reports,
)
from services.participation.attendance import SupervisorNumbers
from services.policy import Permission, allows
from services.supervisors import Supervisor

blp = Blueprint(
    "participation",
    __name__,
    url_prefix="",
    description="What became of supervision in numbers, and the reports to the organ.",
)

BIGGEST = 2**31 - 1
FIRST_YEAR, LAST_YEAR = 2000, 2200
_ID = validate.Range(1, BIGGEST)
_WORDS = validate.And(validate.Length(1, 5000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))
_SHARE = {"example": 0.75}
_BY_CODE = {"example": {"public_review": 3}}


def _number() -> fields.Integer:
    return fields.Integer(required=True, metadata={"example": 3})


def _share(says: str) -> fields.Float:
    return fields.Float(required=True, allow_none=True, metadata={"description": says} | _SHARE)


def _counted() -> fields.Dict:
    return fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata=_BY_CODE
    )


class GroundNumbersSchema(Schema):
    """Of one ground of PSUP-2019 9: how often supervisors were invited, or not."""

    met = _number()
    missed = _number()
    ahead = _number()


class ActivityNumbersSchema(Schema):
    """Activities by how they ended; the organ is told no grounds and no reasons."""

    total = _number()
    held = _number()
    cancelled = _number()
    without = _number()
    ahead = _number()
    by_kind = _counted()
    by_ground = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(GroundNumbersSchema),
        required=True,
        metadata={"example": {"arrest_hearing": {"met": 2, "missed": 1, "ahead": 0}}},
    )
    without_because = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"example": {"organ_silent": 1}},
    )


class InvitationNumbersSchema(Schema):
    """Invitations by what became of them."""

    invited = _number()
    waiting = _number()
    accepted = _number()
    declined = _number()
    lapsed = _number()
    recused = _number()
    released = _number()
    attended = _number()
    absent = _number()
    present = _number()
    remote = _number()


class OpinionNumbersSchema(Schema):
    """Opinions that are opened, by what became of them."""

    given = _number()
    waiting = _number()
    adopted = _number()
    partly_adopted = _number()
    not_adopted = _number()
    adoption_rate = _share("(Adopted + partly adopted) / answered.")
    objections = _number()
    granted = _number()
    upheld = _number()
    undecided = _number()


class LastingSchema(Schema):
    """Working days; median and 90th percentile by nearest rank."""

    count = _number()
    median = fields.Integer(required=True, allow_none=True, metadata={"example": 2})
    ninetieth = fields.Integer(required=True, allow_none=True, metadata={"example": 5})
    longest = fields.Integer(required=True, allow_none=True, metadata={"example": 7})


class LateNumbersSchema(Schema):
    """What came too late, or in silence."""

    short_notices = _number()
    performance_reports = _number()
    invitations_lapsed = _number()
    receipts_lapsed = _number()


class DrawNumbersSchema(Schema):
    """What became of seats after the draw."""

    held = _number()
    redrawn = _number()
    unfilled = _number()


class SpreadSchema(Schema):
    """How evenly something fell on everybody who served."""

    people = _number()
    total = _number()
    fewest = _number()
    most = _number()
    never = _number()
    never_share = _share("Of those who served, the share with none.")
    gini = _share("0: all alike; (n - 1) / n: all on one.")


class MonthNumbersSchema(Schema):
    """One month."""

    month = fields.String(required=True, metadata={"example": "2026-03"})
    activities = _number()
    held = _number()
    participations = _number()


class OfficeNumbersSchema(Schema):
    """One procuratorate."""

    procuratorate_id = fields.Integer(required=True)
    activities = _number()
    held = _number()
    participations = _number()


class NumbersSchema(Schema):
    """Everything that is counted; nobody's name."""

    activities = fields.Nested(ActivityNumbersSchema, required=True)
    invitations = fields.Nested(InvitationNumbersSchema, required=True)
    opinions = fields.Nested(OpinionNumbersSchema, required=True)
    lead_times = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(LastingSchema),
        required=True,
        metadata={
            "description": "By what is timed: notice, invitation_answer, opinion_answer, receipt, "
            "performance_report.",
            "example": {"notice": {"count": 3, "median": 6, "ninetieth": 8, "longest": 8}},
        },
    )
    late = fields.Nested(LateNumbersSchema, required=True)
    draws = fields.Nested(DrawNumbersSchema, required=True)
    drawn = fields.Nested(SpreadSchema, required=True)
    attended = fields.Nested(SpreadSchema, required=True)
    months = fields.List(fields.Nested(MonthNumbersSchema), required=True)
    offices = fields.List(fields.Nested(OfficeNumbersSchema), required=True)


class ParticipationSchema(Schema):
    """The numbers of a year or a month, and whose they are."""

    organ_id = fields.Integer(required=True, allow_none=True)
    procuratorate_id = fields.Integer(required=True, allow_none=True)
    from_on = fields.Date(required=True, metadata={"example": "2026-01-01"})
    until_on = fields.Date(required=True, metadata={"example": "2026-12-31"})
    numbers = fields.Nested(NumbersSchema, required=True)


_WHOSE = {
    "description": "An officer of an organ counts its pool, of all procuratorates or of one; "
    "others count their procuratorate, of all organs or of one."
}


def _wanted_year() -> fields.Integer:
    return fields.Integer(
        load_default=None,
        validate=validate.Range(FIRST_YEAR, LAST_YEAR),
        metadata={"description": "Without it, this year.", "example": 2026},
    )


def _wanted_month() -> fields.Integer:
    return fields.Integer(
        load_default=None, validate=validate.Range(1, 12), metadata={"example": 3}
    )


class ParticipationQuery(Schema):
    """Which numbers."""

    year = _wanted_year()
    month = _wanted_month()
    organ_id = fields.Integer(load_default=None, validate=_ID, metadata=_WHOSE)
    procuratorate_id = fields.Integer(load_default=None, validate=_ID, metadata=_WHOSE)


class SupervisorNumbersQuery(PageQuery):
    """Which numbers, supervisor by supervisor."""

    year = _wanted_year()
    month = _wanted_month()
    organ_id = fields.Integer(load_default=None, validate=_ID, metadata=_WHOSE)
    procuratorate_id = fields.Integer(load_default=None, validate=_ID, metadata=_WHOSE)


class SupervisorNumbersSchema(Schema):
    """What one supervisor did; those who were never drawn stand here too."""

    supervisor_id = fields.Integer(required=True)
    person = fields.Nested(PersonSchema, required=True)
    drawn = _number()
    declined = _number()
    lapsed = _number()
    attended = _number()
    absent = _number()


class YearNumbersSchema(Schema):
    """What one supervisor did in one year."""

    year = fields.Integer(required=True, metadata={"example": 2026})
    invited = _number()
    accepted = _number()
    declined = _number()
    lapsed = _number()
    attended = _number()
    absent = _number()
    opinions = _number()
    adopted = _number()
    training_hours = _number()
    allowance_fen = fields.Integer(required=True, metadata={"example": 20000})


class SupervisorYearsSchema(Schema):
    """The years of one supervisor, the newest first."""

    supervisor_id = fields.Integer(required=True)
    person = fields.Nested(PersonSchema, required=True)
    years = fields.List(fields.Nested(YearNumbersSchema), required=True)


class AttendedSchema(Schema):
    """One line of the register of attendance; nothing of a case."""

    invitation_id = fields.Integer(required=True)
    activity_id = fields.Integer(required=True)
    kind = fields.Enum(ActivityKind, by_value=True, required=True)
    title = fields.String(required=True, metadata={"example": "拟不起诉案件公开审查"})
    starts_at = Instant(required=True)
    state = fields.Enum(
        InvitationState, by_value=True, required=True, metadata={"example": "attended"}
    )
    attending = fields.Enum(Attending, by_value=True, required=True, allow_none=True)


class PeriodicReportLineSchema(Schema):
    """A report in a list."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    procuratorate_id = fields.Integer(required=True)
    organ_id = fields.Integer(required=True)
    every = fields.Enum(ReportingPeriod, by_value=True, required=True)
    from_on = fields.Date(required=True, metadata={"example": "2026-01-01"})
    until_on = fields.Date(required=True, metadata={"example": "2026-06-30"})
    state = fields.Enum(PeriodicReportState, by_value=True, required=True)
    drafted_at = Instant(required=True)
    sent_at = Instant(required=True, allow_none=True)
    acknowledged_at = Instant(required=True, allow_none=True)
    may_write = fields.Boolean(
        required=True, metadata={"description": "The reader may state it anew and send it now."}
    )
    may_acknowledge = fields.Boolean(
        required=True, metadata={"description": "The reader may confirm its receipt now."}
    )


class PeriodicReportSchema(PeriodicReportLineSchema):
    """A report with its words and numbers; of a draft the numbers as they stand now."""

    words = fields.String(required=True, allow_none=True)
    numbers = fields.Nested(NumbersSchema, required=True)
    sha256 = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Over period, words and numbers, as they were sent."},
    )


class PeriodicReportQuery(PageQuery):
    """Which reports."""

    state = fields.Enum(PeriodicReportState, by_value=True, load_default=None)


class NewPeriodicReport(Schema):
    """A period that is over: the how-manieth of its year."""

    procuratorate_id = fields.Integer(required=True, strict=True, validate=_ID)
    organ_id = fields.Integer(required=True, strict=True, validate=_ID)
    year = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(FIRST_YEAR, LAST_YEAR),
        metadata={"example": 2026},
    )
    number = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 4), metadata={"example": 1}
    )
    words = fields.String(load_default=None, allow_none=True, validate=_WORDS)


class PeriodicReportChange(Schema):
    """What is said to the numbers."""

    words = fields.String(required=True, validate=_WORDS)


class ReportingPracticeQuery(Schema):
    """Whose practice."""

    procuratorate_id = fields.Integer(load_default=None, validate=_ID)


class ReportingPracticeSchema(Schema):
    """How often a procuratorate reports to the organ."""

    procuratorate_id = fields.Integer(required=True)
    every = fields.Enum(ReportingPeriod, by_value=True, required=True)
    set_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)


class ReportingPracticeChange(Schema):
    """How often from now on."""

    every = fields.Enum(ReportingPeriod, by_value=True, required=True)


@blp.route("/participation")
class Participation(Resource):
    """The numbers."""

    @blp.arguments(ParticipationQuery, location="query")
    @blp.response(200, ParticipationSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Count what became of supervision in a year or a month."""
        scope, span = _asked_for(self.act, query)
        return {
            "organ_id": scope.organ_id,
            "procuratorate_id": scope.procuratorate_id,
            "from_on": span.from_on,
            "until_on": span.until_on,
            "numbers": asdict(participation.count_of(self.act, scope, span)),
        }


@blp.route("/participation/supervisors")
class ParticipationOfSupervisors(Resource):
    """The numbers, supervisor by supervisor."""

    @blp.arguments(SupervisorNumbersQuery, location="query")
    @blp.response(200, page_of(SupervisorNumbersSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List everybody who served in that time, with what they did."""
        scope, span = _asked_for(self.act, query)
        chosen = attendance.pool(scope, span)
        found = page(self.act.session, chosen, Supervisor.id.asc(), **query)
        counted = attendance.lines(self.act, scope, span, found.items)
        names = people.names(self.act.session, {one.supervisor.person_id for one in counted})
        return Page([_line(one, names) for one in counted], found.next_cursor)


@blp.route("/participation/me")
class OwnParticipation(Resource):
    """A supervisor's own numbers."""

    @blp.response(200, SupervisorYearsSchema)
    def get(self) -> dict[str, Any]:
        """Count one's own years as a people's supervisor."""
        return _attendance(self.act, supervisors.find_own(self.act))


@blp.route("/participation/supervisors/<int:supervisor_id>")
class ParticipationOfSupervisor(Resource):
    """One supervisor's years."""

    @blp.response(200, SupervisorYearsSchema)
    def get(self, supervisor_id: int) -> dict[str, Any]:
        """Count one supervisor's years: activities, opinions, training, allowances."""
        return _attendance(self.act, attendance.find(self.act, supervisor_id))


@blp.route("/participation/supervisors/<int:supervisor_id>/attendance")
class AttendanceRegister(Resource):
    """What one supervisor came to."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(AttendedSchema))
    def get(self, query: dict[str, Any], supervisor_id: int) -> Page[dict[str, Any]]:
        """List what a supervisor came to or stayed away from, the newest first."""
        entry = attendance.find(self.act, supervisor_id)
        chosen = attendance.attended(self.act, entry)
        found = page(self.act.session, chosen, Invitation.id.desc(), **query)
        return Page([_attended(one) for one in found.items], found.next_cursor)


@blp.route("/periodic-reports")
class PeriodicReports(Resource):
    """The reports one may read."""

    @blp.arguments(PeriodicReportQuery, location="query")
    @blp.response(200, page_of(PeriodicReportLineSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the reports to the organ, the newest first."""
        chosen = reports.visible(self.act)
        if query["state"] is not None:
            chosen = chosen.where(PeriodicReport.state == query["state"])
        found = page(self.act.session, chosen, PeriodicReport.id.desc(), **query)
        return Page([_report_line(self.act, one) for one in found.items], found.next_cursor)

    @blp.arguments(NewPeriodicReport)
    @blp.response(201, PeriodicReportSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Draft the report on a period that is over."""
        reporter = Reporter(given.pop("procuratorate_id"))
        return _report(self.act, reports.draft(self.act, reporter, **given))


@blp.route("/periodic-reports/<int:report_id>")
class OnePeriodicReport(Resource):
    """One report."""

    @blp.response(200, PeriodicReportSchema)
    def get(self, report_id: int) -> dict[str, Any]:
        """Read a report."""
        return _report(self.act, reports.find(self.act, report_id))

    @blp.arguments(PeriodicReportChange)
    @blp.response(200, PeriodicReportSchema)
    def put(self, given: dict[str, Any], report_id: int) -> dict[str, Any]:
        """State the words of a draft anew."""
        report = self.expect(reports.find(self.act, report_id))
        return _report(self.act, reports.restate(self.act, report, **given))


@blp.route("/periodic-reports/<int:report_id>/delivery")
class PeriodicReportDelivery(Resource):
    """A report goes to the organ."""

    @blp.response(200, PeriodicReportSchema)
    def put(self, report_id: int) -> dict[str, Any]:
        """Send a report to the organ; its numbers are kept as they are now."""
        report = self.expect(reports.find(self.act, report_id))
        return _report(self.act, reports.send(self.act, report))


@blp.route("/periodic-reports/<int:report_id>/receipt")
class PeriodicReportReceipt(Resource):
    """The organ has it."""

    @blp.response(200, PeriodicReportSchema)
    def put(self, report_id: int) -> dict[str, Any]:
        """Confirm that the organ received a report."""
        report = self.expect(reports.find(self.act, report_id))
        return _report(self.act, reports.acknowledge(self.act, report))


@blp.route("/reporting-practice")
class ReportingPracticeOfOffice(Resource):
    """How often a procuratorate reports."""

    @blp.arguments(ReportingPracticeQuery, location="query")
    @blp.response(200, ReportingPracticeSchema)
    def get(self, query: dict[str, Any]) -> ReportingPractice:
        """Read how often one's procuratorate reports."""
        return practice.find(self.act, **query)

    @blp.arguments(ReportingPracticeQuery, location="query")
    @blp.arguments(ReportingPracticeChange)
    @blp.response(200, ReportingPracticeSchema)
    def put(self, query: dict[str, Any], given: dict[str, Any]) -> ReportingPractice:
        """Say how often one's procuratorate reports."""
        found = self.expect(practice.find(self.act, **query))
        return practice.change(self.act, found, **given)


def _asked_for(act: Act, query: dict[str, Any]) -> tuple[Scope, Span]:
    year, month = query.pop("year"), query.pop("month")
    whose = {name: query.pop(name) for name in ("organ_id", "procuratorate_id")}
    span = participation.of_year(act.today.year if year is None else year, month)
    return participation.of_actor(act, **whose), span


def _attendance(act: Act, entry: Supervisor) -> dict[str, Any]:
    names = people.names(act.session, {entry.person_id})
    return {
        "supervisor_id": entry.id,
        "person": {"id": entry.person_id, "name": names[entry.person_id]},
        "years": attendance.years(act, entry),
    }


def _line(one: SupervisorNumbers, names: dict[int, str]) -> dict[str, Any]:
    person_id = one.supervisor.person_id
    counts = {name: getattr(one, name) for name in _COUNTS}
    person = {"id": person_id, "name": names[person_id]}
    return {"supervisor_id": one.supervisor.id, "person": person} | counts


def _attended(one: Invitation) -> dict[str, Any]:
    activity = one.activity
    return {
        "invitation_id": one.id,
        "activity_id": activity.id,
        "kind": activity.kind,
        "title": activity.title,
        "starts_at": activity.starts_at,
        "state": one.state,
        "attending": one.attending,
    }


def _report(act: Act, report: PeriodicReport) -> dict[str, Any]:
    numbers = reports.numbers_of(act, report)
    return _report_line(act, report) | {
        "words": report.words,
        "numbers": asdict(numbers) if isinstance(numbers, Numbers) else numbers,
        "sha256": report.sha256,
    }


def _report_line(act: Act, report: PeriodicReport) -> dict[str, Any]:
    drafted = report.state is PeriodicReportState.DRAFTED
    sent = report.state is PeriodicReportState.SENT
    return {name: getattr(report, name) for name in _OF_A_REPORT} | {
        "may_write": drafted and allows(act.actor, Permission.PERIODIC_REPORT_SEND, report),
        "may_acknowledge": sent
        and allows(act.actor, Permission.PERIODIC_REPORT_ACKNOWLEDGE, report),
    }


_COUNTS = ("drawn", "declined", "lapsed", "attended", "absent")
_OF_A_REPORT = (
    "id",
    "version",
    "procuratorate_id",
    "organ_id",
    "every",
    "from_on",
    "until_on",
    "state",
    "drafted_at",
    "sent_at",
    "acknowledged_at",
)
