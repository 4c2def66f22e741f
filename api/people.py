"""How people are named to phones."""

from marshmallow import Schema, fields


class PersonSchema(Schema):
    """A person, by name, inside the app."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
