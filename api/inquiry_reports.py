"""The monthly reports of inquiries over HTTP: what was recorded, or a zero report."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields

from api.inquiries import ID
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import inquiries
from services.inquiries import NewZeroReport, ReportLine, ReportStanding
from services.kernel.act import Act
from services.people import Person

blp = Blueprint(
    "inquiry_reports",
    __name__,
    url_prefix="/inquiry-reports",
    description="Who recorded how many inquiries in a month, and zero reports.",
)

MONTH = r"^20\d\d-(0[1-9]|1[0-2])$"


class Month(fields.String):
    """A month on the wire: 2026-11; inside, its first day."""

    def __init__(self, **given: Any) -> None:
        super().__init__(metadata={"pattern": MONTH, "example": "2026-10"}, **given)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return super()._serialize(f"{value:%Y-%m}", attr, obj, **kwargs)

    def _deserialize(  # type: ignore[override]  # a string outside, a date inside
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> date:
        given = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(MONTH, given, re.ASCII):
            message = "Not a month, such as 2026-10."
            raise ValidationError(message)
        return date.fromisoformat(f"{given}-01")


class InquiryReportSchema(Schema):
    """One person's month."""

    person = fields.Nested(PersonSchema, required=True)
    month = Month(required=True)
    standing = fields.Enum(ReportStanding, by_value=True, required=True)
    recorded = fields.Integer(
        required=True, metadata={"description": "Inquiries that happened in the month."}
    )
    supervision = fields.Integer(
        required=True, metadata={"description": "Lawful supervision, counted apart."}
    )
    zero_reported_at = Instant(required=True, allow_none=True)
    may_declare = fields.Boolean(
        required=True, metadata={"description": "The reader may declare a zero report now."}
    )


class InquiryReportQuery(PageQuery):
    """Of which month, and whose."""

    month = Month(required=True)
    standing = fields.Enum(ReportStanding, by_value=True, load_default=None)


class NewInquiryReport(Schema):
    """For which month nothing is to be reported."""

    month = Month(required=True)
    procuratorate_id = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=ID,
        metadata={"description": "Only for who has a part in the cases of several."},
    )


@blp.route("")
class InquiryReports(Resource):
    """Everybody's month."""

    @blp.arguments(InquiryReportQuery, location="query")
    @blp.response(200, page_of(InquiryReportSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List who recorded how many inquiries in a month: one's own, or all that one inspects."""
        month = query["month"]
        chosen = inquiries.reporters(self.act, month, query["standing"])
        found = page(self.act.session, chosen, Person.id, **query)
        lines = inquiries.lines(self.act, month, [one.id for one in found.items])
        items = [_shown(self.act, one, month, lines[one.id]) for one in found.items]
        return Page(items, found.next_cursor)

    @blp.arguments(NewInquiryReport)
    @blp.response(201, InquiryReportSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Declare that nothing happened in a month."""
        act, month = self.act, given["month"]
        office_id = given["procuratorate_id"] or inquiries.office_of(act, None)
        inquiries.declare(act, NewZeroReport(office_id, act.actor.id, month))
        person = act.session.get_one(Person, act.actor.id)
        return _shown(act, person, month, inquiries.lines(act, month, [person.id])[person.id])


def _shown(act: Act, person: Person, month: date, line: ReportLine) -> dict[str, Any]:
    return {
        "person": person,
        "month": month,
        "standing": line.standing,
        "recorded": line.recorded,
        "supervision": line.supervision,
        "zero_reported_at": line.zero_reported_at,
        "may_declare": inquiries.declarable(act, month, person.id, line),
    }
