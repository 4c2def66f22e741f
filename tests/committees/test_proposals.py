"""A proposal that goes before the committee, over HTTP: what is decided there is carried out."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from services.people import Person
from tests.committees.conftest import seated
from tests.proceedings.conftest import INDICTMENT, Json, Refused, Trip, matter_of, running
from tests.proceedings.conftest import trip as trip  # noqa: PLC0414  # a fixture, passed on

PAPERS = {"question": "本案是否提起公诉？", "report": "事实、争议焦点和承办人意见见审查报告。"}


@dataclass
class Bench:
    """A case whose indictment the chief has referred to the committee."""

    trip: Trip
    members: list[Person]
    case_id: int
    prosecution: str
    proposal_id: int

    @property
    def proposal(self) -> Json:
        return self.trip.prosecutor.get(f"/proposals/{self.proposal_id}")

    def put(self, **more: Any) -> Json:
        body = {"case_id": self.case_id, "ground": "major_case", **PAPERS}
        body["proposal_id"] = self.proposal_id
        return self.trip.chief.ask("POST", "/committee-matters", body | more)

    def decided(self, ballot: str) -> Json:
        """Everybody speaks and votes alike; the chief signs."""
        trip, path = self.trip, f"/committee-matters/{self.put()['id']}"
        chief_id = trip.town.chief.id
        sits_at = trip.now + timedelta(days=3)
        trip.chief.change(
            "PUT", f"{path}/summons", {"sits_at": sits_at.isoformat(), "presider_id": chief_id}
        )
        trip.wait(3)
        ids = [one.id for one in self.members]
        trip.chief.change("PUT", f"{path}/opening", {"present": ids})
        for member in self.members:
            trip.phone(member).change("PUT", f"{path}/speech", {"speech": "意见。"})
        for member in self.members:
            vote = {"ballot": ballot, "opinion": "理由。"}
            trip.phone(member).change("PUT", f"{path}/vote", vote)
        trip.chief.change("PUT", f"{path}/count", None)
        return trip.chief.change("PUT", f"{path}/decision", {"wording": "按多数委员意见。"})


@pytest.fixture
def bench(trip: Trip) -> Bench:
    arrest = trip.arrested()
    deputy, full_time, others = seated(trip.make, trip.town)
    suspect = arrest["arrest_reviews"][0]["suspect"]["id"]
    trip.wait(20)
    case = trip.transferred([{"suspect_id": suspect}])
    matter = matter_of(case)
    trip.reviewed(matter)
    proposal_id = trip.prosecutor.step(matter, "indict", **INDICTMENT)["proposal_id"]
    trip.chief.decide(proposal_id, "refer", note="重大、疑难，提交检察委员会。")
    members = [*others, full_time, deputy, trip.town.chief]
    return Bench(trip, members, case["id"], matter, proposal_id)


def test_what_the_committee_approves_is_done(bench: Bench) -> None:
    """The power stays with the committee until it has decided; the periods go on running."""
    assert bench.proposal["state"] == "before_committee"
    before = running(bench.trip.prosecutor.get(bench.prosecution))["R01"]
    with pytest.raises(Refused) as again:
        bench.trip.chief.decide(bench.proposal_id)
    assert again.value.problem["type"] == "/problems/proposal-decided"

    matter = bench.decided("approve")

    assert (matter["about_kind"], matter["about_id"]) == ("proposals", bench.proposal_id)
    assert bench.proposal["state"] == "approved"
    assert matter["notice_number"] in bench.proposal["note"]
    told = bench.trip.prosecutor.get(bench.prosecution)
    assert told["state"] == "indicted"
    assert before is not None
    assert "R01" not in running(told)


@pytest.mark.parametrize("ballot", ["reject", "other"])
def test_what_the_committee_does_not_approve_goes_back(bench: Bench, ballot: str) -> None:
    """ORG 33: the handler carries the committee's decision out, and proposes accordingly."""
    bench.decided(ballot)

    assert bench.proposal["state"] == "refused"
    told = bench.trip.prosecutor.get(bench.prosecution)
    assert told["state"] == "under_review"
    assert running(told)["R01"] is not None
    kinds = set(bench.trip.prosecutor.tasks())
    assert {"revise_proposal", "carry_out_committee_decision"} <= kinds


def test_a_proposal_is_before_the_committee_once(bench: Bench) -> None:
    first = bench.put()
    with pytest.raises(Refused) as twice:
        bench.put()
    assert (twice.value.status, twice.value.problem["type"]) == (409, "/problems/on-the-agenda")

    path = f"/committee-matters/{first['id']}"
    bench.trip.chief.change("PUT", f"{path}/withdrawal", {"reason": "材料须补充。"})

    assert bench.put()["state"] == "on_agenda"


def test_only_a_referred_proposal_of_the_case_is_put(bench: Bench) -> None:
    other = bench.trip.arrest_case(bench.trip.suspect("钱某乙"))
    for more in ({"proposal_id": 2_000_000}, {"case_id": other["id"]}):
        with pytest.raises(Refused) as wrong:
            bench.put(**more)
        assert wrong.value.status == 422
        assert wrong.value.problem["type"] == "/problems/not-referred"
