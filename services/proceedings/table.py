"""The words in which a workflow is written down: steps, what they ask for, bar and bring about.

A step of the table says who takes it, from which states to which, what has to be said with it,
when the law bars it, who decides, and which periods it starts, moves or ends. A lawyer proofreads
the rows; `docs/flows.md` is printed from them, and a phone draws its forms from them.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from services.arrest_requests.records import Suspect
from services.cases import Case
from services.deadlines.engine.articles import Article, cited_en, cited_zh
from services.kernel.act import Act
from services.kernel.flow import Flow
from services.kernel.refusals import Conflict
from services.numbers import Mark
from services.policy import Permission

S = TypeVar("S", bound=StrEnum)


class Subject(Protocol):
    """One suspect's matter in one case: what a step is taken in."""

    id: int
    state: Any
    version: int
    case_id: int
    suspect_id: int
    reviewer_id: int | None

    @property
    def case(self) -> Case:
        """The case it belongs to."""
        ...

    @property
    def suspect(self) -> Suspect:
        """Whose matter it is."""
        ...

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate that handles it."""
        ...

    @property
    def police_office_id(self) -> int:
        """The organ that sent it in."""
        ...

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case."""
        ...


class FieldKind(StrEnum):
    """In which form something is said."""

    WORDS = "words"
    LINE = "line"
    DAY = "day"
    INSTANT = "instant"
    NUMBER = "number"
    YES = "yes"
    CHOICE = "choice"
    CHOICES = "choices"
    PERSON = "person"
    OFFICE = "office"
    CHARGES = "charges"
    TABLE = "table"
    """Something with parts of its own, such as a penalty; the guards read it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that a field allows."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is said with a step.

    `at_least` and `at_most` bound a number, in the unit that the label names. What is `inside`
    stays in the procuratorate: the organ that sent the case in does not read it.
    """

    name: str
    kind: FieldKind
    zh: str
    en: str
    required: bool = True
    choices: tuple[Choice, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    inside: bool = False
    post: str | None = None
    """Who may be named: somebody in that post of the procuratorate."""
    reads: "Callable[[Taking, Any], Any] | None" = None
    """How a table is read, in that matter; what cannot be read is refused with `Unreadable`."""
    office_kind: str | None = None


class Unreadable(ValueError):
    """What was said in a table cannot be as it is: the faults, as `errors` tell them.

    Pointers are within the table: `/penalty/term`.
    """

    def __init__(self, faults: Collection[dict[str, Any]]) -> None:
        super().__init__(faults)
        self.faults = faults


def fault(pointer: str, code: str, zh: str, en: str) -> dict[str, Any]:
    """One fault in what was said."""
    return {"pointer": pointer, "code": code, "detail": {"zh": zh, "en": en}, "severity": "error"}


def as_plain(value: Any) -> Any:
    """A value as it is kept in JSON."""
    return value.isoformat() if isinstance(value, date) else value


def of_plain(one: Field, value: Any) -> Any:
    """A value as it was handed in, from how it is kept."""
    if value is None:
        return None
    if one.kind is FieldKind.DAY:
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if one.kind is FieldKind.INSTANT else value


@dataclass(frozen=True, slots=True)
class Taking:
    """A step while it is being taken: in which matter, with what said, by whom and when."""

    act: Act
    subject: Any
    step: "Step[Any]"
    given: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What the approval brings, such as its number."""

    @property
    def suspect(self) -> Suspect:
        """Whose matter it is."""
        found: Suspect = self.subject.suspect
        return found

    @property
    def now(self) -> datetime:
        """The moment of the act."""
        return self.act.now


class Effect(Protocol):
    """What a step brings about beside the new state."""

    @property
    def zh(self) -> str:
        """In the words of the printed table."""
        ...

    def apply(self, taking: Taking) -> None:
        """Bring it about."""
        ...


class StepBarred(Conflict):
    """The law does not allow this step as things stand."""

    zh = "依照法律规定，目前不能办理此步骤。"


@dataclass(frozen=True, slots=True)
class Guard:
    """What has to hold, by law, for a step to be taken."""

    code: str
    zh: str
    en: str
    articles: tuple[Article, ...]
    holds: Callable[[Taking], bool]

    def check(self, taking: Taking) -> None:
        """Refuse the step unless the guard holds.

        Refuses:
            StepBarred: with the guard's code, words and article.
        """
        if not self.holds(taking):
            raise StepBarred(
                ground=self.code,
                why={"zh": self.zh, "en": self.en},
                article=cited_en(self.articles),
                article_zh=cited_zh(self.articles),
            )


class Approver(StrEnum):
    """Who decides on a step that somebody puts forward."""

    NOBODY = "nobody"
    """Whoever takes it decides: it is in the prosecutor's, or the other organ's, own power."""
    POWER_LIST = "power_list"
    """Nothing is fixed by law (RULES 4): the power list says who; without one, the chief."""
    CHIEF = "chief"
    """The chief procurator, by law."""
    CHIEF_OR_UPPER = "chief_or_upper"
    """The chief procurator; where the law asks for it by the case, also the procuratorate above."""
    UPPER = "upper"
    """The chief procurator, then the procuratorate one level above."""
    PROVINCIAL = "provincial"
    """The chief procurator, then each level up to the province."""
    SUPREME = "supreme"
    """The chief procurator, then each level up to the Supreme People's Procuratorate."""


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """One row of the table.

    `target` is the state it leads to; without one the state stays. `told` says whether the organ
    that sent the case in reads of it.
    """

    code: str
    zh: str
    en: str
    by: Permission
    sources: Collection[S]
    target: S | None
    articles: tuple[Article, ...]
    approver: Approver = Approver.NOBODY
    fields: tuple[Field, ...] = ()
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    document: Mark | None = None
    issued_above: bool = False
    """The document bears the number of whoever decides last, not of the case's procuratorate."""
    told: bool = True

    @property
    def lane(self) -> str:
        """Two steps of one lane never await decisions in one matter at the same time."""
        return "state" if self.target is not None else self.code

    def field_of(self, name: str) -> Field:
        """The field of that name."""
        return next(one for one in self.fields if one.name == name)


def flow_of(steps: Collection[Step[S]]) -> Flow[S]:
    """The table's states and steps, as every flow of the house has them."""
    moving = {one.code: (one.sources, one.target) for one in steps if one.target is not None}
    staying = {one.code: one.sources for one in steps if one.target is None}
    return Flow(moving, staying)


# --- the usual fields, said once -------------------------------------------------------------


def words(name: str, zh: str, en: str, **rest: Any) -> Field:
    """Something told in sentences."""
    return Field(name, FieldKind.WORDS, zh, en, **rest)


def line(name: str, zh: str, en: str, **rest: Any) -> Field:
    """Something told in one line, such as a number of a document."""
    return Field(name, FieldKind.LINE, zh, en, **rest)


def day(name: str, zh: str, en: str, **rest: Any) -> Field:
    """A day in Asia/Shanghai."""
    return Field(name, FieldKind.DAY, zh, en, **rest)


def instant(name: str, zh: str, en: str, **rest: Any) -> Field:
    """A moment."""
    return Field(name, FieldKind.INSTANT, zh, en, **rest)


def choice(name: str, zh: str, en: str, *choices: tuple[str, str, str], **rest: Any) -> Field:
    """One of a closed list: code, Chinese, English."""
    listed = tuple(Choice(*one) for one in choices)
    return Field(name, FieldKind.CHOICE, zh, en, choices=listed, **rest)


def choices(name: str, zh: str, en: str, *listed: tuple[str, str, str], **rest: Any) -> Field:
    """Any of a closed list."""
    return Field(
        name, FieldKind.CHOICES, zh, en, choices=tuple(Choice(*one) for one in listed), **rest
    )


def yes(name: str, zh: str, en: str, **rest: Any) -> Field:
    """Yes or no."""
    return Field(name, FieldKind.YES, zh, en, **({"required": False} | rest))


def number(name: str, zh: str, en: str, **rest: Any) -> Field:
    """A whole number in the unit that the label names."""
    return Field(name, FieldKind.NUMBER, zh, en, **rest)


def office(name: str, zh: str, en: str, **rest: Any) -> Field:
    """An organ that is registered here, of the kind that is named."""
    return Field(name, FieldKind.OFFICE, zh, en, **rest)


REASONS = words("reasons", "理由", "Reasons")
