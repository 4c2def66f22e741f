"""What the police of the demo world write: one request for approval of arrest for each story."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from jiantong.demo.facts import Fact, Role
from jiantong.demo.stories import Ending, Story
from jiantong.demo.suspects import Inventor
from services.arrest_requests.drafts import Draft, FileItemDraft, SuspectDraft
from services.arrest_requests.terms import DocumentKind, Extension, Flag, Measure, Sex
from services.attachments import Paper
from services.kernel.act import SHANGHAI

AT_LIBERTY = frozenset({0, 58, 64, 66, 91})
"""Facts (by source) whose suspects are on bail when the arrest is asked for."""

FOREVER_YOUNG = 18
_DANGERS = {
    "走私、贩卖、运输、制造毒品罪": "有吸毒史，可能继续实施犯罪；同案人员尚未到案，可能串供。",
    "盗窃罪": "无固定住所和稳定职业，多次作案，可能实施新的犯罪。",
    "诈骗罪": "涉案款项去向尚未查清，可能毁灭、伪造证据或者转移赃款。",
    "故意伤害罪": "与被害人积怨较深，可能对被害人、举报人打击报复。",
    "开设赌场罪": "同案人员在逃，可能串供或者毁灭证据。",
    "寻衅滋事罪": "曾因类似行为受过行政处罚，可能实施新的犯罪。",
}
_DANGER = "可能毁灭、伪造证据，干扰证人作证，或者企图逃跑。"


_DETAINED_DAYS = {
    Extension.NONE: (2, 3),
    Extension.SEVEN_DAYS: (5, 7),
    Extension.THIRTY_DAYS: (15, 29),
}
"""Days between the detention and the request (CPL 91)."""
_ON_BAIL_DAYS = (12, 40)


@dataclass(frozen=True, slots=True)
class Registers:
    """What a draft points at in the registers."""

    charges: Mapping[str, int]
    detention_centre_ids: tuple[int, ...]


class Typist:
    """Writes requests; the same ones for the same seed."""

    def __init__(self, registers: Registers, seed: int) -> None:
        self._registers = registers
        self._random = Random(seed)  # noqa: S311  # a story, not a secret
        self._inventor = Inventor(seed)

    def draft(self, story: Story, document_number: str) -> Draft:
        """The request as it is first sent in; a supplement makes it `complete`."""
        fact, received_at = story.fact, story.received_at
        held = fact.source not in AT_LIBERTY and story.ending is not Ending.UNCHANGED
        extension = self._extension(fact) if held else Extension.NONE
        began_at = self._began_at(received_at, extension, held=held)
        detained_on = began_at.astimezone(SHANGHAI).date()
        centre = self._random.choice(self._registers.detention_centre_ids) if held else None
        suspects = tuple(
            replace(
                self._suspect(role, fact, detained_on),
                measure=Measure.DETENTION if held else Measure.BAIL,
                measure_began_at=began_at,
                detention_centre_id=centre,
                detention_extended_to=extension,
            )
            for role in fact.suspects
        )
        written_on = received_at.astimezone(SHANGHAI).date()
        draft = Draft(
            document_number=document_number,
            document_on=written_on,
            head_approved_on=written_on,
            facts=fact.told([suspect.name for suspect in suspects], detained_on),
            danger_grounds="".join(f"犯罪嫌疑人{s.name}" for s in suspects[:1])
            + _DANGERS.get(fact.charges[0], _DANGER),
            major_or_complex=fact.serious,
            property_transferred="扣押" in fact.text or "起获" in fact.text,
            suspects=suspects,
        )
        lacking = {Ending.SUPPLEMENT, Ending.CORRECTED}
        items = self._file(draft)
        if story.ending in lacking or self._random.random() < 1 / 8:
            items = tuple(item for item in items if item.kind is not Paper.DETENTION_WARRANT)
        return replace(draft, file_items=items)

    def complete(self, draft: Draft) -> Draft:
        """The same request with every paper in its file."""
        return replace(draft, file_items=self._file(draft))

    def _suspect(self, role: Role, fact: Fact, detained_on: date) -> SuspectDraft:
        act_on = detained_on - timedelta(days=fact.act_days_before)
        youngest, oldest = (16, FOREVER_YOUNG) if role.minor else (19, 58)
        born_on = self._inventor.birthday(act_on, youngest=youngest, oldest=oldest)
        person = self._inventor.invent(role.sex, born_on=born_on)
        flags = {Flag.MINOR} if role.minor else set[Flag]()
        if fact.light and self._random.random() < 1 / 2:
            flags.add(Flag.PLEA_LENIENCY)
        anonymous = not role.minor and self._random.random() < 1 / 25
        return SuspectDraft(
            name=person.name,
            name_self_reported=anonymous,
            alias=person.alias,
            document_kind=DocumentKind.NONE if anonymous else DocumentKind.RESIDENT_ID,
            document_number="" if anonymous else person.document_number,
            born_on=born_on,
            sex=Sex(role.sex),
            ethnicity=person.ethnicity,
            address=person.address,
            occupation="学生" if role.minor else person.occupation,
            flags=frozenset(flags),
            act_on=act_on,
            charge_ids=tuple(self._registers.charges[name] for name in role.charges),
        )

    def _extension(self, fact: Fact) -> Extension:
        if len(fact.suspects) > 2 and fact.serious:  # noqa: PLR2004  # a gang begins at three
            return Extension.THIRTY_DAYS
        return self._random.choice([Extension.NONE, Extension.NONE, Extension.SEVEN_DAYS])

    def _began_at(self, received_at: datetime, extension: Extension, *, held: bool) -> datetime:
        """Late in the evening, so that what happened that day lies before it."""
        latest = {
            Extension.NONE: (2, 3),
            Extension.SEVEN_DAYS: (5, 7),
            Extension.THIRTY_DAYS: (15, 29),
        }
        days = self._random.randint(*latest[extension]) if held else self._random.randint(12, 40)
        evening = received_at.astimezone(SHANGHAI) - timedelta(days=days)
        return evening.replace(hour=23, minute=self._random.randint(31, 59), second=0)

    def _file(self, draft: Draft) -> tuple[FileItemDraft, ...]:
        flags = {flag for suspect in draft.suspects for flag in suspect.flags}
        extended = any(s.detention_extended_to is not Extension.NONE for s in draft.suspects)
        held = any(suspect.measure is Measure.DETENTION for suspect in draft.suspects)
        pages = self._random.randint
        wanted = (
            (True, "提请批准逮捕书", 3 + len(draft.suspects), Paper.REQUEST_DOCUMENT),
            (True, "诉讼文书卷", pages(18, 60), Paper.PROCEDURE),
            (held, "拘留证", len(draft.suspects), Paper.DETENTION_WARRANT),
            (extended, "延长拘留期限审批表", 2, Paper.EXTENSION_APPROVAL),
            (True, "证据材料卷一", pages(60, 180), Paper.EVIDENCE),
            (draft.major_or_complex, "证据材料卷二", pages(60, 180), Paper.EVIDENCE),
            (True, "户籍证明", len(draft.suspects), Paper.IDENTITY),
            (draft.property_transferred, "随案移送物品清单", 1, Paper.PROPERTY_LIST),
            (Flag.PLEA_LENIENCY in flags, "认罪认罚情况记录", 2, Paper.PLEA_RECORD),
            (Flag.MINOR in flags, "法律援助指派通知", 1, Paper.LEGAL_AID),
            (Flag.MINOR in flags, "社会调查报告", 6, Paper.SOCIAL_INQUIRY),
            (True, "讯问同步录音录像光盘", None, Paper.RECORDING),
        )
        return tuple(
            FileItemDraft(title, count, kind) for there, title, count, kind in wanted if there
        )
