"""Pursuing a suspect who was left out of the request (追捕, RULES 288).

The procuratorate asks the police to request the arrest. If they do not, or their reasons do not
hold, it may decide on the arrest itself. The article sets no time for their answer: the handler
names a day.
"""

from typing import Any

from services.arrest_requests.records import Suspect, SuspectCharge
from services.arrest_requests.terms import DocumentKind, Measure, Sex
from services.arrest_reviews.flow import ReviewState as S
from services.arrest_reviews.records import ArrestReview
from services.arrest_reviews.steps.corrections import OPEN, close_reasons, taken
from services.arrest_reviews.steps.decisions import enter_approval
from services.deadlines import Keepers, start
from services.deadlines.engine.articles import law
from services.kernel.act import Act
from services.numbers import Mark
from services.policy import Permission
from services.proceedings.effects import Ask, Do, Whom
from services.proceedings.operations import latest
from services.proceedings.records import TakenStep
from services.proceedings.table import (
    Approver,
    Field,
    FieldKind,
    Guard,
    Step,
    Subject,
    Taking,
    choice,
    day,
    line,
    words,
    yes,
)
from services.tasks import TaskKind

PURSUED, ANSWERED, ARRESTED = "pursue_omitted", "answer_pursuit", "arrest_omitted"
_NAME = line("name", "遗漏的犯罪嫌疑人", "The omitted suspect, as named in the pursuit")


def _said(act: Act, subject: Subject, code: str, name: str) -> TakenStep | None:
    """The last step of that code about the person of that name."""
    found = [one for one in taken(act, subject, code) if one.given["name"].strip() == name.strip()]
    return found[-1] if found else None


def _about(taking: Taking, code: str) -> TakenStep | None:
    return _said(taking.act, taking.subject, code, str(taking.given["name"]))


def _not_pursued(taking: Taking) -> bool:
    return _about(taking, PURSUED) is None


def _may_decide(taking: Taking) -> bool:
    """The police gave reasons that do not hold, or the day named to them passed in silence."""
    pursued, answered = _about(taking, PURSUED), _about(taking, ANSWERED)
    if pursued is None:
        return False
    if taking.given["why"] == "unfounded":
        return answered is not None and answered.given["answer"] == "declines"
    declined = answered is not None and answered.given["answer"] == "declines"
    return not declined and taking.act.today.isoformat() > pursued.given["by_on"]


def _arrest(taking: Taking) -> None:
    """The omitted person joins the case, with a review of the own in which arrest is decided."""
    act, case, pursued = taking.act, taking.subject.case, _about(taking, PURSUED)
    decided = latest(act, taking.subject, ARRESTED)
    assert pursued is not None  # noqa: S101  # the guard has found it
    assert decided is not None  # noqa: S101  # the step that is being taken
    assert decided.number is not None  # noqa: S101  # it bears a document
    said = pursued.given
    suspect = Suspect(
        ordinal=max(one.ordinal for one in case.suspects) + 1,
        received_at=act.now,
        name=said["name"],
        name_self_reported=bool(said.get("name_self_reported")),
        document_kind=DocumentKind(said["document_kind"]),
        document_number=said.get("document_number"),
        sex=Sex(said["sex"]),
        flags=[],
        measure=Measure(said["measure"]),
        suspect_charges=[
            SuspectCharge(charge_id=one, ordinal=place)
            for place, one in enumerate(said["charge_ids"])
        ],
    )
    review = ArrestReview(case=case, suspect=suspect, state=S.ARREST_APPROVED)
    case.suspects.append(suspect)
    act.session.add(review)
    act.session.flush()
    enter_approval(act, review, decided.number, str(taking.given["reasons"]))
    start(
        act,
        "A01",
        review,
        suspect_id=suspect.id,
        keepers=Keepers(case.procuratorate_id, case.police_office_id, case.handler_id),
        started_at=act.now,
        custody=suspect.custody,
    )


