"""Numbers of cases and documents (文号): race-free, without gaps, anew each year.

The form is the one seen in real documents: 院简称 + 文种字 +〔年〕+ serial + 号. Which mark a
document bears is data; the marks other than 批捕 are usual, not verified, and each procuratorate
may set its own.
"""

from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.act import Act, Record
from services.offices import Office


class Mark(StrEnum):
    """The mark (文种字) of a series."""

    ARREST_CASE = "arrest_case"
    ARREST_APPROVED = "arrest_approved"
    ARREST_REFUSED = "arrest_refused"
    ARREST_REVOKED = "arrest_revoked"
    REFUSAL_REVOKED = "refusal_revoked"
    ARREST_ADVICE = "arrest_advice"
    RECONSIDERATION = "reconsideration"
    RE_EXAMINATION = "re_examination"
    CUSTODY_EXTENDED = "custody_extended"
    CUSTODY_NOT_EXTENDED = "custody_not_extended"
    NECESSITY_PROPOSAL = "necessity_proposal"
    NECESSITY_RESULT = "necessity_result"
    PROSECUTION_CASE = "prosecution_case"
    INDICTMENT = "indictment"
    NON_PROSECUTION = "non_prosecution"
    CONDITIONAL_NON_PROSECUTION = "conditional_non_prosecution"
    RETURN = "return"
    EVIDENCE_REQUEST = "evidence_request"
    DETENTION = "detention"
    ARREST = "arrest"
    BAIL = "bail"
    SURVEILLANCE = "surveillance"
    RELEASE = "release"
    MEASURE_LIFTED = "measure_lifted"
    SENTENCING_RECOMMENDATION = "sentencing_recommendation"
    INDICTMENT_CHANGED = "indictment_changed"
    INDICTMENT_WITHDRAWN = "indictment_withdrawn"
    ADJOURNMENT = "adjournment"
    PROTEST = "protest"
    PROTEST_SUPPORT = "protest_support"
    CORRECTION = "correction"
    OPINION = "opinion"
    JURISDICTION = "jurisdiction"
    COMMITTEE_DECISION = "committee_decision"
    APPEAL_REVIEW = "appeal_review"
    NON_PROSECUTION_REVOKED = "non_prosecution_revoked"


WORDS = {
    Mark.ARREST_CASE: "捕受",
    Mark.ARREST_APPROVED: "批捕",
    Mark.ARREST_REFUSED: "不批捕",
    Mark.ARREST_REVOKED: "撤捕",
    Mark.REFUSAL_REVOKED: "撤不捕",
    Mark.ARREST_ADVICE: "捕建",
    Mark.RECONSIDERATION: "复议",
    Mark.RE_EXAMINATION: "复核",
    Mark.CUSTODY_EXTENDED: "延押",
    Mark.CUSTODY_NOT_EXTENDED: "不延押",
    Mark.NECESSITY_PROPOSAL: "羁审建",
    Mark.NECESSITY_RESULT: "羁审结",
    Mark.PROSECUTION_CASE: "诉受",
    Mark.INDICTMENT: "刑诉",
    Mark.NON_PROSECUTION: "刑不诉",
    Mark.CONDITIONAL_NON_PROSECUTION: "附不诉",
    Mark.RETURN: "退补",
    Mark.EVIDENCE_REQUEST: "调证",
    Mark.DETENTION: "拘",
    Mark.ARREST: "捕",
    Mark.BAIL: "取保",
    Mark.SURVEILLANCE: "监居",
    Mark.RELEASE: "释",
    Mark.MEASURE_LIFTED: "解强",
    Mark.SENTENCING_RECOMMENDATION: "量建",
    Mark.INDICTMENT_CHANGED: "变诉",
    Mark.INDICTMENT_WITHDRAWN: "撤诉",
    Mark.ADJOURNMENT: "延审",
    Mark.PROTEST: "刑抗",
    Mark.PROTEST_SUPPORT: "支刑抗",
    Mark.CORRECTION: "纠违",
    Mark.OPINION: "检意",
    Mark.JURISDICTION: "移管",
    Mark.COMMITTEE_DECISION: "检委决",
    Mark.APPEAL_REVIEW: "复查",
    Mark.NON_PROSECUTION_REVOKED: "撤不诉",
}


class NumberSeries(Record):
    """The last number given in one series of one office and year."""

    __tablename__ = "number_series"

    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    mark: Mapped[Mark] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


def take(act: Act, office: Office, mark: Mark) -> str:
    """The next number of the series, as written: `云溪检批捕〔2026〕12号`.

    The row stays locked until the act ends, so two acts never take the same number and an act
    undone gives its number back.
    """
    year = act.today.year
    row = insert(NumberSeries).values(office_id=office.id, mark=mark, year=year, last=1)
    taken = act.session.scalar(
        row.on_conflict_do_update(
            index_elements=["office_id", "mark", "year"], set_={"last": NumberSeries.last + 1}
        ).returning(NumberSeries.last)
    )
    return f"{office.short_name}{WORDS[mark]}〔{year}〕{taken}号"
