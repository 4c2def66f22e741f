"""The grounds of protest (抗诉, RULES 584), and which of them a difference calls to mind.

A difference is not a ground. `hints` only says what the handler should think about; the chief
procurator decides (RULES 585).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.sentencing.articles import Article
from services.sentencing.comparison import Difference, DifferenceKind
from services.sentencing.penalties import MainPenalty
from services.sentencing.problems import Plain


class ProtestGround(StrEnum):
    """The grounds on which a first-instance judgment is protested: RULES 584, and no other."""

    FACTS_OR_EVIDENCE = "facts_or_evidence"
    GUILT = "guilt"
    PENALTY = "penalty"
    CHARGE = "charge"
    EXEMPTION_OR_SUSPENSION = "exemption_or_suspension"
    PROCEDURE = "procedure"

    @property
    def zh(self) -> str:
        """As the article writes it."""
        return _GROUNDS[self][0]

    @property
    def en(self) -> str:
        """In English."""
        return _GROUNDS[self][1]

    @property
    def article(self) -> Article:
        """Its item of RULES 584."""
        return Article("RULES", 584, item=list(ProtestGround).index(self) + 1)


_GROUNDS = {
    ProtestGround.FACTS_OR_EVIDENCE: (
        "认定的事实确有错误或者据以定罪量刑的证据不确实、不充分的",
        (
            "the facts found are wrong, or the evidence for conviction and sentence is not "
            "reliable and sufficient"
        ),
    ),
    ProtestGround.GUILT: (
        "有确实、充分证据证明有罪判无罪，或者无罪判有罪的",
        (
            "the guilty were acquitted against reliable and sufficient evidence, or the innocent "
            "convicted"
        ),
    ),
    ProtestGround.PENALTY: (
        "重罪轻判，轻罪重判，适用刑罚明显不当的",
        (
            "a grave crime was punished lightly or a light one gravely: the penalty is manifestly "
            "unfit"
        ),
    ),
    ProtestGround.CHARGE: (
        "认定罪名不正确，一罪判数罪、数罪判一罪，影响量刑或者造成严重社会影响的",
        (
            "the charge found is wrong, or one crime was judged as several or several as one, and "
            "that bears on the sentence or has a serious social influence"
        ),
    ),
    ProtestGround.EXEMPTION_OR_SUSPENSION: (
        "免除刑事处罚或者适用缓刑、禁止令、限制减刑等错误的",
        "exemption, suspension, injunction, limited commutation or the like were wrongly applied",
    ),
    ProtestGround.PROCEDURE: (
        "人民法院在审理过程中严重违反法律规定的诉讼程序的",
        "the court gravely violated the procedure the law prescribes",
    ),
}


@dataclass(frozen=True, slots=True)
class Hint:
    """A ground to think about, and the kinds of difference that call it to mind; no more."""

    ground: ProtestGround
    because: tuple[DifferenceKind, ...]

    def as_plain(self) -> Plain:
        """As JSON, for the phone."""
        return {
            "ground": self.ground.value,
            "zh": self.ground.zh,
            "en": self.ground.en,
            "article": self.ground.article.en,
            "article_zh": self.ground.article.zh,
            "because": [kind.value for kind in self.because],
        }


_HINTS: Mapping[ProtestGround, frozenset[DifferenceKind]] = {
    ProtestGround.FACTS_OR_EVIDENCE: frozenset(
        {
            DifferenceKind.ACQUITTED,
            DifferenceKind.FACT_NOT_FOUND,
            DifferenceKind.FACT_ADDED,
            DifferenceKind.AMOUNT_DIFFERS,
            DifferenceKind.CIRCUMSTANCE_NOT_FOUND,
            DifferenceKind.CIRCUMSTANCE_ADDED,
        }
    ),
    ProtestGround.GUILT: frozenset(
        {DifferenceKind.ACQUITTED, DifferenceKind.CHARGE_DROPPED, DifferenceKind.CHARGE_ADDED}
    ),
    ProtestGround.PENALTY: frozenset(
        {
            DifferenceKind.PENALTY_KIND_DIFFERS,
            DifferenceKind.PENALTY_OUTSIDE_RECOMMENDATION,
            DifferenceKind.SURVEILLANCE_AFTER_DIFFERS,
            DifferenceKind.ADDITIONAL_PENALTY_DIFFERS,
        }
    ),
    ProtestGround.CHARGE: frozenset(
        {DifferenceKind.CHARGE_CHANGED, DifferenceKind.CHARGE_DROPPED, DifferenceKind.CHARGE_ADDED}
    ),
    ProtestGround.EXEMPTION_OR_SUSPENSION: frozenset(
        {DifferenceKind.SUSPENSION_DIFFERS, DifferenceKind.ORDER_DIFFERS}
    ),
    ProtestGround.PROCEDURE: frozenset(
        {DifferenceKind.PROCEDURE_DIFFERS, DifferenceKind.ADJUSTMENT_NOT_ASKED}
    ),
}


def hints(differences: Iterable[Difference]) -> tuple[Hint, ...]:
    """Which grounds the handler should think about, in the order of RULES 584; never a finding.

    Another main penalty calls item 5 to mind too where the court exempted from punishment.
    """
    kinds: dict[DifferenceKind, list[Difference]] = {}
    for difference in differences:
        kinds.setdefault(difference.kind, []).append(difference)
    exempted = any(
        one.details["imposed"] is MainPenalty.EXEMPT
        for one in kinds.get(DifferenceKind.PENALTY_KIND_DIFFERS, [])
    )
    found = []
    for ground in ProtestGround:
        reminding = set(_HINTS[ground])
        if exempted and ground is ProtestGround.EXEMPTION_OR_SUSPENSION:
            reminding.add(DifferenceKind.PENALTY_KIND_DIFFERS)
        because = tuple(kind for kind in DifferenceKind if kind in reminding and kind in kinds)
        if because:
            found.append(Hint(ground, because))
    return tuple(found)
