"""Imports of people over HTTP: looked at, put forward and confirmed as a whole."""

import base64
import binascii
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from api.appointments import NewAppointmentRefusal
from api.offices import BIGGEST, OfficeBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.problems import ProblemErrorSchema, in_readers_language
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import offices, people, people_imports
from services.appointments import AppointmentState
from services.kernel.act import Act
from services.people_imports import LARGEST, PeopleImport, PeopleImportState, Scope
from services.policy import Permission, allows

blp = Blueprint(
    "people_imports",
    __name__,
    url_prefix="/people-imports",
    description="People and their posts from a table, all or nothing.",
)


def _is_base64(value: str) -> None:
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValidationError("Not Base64.") from error  # noqa: EM101, TRY003  # as marshmallow asks


class PeopleTable(Schema):
    """A table of people: CSV (UTF-8 or GB 18030) or XLSX, by its content."""

    office_id = fields.Integer(required=True, strict=True, validate=validate.Range(1, BIGGEST))
    content = fields.String(
        required=True,
        validate=[validate.Length(1, LARGEST * 4 // 3 + 4), _is_base64],
        metadata={
            "description": "The file in Base64, at most 512 KiB and 1,000 rows. Columns in "
            "Chinese or English: username 账号, name 姓名, office 机关; also sex 性别, post 岗位, "
            "from_on 任职起日, until_on 任职止日. Formulas are never evaluated.",
            "example": "6LSm5Y+3LOWnk+WQjSzmnLrlhbMK",
        },
    )


class PeopleTableLookSchema(Schema):
    """What a look at a table found; nothing was changed."""

    rows = fields.Integer(required=True, metadata={"description": "Rows that can be read."})
    newcomers = fields.Integer(
        required=True, metadata={"description": "People who would get an account."}
    )
    errors = fields.List(fields.Nested(ProblemErrorSchema), required=True)


class PeopleImportSchema(Schema):
    """A table that was put forward, and the answer."""

    id = fields.Integer(required=True)
    office = fields.Nested(OfficeBriefSchema, required=True)
    state = fields.Enum(PeopleImportState, by_value=True, required=True)
    people = fields.Integer(required=True, metadata={"description": "New accounts."})
    posts = fields.Integer(required=True)
    posts_waiting = fields.Integer(required=True)
    proposed_at = Instant(required=True)
    proposed_by = fields.Nested(PersonSchema, required=True)
    answered_at = Instant(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    may_answer = fields.Boolean(
        required=True, metadata={"description": "The reader may confirm or refuse it now."}
    )
    version = fields.Integer(required=True)


@blp.route("/look")
class PeopleImportLook(Resource):
    """A look at a table before it is put forward."""

    @blp.arguments(PeopleTable)
    @blp.response(200, PeopleTableLookSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Look whether a table could be taken over; nothing is changed."""
        scope = Scope(offices.find(self.act, given["office_id"]))
        looked = people_imports.look(self.act, scope, base64.b64decode(given["content"]))
        return {
            "rows": len(looked.rows),
            "newcomers": len(looked.newcomers),
            "errors": in_readers_language([fault.as_plain() for fault in looked.faults]),
        }


@blp.route("")
class PeopleImports(Resource):
    """Tables that were put forward."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(PeopleImportSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the tables of the offices one keeps, the newest first."""
        chosen = people_imports.visible(self.act)
        found = page(self.act.session, chosen, PeopleImport.id.desc(), **query)
        names = people.names(self.act.session, {one.proposed_by for one in found.items})
        return Page([_shown(self.act, one, names) for one in found.items], found.next_cursor)

    @blp.arguments(PeopleTable)
    @blp.response(201, PeopleImportSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Take over a table as a whole: accounts at once, posts once they are confirmed."""
        scope = Scope(offices.find(self.act, given["office_id"]))
        content = base64.b64decode(given["content"])
        return _one(self.act, people_imports.propose(self.act, scope, content))


@blp.route("/<int:import_id>")
class OnePeopleImport(Resource):
    """One table."""

    @blp.response(200, PeopleImportSchema)
    def get(self, import_id: int) -> dict[str, Any]:
        """Read what a table put forward."""
        return _one(self.act, people_imports.find(self.act, import_id))


@blp.route("/<int:import_id>/confirmation")
class PeopleImportConfirmation(Resource):
    """The security officer's yes to a table."""

    @blp.response(200, PeopleImportSchema)
    def put(self, import_id: int) -> dict[str, Any]:
        """Confirm every post of a table, all or none."""
        found = self.expect(people_imports.find(self.act, import_id))
        return _one(self.act, people_imports.confirm(self.act, found))


@blp.route("/<int:import_id>/refusal")
class PeopleImportRefusal(Resource):
    """The security officer's no to a table."""

    @blp.arguments(NewAppointmentRefusal)
    @blp.response(200, PeopleImportSchema)
    def put(self, given: dict[str, Any], import_id: int) -> dict[str, Any]:
        """Refuse every post of a table, and say why."""
        found = self.expect(people_imports.find(self.act, import_id))
        return _one(self.act, people_imports.refuse(self.act, found, **given))


def _one(act: Act, found: PeopleImport) -> dict[str, Any]:
    return _shown(act, found, people.names(act.session, {found.proposed_by}))


def _shown(act: Act, found: PeopleImport, names: dict[int, str]) -> dict[str, Any]:
    act.session.flush()
    waiting = [one for one in found.appointments if one.state is AppointmentState.PROPOSED]
    is_open = found.state is PeopleImportState.PROPOSED
    return {
        "id": found.id,
        "office": found.office,
        "state": found.state,
        "people": found.people_count,
        "posts": len(found.appointments),
        "posts_waiting": len(waiting),
        "proposed_at": found.proposed_at,
        "proposed_by": {"id": found.proposed_by, "name": names[found.proposed_by]},
        "answered_at": found.answered_at,
        "reason": found.reason,
        "may_answer": is_open and allows(act.actor, Permission.PEOPLE_IMPORT_CONFIRM, found),
        "version": found.version,
    }
