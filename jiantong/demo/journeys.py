"""One case from the police officer's phone to the police receipt, played over HTTP.

`travel` takes the real accounts through the real API and writes down what each of them saw:
the pushes their phone got, their inbox, their tasks. `tell` prints that in Chinese; a test
asserts it. The wire is handed in, so the same journey runs against a live server and a test's.
"""

import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from jiantong.demo import city
from jiantong.demo.phones import Json, Phone, Sight, Wire, smallest_pdf
from jiantong.demo.suspects import Invented, Inventor
from services.cases import CaseState
from services.kernel.act import SHANGHAI
from services.policy import PostKind

_STATES = {
    CaseState.ACCEPTED: "案件已受理",
    CaseState.ASSIGNED: "案件审查中",
    CaseState.DECIDED: "案件已决定",
    CaseState.CLOSED: "案件已办结",
}
OFFICER, MANAGER, CHIEF = "luzhiyao", "shenwanqiu", "qinzhengyuan"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the journey."""

    title: str
    who: str
    said: tuple[str, ...]
    sights: tuple[Sight, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """The whole journey."""

    steps: tuple[Step, ...]
    case_number: str
    decision_number: str
    request_id: int
    case_id: int
    handler: str


@dataclass(slots=True)
class Case:
    """The case that travels, as far as its ids are known."""

    suspect: Invented
    document_number: str
    request_id: int = 0
    case_id: int = 0
    case_number: str = ""
    review_id: int = 0


def travel(wire: Wire, now: datetime | None = None) -> Transcript:
    """Take one case from the police officer's phone to the receipt.

    Raises:
        JourneyError: the server answered otherwise than the journey needs.
    """
    return _Journey(wire, now or datetime.now(UTC)).travel()


class _Journey:
    """The steps, and the phones that take them."""

    def __init__(self, wire: Wire, now: datetime) -> None:
        self.now = now
        self.steps: list[Step] = []
        seed = int(now.timestamp())
        inventor = Inventor(seed)
        born_on = inventor.birthday(self._day(2), youngest=20, oldest=50)
        self.case = Case(
            suspect=inventor.invent("male", born_on=born_on),
            document_number=f"云公青提捕字〔{self._day(0).year}〕{seed % 90_000 + 10_000}号",
        )
        self.officer, self.manager, self.chief = (
            Phone(wire, name) for name in (OFFICER, MANAGER, CHIEF)
        )
        self.prosecutors = {
            name: Phone(wire, name) for name in city.usernames(PostKind.PROSECUTOR, "qinglan")
        }

    def travel(self) -> Transcript:
        for phone in (self.officer, self.manager, self.chief, *self.prosecutors.values()):
            phone.sign_in()
        draft = self._dry_run()
        self._submit(draft)
        self._ask_for_supplement()
        self._correct(draft)
        self._accept()
        handler = self._assign()
        self._opine(handler)
        decision_number = self._decide(handler)
        self._receipt(handler)
        return Transcript(
            steps=tuple(self.steps),
            case_number=self.case.case_number,
            decision_number=decision_number,
            request_id=self.case.request_id,
            case_id=self.case.case_id,
            handler=handler.username,
        )

    def _dry_run(self) -> Json:
        """A mistyped number and no sex: the phone says so before anything is sent."""
        draft = self._draft()
        suspect = draft["suspects"][0]
        right = suspect["document_number"]
        mistyped = right[:-1] + ("0" if right[-1] != "0" else "1")
        slip = {**draft, "suspects": [{**suspect, "document_number": mistyped, "sex": None}]}
        found = self.officer.send("POST", "/arrest-request-checks", slip).json["findings"]
        self._step(
            "民警试算提请批准逮捕书（不存储）",
            self.officer,
            [_finding_line(finding) for finding in found],
        )
        return draft

    def _submit(self, draft: Json) -> None:
        """What is left are warnings; the request is received all the same."""
        content = smallest_pdf("Request for approval of arrest")
        paper = self.officer.upload("提请批准逮捕书", "request_document", "request.pdf", content)
        draft["attachment_ids"] = [paper["id"]]
        sent = self.officer.send("POST", "/arrest-requests", draft).json
        self.case.request_id = sent["id"]
        self._step(
            "民警更正后正式提请，附提示收案",
            self.officer,
            [
                f"文号 {sent['document_number']}，犯罪嫌疑人 {self.case.suspect.name}",
                f"附件 {paper['file_name']}（{paper['size']} 字节，{paper['media_type']}）",
                *(_finding_line(finding) for finding in sent["findings"]),
            ],
            self.manager,
        )

    def _ask_for_supplement(self) -> None:
        (task,) = self.manager.tasks(self.case.document_number)
        path = f"/arrest-requests/{task['about_id']}"
        items = [{"code": "detention_warrant_missing", "detail": "请补送拘留证。"}]
        self.manager.send(
            "POST", f"{path}/supplement-requests", {"items": items}, self.manager.version(path)
        )
        self._step("案管要求补送材料", self.manager, [items[0]["detail"]], self.officer)

    def _correct(self, draft: Json) -> None:
        path = f"/arrest-requests/{self.case.request_id}"
        warrant = {"title": "拘留证", "pages": 1, "kind": "detention_warrant"}
        whole = {**draft, "file_items": [*draft["file_items"], warrant]}
        corrected = self.officer.send("PUT", path, whole, self.officer.version(path)).json
        left = [_finding_line(finding) for finding in corrected["findings"]]
        self._step(
            "民警补送材料", self.officer, ["已补充：拘留证", *(left or ["无提示"])], self.manager
        )

    def _accept(self) -> None:
        path = f"/arrest-requests/{self.case.request_id}"
        checks = dict.fromkeys(
            ("jurisdiction", "file_complete", "property_matches", "suspects_present", "in_time"),
            "ok",
        )
        case = self.manager.send(
            "PUT",
            f"{path}/acceptance",
            {"list": "ordinary", "checks": checks},
            self.manager.version(path),
        ).json
        self.case.case_id, self.case.case_number = case["id"], case["number"]
        self._step("案管受理", self.manager, [f"受理案号 {case['number']}"], self.officer)

    def _assign(self) -> Phone:
        path = f"/cases/{self.case.case_id}"
        drawn = self.manager.send(
            "PUT", f"{path}/assignment", {"mode": "random"}, self.manager.version(path)
        ).json
        case = self.manager.get(path)
        self.case.review_id = case["arrest_reviews"][0]["id"]
        handler = next(
            phone for phone in self.prosecutors.values() if phone.name == case["handler"]["name"]
        )
        candidates, excluded = len(drawn["candidates"]), len(drawn["exclusions"])
        said = f"承办检察官 {handler.name}（候选 {candidates} 人，排除 {excluded} 人，"
        if drawn["seed"]:
            said += f"第 {drawn['turn']} 次抽签，可按种子 {drawn['seed'][:12]}… 复算）"
        self._step("案管随机轮案", self.manager, [said], handler)
        return handler

    def _opine(self, handler: Phone) -> None:
        (task,) = handler.tasks(self.case.document_number)
        path = f"/arrest-reviews/{task['about_id']}"
        self._file_interrogation(handler, handler.get(path))
        opinion = {
            "proposal": "approve",
            "hearing": "interrogated",
            "reasons": "有证据证明有犯罪事实，可能判处徒刑以上刑罚，采取取保候审尚不足以防止发生"
            "社会危险性，建议批准逮捕。",
        }
        handler.send("PUT", f"{path}/opinion", opinion, handler.version(path))
        self._step("检察官提出审查逮捕意见", handler, ["拟批准逮捕"], self.chief)

    def _file_interrogation(self, handler: Phone, review: Json) -> None:
        """The suspect was met in the centre this morning, by the handler and a colleague."""
        lead = handler.get(f"/cases/{review['case_id']}")["handler"]["id"]
        colleagues = handler.get("/people?post=prosecutor")["items"]
        second = next(one["id"] for one in colleagues if one["id"] != lead)
        until = datetime.now(UTC) - timedelta(minutes=10)
        filed = {
            "case_id": review["case_id"],
            "suspect_id": review["suspect"]["id"],
            "held_from": (until - timedelta(minutes=40)).isoformat(),
            "held_until": until.isoformat(),
            "seats": [
                {"role": "lead", "person_id": lead},
                {"role": "staff", "person_id": second},
            ],
        }
        handler.send("POST", "/filed-interrogations", filed)

    def _decide(self, handler: Phone) -> str:
        (task,) = self.chief.tasks(self.case.document_number)
        path = f"/arrest-reviews/{task['about_id']}"
        decided = self.chief.send(
            "PUT", f"{path}/decision", {"outcome": "approve"}, self.chief.version(path)
        ).json
        number: str = decided["decision"]["number"]
        self._step("检察长批准", self.chief, [f"批准逮捕决定书 {number}"], self.officer, handler)
        return number

    def _receipt(self, handler: Phone) -> None:
        (task,) = self.officer.tasks(self.case.document_number)
        path = f"/arrest-reviews/{task['about_id']}"
        version = self.officer.version(path)
        minute = datetime.now(UTC).replace(second=0, microsecond=0)  # what a phone's picker gives
        receipt = {"outcome": "executed", "executed_at": minute.isoformat()}
        review = self.officer.send("PUT", f"{path}/receipt", receipt, version).json
        state = self.manager.get(f"/cases/{self.case.case_id}")["state"]
        late = "逾期" if review["receipt"]["late"] else "按期"
        self._step(
            "民警送回执行回执",
            self.officer,
            [f"已执行逮捕，{late}送回", _STATES[state]],
            handler,
        )

    def _step(self, title: str, by: Phone, said: Sequence[str], *watchers: Phone) -> None:
        sights = tuple(phone.look(self.case.document_number) for phone in watchers)
        self.steps.append(Step(title, by.who, tuple(said), sights))

    def _day(self, days_ago: int) -> date:
        return (self.now - timedelta(days=days_ago)).astimezone(SHANGHAI).date()

    def _draft(self) -> Json:
        """A theft two days ago, a detention the next night, a request today."""
        suspect, act_on, today = self.case.suspect, self._day(2), self._day(0)
        officer = self.officer
        (charge,) = officer.get(f"/charges?on={act_on}&q={urllib.parse.quote('盗窃罪')}")["items"]
        centres = officer.get("/offices?kind=detention_centre")["items"]
        began_at = datetime.combine(self._day(1), datetime.min.time(), SHANGHAI)
        return {
            "document_number": self.case.document_number,
            "document_on": today.isoformat(),
            "head_approved_on": today.isoformat(),
            "facts": f"{act_on.year}年{act_on.month}月{act_on.day}日22时许，"
            f"犯罪嫌疑人{suspect.name}在云江市青澜区新港街道一停车场内，砸破车窗窃得车内笔记本电脑1台（价值人民币6800元）"
            "及现金2300元，销赃后被民警抓获。",
            "danger_grounds": "无固定住所，曾因盗窃受过行政处罚，可能实施新的犯罪。",
            "major_or_complex": False,
            "property_transferred": True,
            "suspects": [
                {
                    "name": suspect.name,
                    "document_kind": "resident_id",
                    "document_number": suspect.document_number,
                    "born_on": suspect.born_on.isoformat(),
                    "sex": suspect.sex,
                    "ethnicity": suspect.ethnicity,
                    "address": suspect.address,
                    "occupation": suspect.occupation,
                    "measure": "detention",
                    "measure_began_at": began_at.isoformat(),
                    "detention_centre_id": centres[0]["id"],
                    "act_on": act_on.isoformat(),
                    "charge_ids": [charge["id"]],
                }
            ],
            "file_items": [
                {"title": "诉讼文书卷", "pages": 32, "kind": "procedure"},
                {"title": "证据材料卷一", "pages": 96, "kind": "evidence"},
                {"title": "随案移送物品清单", "pages": 1, "kind": "property_list"},
            ],
        }


def tell(transcript: Transcript) -> None:
    """Print what each person saw."""
    for number, step in enumerate(transcript.steps, start=1):
        print(f"\n【{number}】{step.title}  —— {step.who}")
        for line in step.said:
            print(f"    {line}")
        for sight in step.sights:
            print(f"  ▶ {sight.who}的手机")
            for push in sight.pushes:
                print(f"      推送  class={push['class']} id={push['id']}（无任何案件内容）")
            for line in sight.inbox:
                print(f"      消息  {line}")
            for line in sight.tasks or ("（本案无待办）",):
                print(f"      待办  {line}")
    print(f"\n{transcript.case_number} 已走完全程，决定书 {transcript.decision_number}。")


def _finding_line(finding: Json) -> str:
    weight = "错误" if finding["severity"] == "error" else "提示"
    return f"{weight} {finding['pointer']}：{finding['detail']}（{finding['article']}）"