STEPS: tuple[Step[Any], ...] = (
    Step(
        code=PURSUED,
        zh="要求公安机关提请批准逮捕遗漏的犯罪嫌疑人",
        en="Ask the police to request the arrest of an omitted suspect",
        by=Permission.PROCEEDING_HANDLE,
        sources=OPEN,
        target=None,
        articles=law("RULES 288"),
        approver=Approver.CHIEF,
        document=Mark.ARREST_ADVICE,
        fields=(
            line(
                "name", "姓名（身份不明的填自报姓名或者特征）", "Name, or how the person is known"
            ),
            yes("name_self_reported", "姓名为自报", "The name is self-reported"),
            choice("sex", "性别", "Sex", ("male", "男", "male"), ("female", "女", "female")),
            choice(
                "document_kind",
                "身份证件",
                "Paper of identity",
                ("resident_id", "居民身份证", "resident identity card"),
                ("passport", "护照", "passport"),
                ("other", "其他证件", "another paper"),
                ("none", "无（身份不明）", "none: identity unknown"),
            ),
            line("document_number", "证件号码", "Number of the paper", required=False),
            choice(
                "measure",
                "现有强制措施",
                "Measure at present",
                ("none", "无", "none"),
                ("detention", "拘留", "detention"),
                ("bail", "取保候审", "bail"),
                ("residential_surveillance", "监视居住", "residential surveillance"),
                ("custody_elsewhere", "因他案在押", "held in another case"),
            ),
            Field("charge_ids", FieldKind.CHARGES, "涉嫌罪名", "Charges"),
            words("facts", "犯罪事实和证据", "Facts and evidence"),
            words("reasons", "应当逮捕的理由", "Why an arrest is called for"),
            day("by_on", "提请批准逮捕或者说明理由的期限", "By when to request, or to say why not"),
        ),
        guards=(
            Guard(
                "pursued_before",
                "已就该人提出过要求。",
                "The police have been asked about this person.",
                law("RULES 288"),
                _not_pursued,
            ),
        ),
        effects=(Ask(TaskKind.GIVE_REASONS, Whom.ORGAN),),
    ),
    Step(
        code=ANSWERED,
        zh="回复追捕要求",
        en="Answer about the omitted suspect",
        by=Permission.PROCEEDING_ANSWER,
        sources=OPEN,
        target=None,
        articles=law("RULES 288"),
        fields=(
            _NAME,
            choice(
                "answer",
                "答复",
                "Answer",
                ("requests", "另行提请批准逮捕", "the arrest is being requested"),
                ("declines", "不提请批准逮捕", "the arrest is not requested"),
            ),
            words("reasons", "说明", "In words"),
        ),
        guards=(
            Guard(
                "not_pursued",
                "检察院没有就该人提出要求，或者已经答复。",
                "Nothing was asked about this person, or it has been answered.",
                law("RULES 288"),
                lambda taking: not _not_pursued(taking) and _about(taking, ANSWERED) is None,
            ),
        ),
        effects=(Do("办结待办：说明理由（其他事项未答复的除外）", close_reasons),),
    ),
    Step(
        code=ARRESTED,
        zh="直接决定逮捕遗漏的犯罪嫌疑人",
        en="Decide on the arrest of an omitted suspect",
        by=Permission.PROCEEDING_HANDLE,
        sources=OPEN,
        target=None,
        articles=law("RULES 288", "CPL 89"),
        approver=Approver.CHIEF,
        document=Mark.ARREST,
        fields=(
            _NAME,
            choice(
                "why",
                "公安机关",
                "The police",
                ("unfounded", "说明的不提请理由不成立", "gave reasons that do not hold"),
                ("silent", "期限内未提请批准逮捕", "have not requested the arrest in time"),
            ),
            words("reasons", "符合逮捕条件的理由", "Why the conditions are met", inside=True),
        ),
        guards=(
            Guard(
                "police_to_answer_first",
                "应当先要求公安机关提请批准逮捕；其不提请或者理由不成立的，才可以直接决定。",
                "The police are asked first: only if they do not request it, or their reasons do "
                "not hold, is the arrest decided here.",
                law("RULES 288"),
                _may_decide,
            ),
            Guard(
                "arrested_before",
                "已经决定逮捕该人。",
                "This arrest has been decided.",
                law("RULES 288"),
                lambda taking: _about(taking, ARRESTED) is None,
            ),
        ),
        effects=(
            Do("增加犯罪嫌疑人，建立其逮捕案，起算 A01，公安机关待办：送达执行回执", _arrest),
        ),
    ),
)
