"""People and their posts from a table: looked at, put forward as a whole, confirmed as a whole."""

from services.people_imports.operations import (
    PeopleImportConfirmed,
    PeopleImportFaulty,
    PeopleImportProposed,
    PeopleImportRefused,
    Scope,
    confirm,
    find,
    look,
    propose,
    refuse,
    visible,
)
from services.people_imports.records import PeopleImport, PeopleImportState
from services.people_imports.rows import COLUMNS, Looked
from services.people_imports.sheets import LARGEST, MOST_ROWS

__all__ = [
    "COLUMNS",
    "LARGEST",
    "MOST_ROWS",
    "Looked",
    "PeopleImport",
    "PeopleImportConfirmed",
    "PeopleImportFaulty",
    "PeopleImportProposed",
    "PeopleImportRefused",
    "PeopleImportState",
    "Scope",
    "confirm",
    "find",
    "look",
    "propose",
    "refuse",
    "visible",
]
