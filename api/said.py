"""What was said with a step, in the reader's words: names for ids, penalties as people write."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from api.problems import reads_english
from services.charges import Charge
from services.kernel.act import Act
from services.offices import Office
from services.people import Person
from services.proceedings.table import Field, FieldKind, Step
from services.sentencing import Fact, Penalty, Recommendation, UnreadableError, of_plain

_Named = Person | Office | Charge
_NAMED: Mapping[FieldKind, Callable[[Act, int], _Named | None]] = {
    FieldKind.PERSON: lambda act, about: act.session.get(Person, about),
    FieldKind.OFFICE: lambda act, about: act.session.get(Office, about),
    FieldKind.CHARGES: lambda act, about: act.session.get(Charge, about),
}


def said(
    act: Act, step: Step[Any], given: Mapping[str, Any], *, inside: bool
) -> list[dict[str, str]]:
    """What was said, field by field; what is kept inside is shown inside only."""
    english = reads_english()
    return [
        {
            "name": one.name,
            "label": one.en if english else one.zh,
            "text": _text(act, one, given[one.name], english=english),
        }
        for one in step.fields
        if given.get(one.name) not in (None, "", []) and (inside or not one.inside)
    ]


def _text(act: Act, one: Field, value: Any, *, english: bool) -> str:
    labels = {choice.code: choice.en if english else choice.zh for choice in one.choices}
    match one.kind:
        case FieldKind.YES:
            return ("yes" if value else "no") if english else ("是" if value else "否")
        case FieldKind.CHOICES:
            return _joined((labels.get(code, code) for code in value), english=english)
        case FieldKind.PERSON | FieldKind.OFFICE:
            return _name(act, one.kind, value)
        case FieldKind.CHARGES:
            return _joined((_name(act, one.kind, each) for each in value), english=english)
        case FieldKind.TABLE:
            return _table(act, value, english=english)
        case _:
            return labels.get(str(value), str(value))


def _joined(texts: Iterable[str], *, english: bool) -> str:
    return ("; " if english else "、").join(texts)


def _name(act: Act, kind: FieldKind, about: int) -> str:
    found = _NAMED[kind](act, about)
    return str(about) if found is None else found.name


def _table(act: Act, value: Any, *, english: bool) -> str:
    """A penalty, a recommendation or numbered facts; any other table as it was sent."""
    if isinstance(value, list):
        return "\n".join(_fact(act, one, english=english) for one in value)
    found: Recommendation | Penalty
    try:
        found = of_plain(Recommendation, value)
    except UnreadableError:
        try:
            found = of_plain(Penalty, value)
        except UnreadableError:
            return str(value)
    return found.en if english else found.zh


def _fact(act: Act, value: Any, *, english: bool) -> str:
    try:
        fact = of_plain(Fact, value)
    except UnreadableError:
        return str(value)
    parts = [str(fact.number)]
    if fact.charge_id is not None:
        parts.append(_name(act, FieldKind.CHARGES, fact.charge_id))
    if fact.amount is not None:
        yuan = f"{fact.amount / 100:.2f}"
        parts.append(f"{yuan} yuan" if english else f"{yuan}元")
    parts += sorted(one.en if english else one.zh for one in fact.circumstances)
    return _joined(parts, english=english)
