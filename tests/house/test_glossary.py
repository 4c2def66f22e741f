"""Every word of the code has its Chinese term, and no term is left without its word."""

import re

import pytest

from checks import texts
from jiantong.docs import found, glossary, terms
from notifications.messages import notices
from services.kernel.act import EVENTS
from services.kernel.chain import subject_of
from services.policy import POLICY, Permission

LISTS = sorted(set(found.code_lists()) - set(terms.NAMED_BY_THEMSELVES))
OURS = {
    name
    for name, kind in EVENTS.items()
    if kind.__module__.split(".")[0] in {"services", "notifications"}
}
"""Other tests make events of their own."""
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("name", LISTS)
def test_every_code_has_its_chinese_term(name: str) -> None:
    kind = found.code_lists()[name]

    words = terms.words_of(kind)

    assert set(words) == {code.value for code in kind}
    assert all(HAN.search(word) for word in words.values()), words


def test_no_list_of_terms_is_left_over() -> None:
    places = (terms.CODES, terms.ON_THE_PHONE, terms.IN_THE_ENGINE, terms.NAMED_BY_THEMSELVES)
    known = [name for place in places for name in place]

    assert set(known) <= set(found.code_lists())
    assert len(known) == len(set(known)), "one list, one place"


def test_every_flow_and_step_has_its_term() -> None:
    assert set(terms.STEPS) == set(found.flows())
    for noun, flow in found.flows().items():
        assert set(terms.STEPS[noun]) == set(flow.every_step), noun


def test_every_event_has_its_term() -> None:
    assert set(terms.EVENTS) == OURS
    assert set(notices()) <= set(terms.EVENTS)


def test_every_noun_and_verb_of_a_permission_has_its_term() -> None:
    words = [permission.split(":") for permission in Permission]

    assert set(terms.NOUNS) == {noun for noun, _ in words}
    assert set(terms.VERBS) == {verb for _, verb in words}


def test_every_rule_has_its_term() -> None:
    rules = {rule for clauses in POLICY.values() for clause in clauses for rule in clause}

    assert set(terms.RULES) == {getattr(rule, "__name__", "") for rule in rules}
    assert all(rule.__doc__ for rule in rules)


def test_every_slice_has_its_term() -> None:
    chains = {subject_of(kind, 0).slice for kind in OURS}

    assert set(terms.SLICES) == {*found.slices(), *found.flows(), *chains}


def test_a_missing_term_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(terms.EVENTS, "CaseAssigned")

    with pytest.raises(KeyError, match="CaseAssigned"):
        glossary.page()


def test_the_words_said_to_be_in_the_code_are_there() -> None:
    rooms = ("services/", "notifications/", "api/")
    code = "".join(
        text for name, text in texts() if name.startswith(rooms) and name.endswith(".py")
    )
    said = {word for *_, where in terms.LEGAL for word in re.findall(r"`(\w+)`", where)}

    assert {word for word in said if not re.search(rf"\b{word}s?\b", code)} == set()
