"""What was said with a step is read in words: names, penalties, numbered facts."""

from typing import Any

from flask import Flask

from api.said import said
from services.offices import OfficeKind
from services.proceedings import step_of
from tests.make import Make


def told(app: Flask, make: Make, code: str, given: dict[str, Any], *, tongue: str) -> list[str]:
    act, step = make.act(make.person()), step_of("prosecutions", code)
    with app.test_request_context(headers={"Accept-Language": tongue}):
        return [one["text"] for one in said(act, step, given, inside=True)]


def test_another_procuratorate_is_read_by_its_name(app: Flask, make: Make) -> None:
    other = make.office(OfficeKind.PROCURATORATE)
    given = {"procuratorate_id": other.id, "reasons": "主要犯罪地不在本区。"}
    assert told(app, make, "change_jurisdiction", given, tongue="zh") == [
        other.name,
        "主要犯罪地不在本区。",
    ]


def test_an_indictment_is_read_part_by_part(app: Flask, make: Make) -> None:
    theft, fraud = make.charge(name="甲罪"), make.charge(name="乙罪")
    fact: dict[str, object] = {"charge_id": None, "amount": None, "circumstances": []}
    penalty = {
        "main": "imprisonment",
        "term": {"months": 12},
        "additional": [{"kind": "fine", "amount": 200_000}],
    }
    given = {
        "charges": [theft.id, fraud.id],
        "facts": [
            fact | {"number": 1, "charge_id": theft.id, "amount": 200_050},
            fact | {"number": 2, "circumstances": ["attempt"]},
        ],
        "recommendation": {
            "penalty": penalty,
            "up_to": {"months": 18},
            "range_reason": "other",
        },
    }
    assert told(app, make, "indict", given, tongue="zh") == [
        "甲罪、乙罪",
        "1、甲罪、2000.50元\n2、犯罪未遂",
        "有期徒刑一年至一年六个月，并处罚金人民币2000元",
    ]
    charges, facts, recommended = told(app, make, "indict", given, tongue="en")
    assert charges == "甲罪; 乙罪"
    assert facts.startswith("1; 甲罪; 2000.50 yuan\n2; ")
    assert recommended.startswith("fixed-term imprisonment of 1 year to 1 year 6 months")


def test_a_table_that_nobody_can_read_is_shown_as_it_was_sent(app: Flask, make: Make) -> None:
    given = {"facts": [{"what": 1}], "recommendation": {"what": 2}}
    assert told(app, make, "indict", given, tongue="zh") == ["{'what': 1}", "{'what': 2}"]
