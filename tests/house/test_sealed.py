"""What tells who somebody is or where they live stands in no column that the database can read."""

import re

import pytest
from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import JSONB

from jiantong import database
from services.arrest_reviews import STEPS as ARREST_STEPS
from services.kernel.act import Record
from services.kernel.rewrapping import blind_indexes, sealed_columns
from services.kernel.sealed import pairs
from services.proceedings.records import PERSONAL
from services.prosecutions import STEPS as PROSECUTION_STEPS

PERSONS = re.compile(
    r"document|identity|id_number|id_card|passport|address|telephone|phone|contact"
)

OPEN = {
    "arrest_requests.document_number": "the number of the organ's letter (文号)",
    "transfers.document_number": "the number of the organ's letter (文号)",
    "consultations.document_number": "the organ's own number of the matter (文号)",
}
"""Columns that sound like it and tell nothing of a person."""

OF_NOBODY = {"document_kind", "superior_document"}
"""Fields of steps that sound like it: a kind of paper, and another organ's letter."""

database.models()


def _columns() -> list[Column[object]]:
    return [one for table in Record.metadata.tables.values() for one in table.columns]


def test_no_column_of_a_persons_papers_or_places_is_plain() -> None:
    plain = {str(one) for one in _columns() if isinstance(one.type, (Text, JSONB))}
    suspicious = {one for one in plain if PERSONS.search(one.partition(".")[2])}

    assert suspicious == set(OPEN)


@pytest.mark.parametrize("column", sealed_columns(), ids=str)
def test_a_sealed_column_is_sealed_as_itself(column: Column[object]) -> None:
    assert getattr(column.type, "about", None) == str(column)


@pytest.mark.parametrize("index", blind_indexes(), ids=str)
def test_a_blind_index_stands_beside_what_it_indexes(index: Column[object]) -> None:
    (plain,) = [plain for one, plain in pairs(index.table) if one is index]

    assert index.name == f"{plain.name}_index"
    rules = {rule.name for rule in Record.metadata.tables[str(index.table)].constraints}
    assert f"{index.table}_{plain.name}_is_indexed" in rules
    assert any(next(iter(one.columns), None) is index for one in index.table.indexes)


def test_what_is_said_of_a_person_in_a_step_is_sealed_by_its_name() -> None:
    names = {field.name for step in (*ARREST_STEPS, *PROSECUTION_STEPS) for field in step.fields}

    assert {one for one in names if PERSONS.search(one)} - OF_NOBODY == set(PERSONAL)
