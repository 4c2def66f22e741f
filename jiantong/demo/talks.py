"""The consultations of the demo world: one under way, one that waits for its answer, one declined.

They are lived through the real operations like the cases are, and touch none of them.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta

from jiantong.demo.city import City
from services import consultations
from services.consultations import (
    ConsultationForm,
    ConsultationGround,
    ConsultationKind,
    Matter,
    SuspectSketch,
    Wanted,
)
from services.kernel.act import Act
from services.policy import PostKind

As = Callable[[int, datetime], AbstractContextManager[Act]]
"""An act of that person at that moment."""
Life = Iterator[datetime]

COURT, ORGAN = "qinglan", "police_qinglan"
_FRAUD = Matter(
    title="“返利群”系列诈骗案",
    account="多名被害人被拉入“返利群”后被骗取钱款，资金经多个账户转移，群主身份尚未查清。"
    "想听取对主要嫌疑人主观明知如何证明、电子数据如何固定的意见。",
    form=ConsultationForm.PRESENT,
    ground=ConsultationGround.COMPLEX,
)
_BRAWL = Matter(
    title="码头货场聚众斗殴案",
    account="双方各有多人参与，部分人员在逃，已拘留二人。拟于近日提请批准逮捕，"
    "商请就首要分子的认定和现有证据是否充分听取意见。",
    form=ConsultationForm.REMOTE,
    ground=ConsultationGround.DIFFICULT,
)
_THEFT = Matter(
    title="沿街店铺盗窃案",
    account="嫌疑人当场被抓获，赃物已经起获，商请就是否提请批准逮捕听取意见。",
    form=ConsultationForm.PRESENT,
)
_VIEWS = (
    "群聊记录已导出，两名提供账户的人员已到案，均称不知情。",
    "“不知情”的辩解须用聊天记录、分成比例和此前被冻结账户的经历来判断，建议先固定电子数据。",
)
_OPINION = (
    "一、本案可能构成诈骗罪，提供账户的人员是否构成共同犯罪取决于主观明知。\n"
    "二、电子数据的提取应当有见证人或者录像，并计算校验值。\n"
    "三、讯问应当分别进行，核实各人知情的时间。"
)
_WANTED = (
    Wanted("“返利群”完整聊天记录及校验值", "证明分工和明知"),
    Wanted("涉案账户交易明细", "证明资金流向和涉案金额"),
    Wanted("账户此前被冻结的通知记录", "证明主观明知"),
)


def lives(acting_as: As, city: City, until: datetime) -> list[Life]:
    """Every consultation's life: it yields the moment of each step before it is taken."""
    return [
        _under_way(acting_as, city, until - timedelta(days=4)),
        _waiting(acting_as, city, until - timedelta(hours=5)),
        _declined(acting_as, city, until - timedelta(days=9)),
    ]


def _under_way(acting_as: As, city: City, at: datetime) -> Life:
    officer, manager = _first(city, PostKind.POLICE_OFFICER), _first(city, PostKind.CASE_MANAGER)
    prosecutor = _first(city, PostKind.PROSECUTOR)
    yield at
    matter = replace(_FRAUD, document_number=f"云公青刑立字〔{at.year}〕88号")
    one_id = _invite(acting_as, officer, at, matter, ConsultationKind.EARLY_INTERVENTION)
    yield (at := at + timedelta(hours=3))
    with acting_as(manager, at) as act:
        one = consultations.find(act, one_id)
        consultations.accept(act, one, handler_id=prosecutor)
    for person, words in zip((officer, prosecutor), _VIEWS, strict=True):
        yield (at := at + timedelta(hours=18))
        with acting_as(person, at) as act:
            consultations.speak(act, consultations.find(act, one_id), words=words)
    yield (at := at + timedelta(hours=1))
    with acting_as(prosecutor, at) as act:
        one = consultations.find(act, one_id)
        consultations.opine(act, one, words=_OPINION, evidence=_WANTED)
    yield (at := at + timedelta(hours=24))
    with acting_as(officer, at) as act:
        one = consultations.find(act, one_id)
        consultations.collect(act, one, one.evidence[0].id, note="已提取，附校验值。")


def _waiting(acting_as: As, city: City, at: datetime) -> Life:
    yield at
    held = SuspectSketch("“阿海”", at - timedelta(hours=20))
    also = SuspectSketch("", at - timedelta(hours=18))
    matter = replace(_BRAWL, suspects=(held, also))
    officer = _first(city, PostKind.POLICE_OFFICER)
    _invite(acting_as, officer, at, matter, ConsultationKind.PRE_ARREST)


def _declined(acting_as: As, city: City, at: datetime) -> Life:
    yield at
    officer = _first(city, PostKind.POLICE_OFFICER)
    one_id = _invite(acting_as, officer, at, _THEFT, ConsultationKind.PRE_ARREST)
    yield (at := at + timedelta(hours=4))
    with acting_as(_first(city, PostKind.CASE_MANAGER), at) as act:
        one = consultations.find(act, one_id)
        consultations.decline(act, one, reason="事实清楚，证据已经固定，可以直接提请批准逮捕。")


def _invite(
    acting_as: As, officer: int, at: datetime, matter: Matter, kind: ConsultationKind
) -> int:
    with acting_as(officer, at) as act:
        one = consultations.invite(act, consultations.organ_of(act), matter, kind=kind)
        act.session.flush()
        return one.id


def _first(city: City, post: PostKind) -> int:
    office = ORGAN if post is PostKind.POLICE_OFFICER else COURT
    return city.holding(post, office)[0]
