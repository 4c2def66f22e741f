"""Who may be a people's supervisor (PSUP-2021 6, 8 to 10), and what keeps one out.

Pure: it is given what was declared and the day, and names every fault at once.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from services.supervisors.flow import Disqualification, Education, ExcludedOffice

YOUNGEST = 23
TERM_YEARS = 5
MOST_TERMS = 2
_ID_NUMBER = re.compile(r"\d{17}[\dX]\Z")


class Fault(NamedTuple):
    """One thing that keeps somebody from being a supervisor."""

    place: str
    code: str
    zh: str
    en: str
    article: str

    def as_plain(self, before: str = "") -> dict[str, Any]:
        """As the errors of a problem tell it; `before` is where the entry itself stands."""
        return {
            "pointer": f"{before}/{self.place}",
            "code": self.code,
            "detail": {"zh": self.zh, "en": self.en},
            "severity": "error",
            "article": self.article,
        }


@dataclass(frozen=True, slots=True)
class Declared:
    """What a candidate declares, and the organ has looked into."""

    born_on: date
    education: Education
    upholds_constitution: bool
    good_conduct: bool
    healthy: bool
    offices: Collection[ExcludedOffice] = ()
    disqualifications: Collection[Disqualification] = ()


def faults_of(declared: Declared, on: date) -> list[Fault]:
    """Everything that keeps the candidate out on that day; nothing says that he or she may be."""
    return [*_asked_for(declared, on), *_excluded(declared), *_disqualified(declared)]


def has_reached(born_on: date, years: int, on: date) -> bool:
    """Is somebody so many years old on that day, the birthday itself included?

    PSUP-2021 is no criminal law: the rule that counts from the day after a birthday
    (Fa Shi [2006] 1) is not its rule. 29 February has its birthday on the 28th otherwise.
    """
    if born_on >= on:
        return False
    try:
        birthday = born_on.replace(year=born_on.year + years)
    except ValueError:
        birthday = date(born_on.year + years, 2, 28)
    return on >= birthday


def term_end(first: date) -> date:
    """The last day of the five years that begin on `first` (PSUP-2021 6)."""
    try:
        after = first.replace(year=first.year + TERM_YEARS)
    except ValueError:
        after = date(first.year + TERM_YEARS, 3, 1)
    return after - timedelta(days=1)


def is_id_number(written: str) -> bool:
    """Has it the form of an identity card's number?"""
    return _ID_NUMBER.match(written) is not None


def _asked_for(declared: Declared, on: date) -> Iterator[Fault]:
    if not has_reached(declared.born_on, YOUNGEST, on):
        yield _eight("born_on", "too_young", "未满二十三周岁。", "Not yet twenty-three.")
    if declared.education is Education.BELOW_HIGH_SCHOOL:
        yield _eight("education", "schooling", "未达到高中文化程度。", "Below high school.")
    if not declared.upholds_constitution:
        yield _eight(
            "upholds_constitution",
            "constitution",
            "未声明拥护宪法。",
            "Not declared to uphold the Constitution.",
        )
    if not declared.good_conduct:
        yield _eight("good_conduct", "conduct", "未声明品行良好。", "Good conduct not declared.")
    if not declared.healthy:
        yield _eight("healthy", "health", "未声明身体健康。", "Good health not declared.")


def _eight(place: str, code: str, zh: str, en: str) -> Fault:
    return Fault(place, code, zh, en, "PSUP-2021 8")


def _excluded(declared: Declared) -> Iterator[Fault]:
    for office in sorted(set(declared.offices)):
        zh, en = EXCLUDED[office]
        yield Fault("offices", office.value, zh, en, "PSUP-2021 9")


def _disqualified(declared: Declared) -> Iterator[Fault]:
    for one in sorted(set(declared.disqualifications)):
        zh, en = DISQUALIFIED[one]
        yield Fault("disqualifications", one.value, zh, en, "PSUP-2021 10")


EXCLUDED = {
    ExcludedOffice.CONGRESS_STANDING_COMMITTEE: (
        "系人民代表大会常务委员会组成人员。",
        "A member of a congress's standing committee.",
    ),
    ExcludedOffice.SUPERVISION_ORGAN: ("系监察机关在职人员。", "Serves in a supervision organ."),
    ExcludedOffice.COURT: ("系人民法院在职人员。", "Serves in a court."),
    ExcludedOffice.PROCURATORATE: ("系人民检察院在职人员。", "Serves in a procuratorate."),
    ExcludedOffice.PUBLIC_SECURITY: ("系公安机关在职人员。", "Serves in the police."),
    ExcludedOffice.STATE_SECURITY: ("系国家安全机关在职人员。", "Serves in state security."),
    ExcludedOffice.JUDICIAL_ADMINISTRATION: (
        "系司法行政机关在职人员。",
        "Serves in a judicial-administration organ.",
    ),
    ExcludedOffice.PEOPLES_ASSESSOR: ("系人民陪审员。", "A people's assessor."),
    ExcludedOffice.OTHER: (
        "因职务原因不宜担任人民监督员。",
        "Holds another office that does not go with it.",
    ),
}
DISQUALIFIED = {
    Disqualification.PUNISHED: ("受过刑事处罚。", "Has been punished for a crime."),
    Disqualification.DISMISSED: ("被开除公职。", "Was dismissed from public office."),
    Disqualification.LICENCE_REVOKED: (
        "被吊销律师、公证员执业证书，或者被仲裁委员会除名。",
        "Lost the licence of a lawyer or notary, or was struck off by an arbitration commission.",
    ),
    Disqualification.DISHONEST_DEBTOR: (
        "被纳入失信被执行人名单。",
        "Is on the list of dishonest debtors.",
    ),
    Disqualification.ASSESSOR_REMOVED: (
        "因受惩戒被免除人民陪审员职务。",
        "Was removed as a people's assessor for discipline.",
    ),
    Disqualification.OTHER_BREACH: (
        "有其他严重违法违纪行为，可能影响司法公正。",
        "Another serious breach of law or discipline.",
    ),
}
