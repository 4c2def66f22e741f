"""The draw over HTTP: all three parties see it, nobody sees the seed before."""

import json
import subprocess
import sys
from pathlib import Path

from services.activities import ActivityState
from services.draws import verifier
from tests.make import Make
from tests.phones import Phones


def _run(folder: Path) -> str:
    ran = subprocess.run(
        [sys.executable, "-I", "verifier.py", "draw.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout


def test_three_parties_draw_and_anybody_runs_it_again(
    make: Make, phones: Phones, tmp_path: Path
) -> None:
    town = make.town()
    bureau = make.bureau(town)
    pool = [make.supervisor(bureau) for _ in range(4)]
    activity = make.activity(town, bureau, state=ActivityState.REQUESTED)
    organ, watching = phones.of(bureau.officer), phones.of(town.manager)
    drawn, outside = phones.of(pool[0].person), phones.of(make.supervisor(bureau).person)
    path = f"/activities/{activity.id}"

    excluded = {"supervisor_id": pool[3].id, "because": "near_relative"}
    assert organ.send("POST", f"{path}/exclusions", excluded).status_code == 201
    listed = organ.get(f"{path}/exclusions").json
    assert listed is not None
    assert [one["supervisor_id"] for one in listed["exclusions"]] == [pool[3].id]
    assert watching.get(f"{path}/exclusions").status_code == 404
    assert watching.send("POST", f"{path}/draw", version=activity.version).status_code == 403
    assert organ.send("POST", f"{path}/draw").status_code == 428
    published = organ.send("POST", f"{path}/draw", version=activity.version)
    assert published.status_code == 201
    draw = published.json
    assert draw is not None, published.json
    assert (draw["state"], draw["seed"], draw["may_hold"]) == ("published", None, False)
    address = f"/draws/{draw['id']}"

    seen = watching.get(f"{path}/draw").json
    assert seen is not None
    assert (seen["commitment"], seen["may_witness"]) == (draw["commitment"], True)
    assert all(one["name"] for one in seen["candidates"])
    asked = organ.send("PUT", f"{address}/witness", {}, version=draw["version"])
    assert asked.status_code == 403
    bad = watching.send("PUT", f"{address}/witness", {"nonce": "00"}, version=draw["version"])
    assert bad.status_code == 422
    nonce = {"nonce": "0f" * 16}
    witnessed = watching.send("PUT", f"{address}/witness", nonce, version=draw["version"])
    assert witnessed.status_code == 200
    assert witnessed.json is not None
    held = organ.send("PUT", f"{address}/outcome", version=witnessed.json["version"])
    assert held.status_code == 200
    assert held.json is not None
    sizes = (len(held.json["invited"]), len(held.json["seed"]))
    assert sizes == (2, 64)

    own = drawn.get(address).json
    assert own is not None
    seen_by_drawn = (own["own_number"], {one["name"] for one in own["candidates"]})
    assert seen_by_drawn == (pool[0].id, {None})
    (tmp_path / "draw.json").write_bytes(drawn.get(f"{address}/publication").data)
    file = outside.get("/draws/verifier")
    assert file.content_type.startswith("text/x-python")
    (tmp_path / "verifier.py").write_bytes(file.data)
    assert _run(tmp_path) == "OK\n"
    told = json.loads((tmp_path / "draw.json").read_text())
    assert told["nonce"] == "0f" * 16
    assert verifier.problems(told | {"nonce": "00" * 16})


def test_a_pool_that_is_too_small_is_a_409_with_its_numbers_and_stays_told(
    make: Make, phones: Phones
) -> None:
    town = make.town()
    bureau = make.bureau(town)
    make.supervisor(bureau)
    activity = make.activity(town, bureau, state=ActivityState.REQUESTED)

    reply = phones.of(bureau.officer).send(
        "POST", f"/activities/{activity.id}/draw", version=activity.version
    )

    assert reply.status_code == 409
    assert reply.json is not None
    assert reply.json["type"] == "/problems/pool-too-small"
    assert (reply.json["wanted"], reply.json["eligible"]) == (2, 1)
    open_tasks = phones.of(town.manager).get("/tasks").json
    assert open_tasks is not None
    assert [one["kind"] for one in open_tasks["items"]] == ["settle_shortage"]
    assert phones.of(bureau.officer).get(f"/activities/{activity.id}/draw").status_code == 404
