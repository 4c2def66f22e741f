"""A plea statement holds what RULES 272 asks, before those whom CPL 174 and RULES 468 name."""

from dataclasses import replace

import pytest

from services.sentencing import (
    ChangeCause,
    Guardian,
    LawyerKind,
    OpinionGiver,
    OpinionTopic,
    Pleader,
    PleaExemption,
    PleaProblem,
    Statement,
    WitnessPresence,
    aggravation_problems,
    change_problems,
    exemptions,
    hearing_problems,
    statement_problems,
)
from services.sentencing.plea import WORDS

P = PleaProblem
ADULT = Pleader()
DEFENDED = Pleader(has_defender=True)
MINOR = Pleader(minor=True, has_defender=True)
WHOLE = Statement(
    confesses=True,
    agrees_to_recommendation=True,
    agrees_to_procedure=True,
    signed_by_suspect=True,
    lawyer=LawyerKind.DUTY_LAWYER,
    lawyer_presence=WitnessPresence.IN_PERSON,
    signed_by_lawyer=True,
)
DEFENDER = replace(WHOLE, lawyer=LawyerKind.DEFENDER)
OF_MINOR = replace(DEFENDER, guardian=Guardian.REPRESENTATIVE, signed_by_guardian=True)


def codes(statement: Statement, pleader: Pleader) -> list[PleaProblem]:
    return [PleaProblem(one.code) for one in statement_problems(statement, pleader)]


@pytest.mark.parametrize(
    ("statement", "pleader"), [(WHOLE, ADULT), (DEFENDER, DEFENDED), (OF_MINOR, MINOR)]
)
def test_a_whole_statement_lacks_nothing(statement: Statement, pleader: Pleader) -> None:
    assert codes(statement, pleader) == []


@pytest.mark.parametrize(
    ("statement", "code", "article"),
    [
        (replace(WHOLE, confesses=False), P.CONFESSION_MISSING, "RULES 272¶1"),
        (
            replace(WHOLE, agrees_to_recommendation=False),
            P.RECOMMENDATION_MISSING,
            "RULES 272¶1",
        ),
        (replace(WHOLE, agrees_to_procedure=False), P.PROCEDURE_MISSING, "RULES 272¶1"),
        (replace(WHOLE, signed_by_suspect=False), P.SUSPECT_SIGNATURE_MISSING, "RULES 272¶1"),
        (replace(WHOLE, signed_by_lawyer=False), P.LAWYER_SIGNATURE_MISSING, "RULES 272¶1"),
        (
            replace(WHOLE, lawyer_presence=WitnessPresence.ABSENT),
            P.LAWYER_ABSENT,
            "CPL 174¶1; RULES 272¶1",
        ),
        (
            replace(WHOLE, lawyer_presence=WitnessPresence.BY_VIDEO),
            P.VIDEO_NOT_ALLOWED,
            "CPL 174¶1; SENT-2021 27",
        ),
    ],
)
def test_what_a_statement_lacks_is_said_with_its_article(
    statement: Statement, code: PleaProblem, article: str
) -> None:
    (found,) = statement_problems(statement, ADULT)

    assert (found.code, found.article) == (code, article)


def test_a_defender_is_not_bypassed_with_a_duty_lawyer_by_sent_2021_27() -> None:
    assert codes(WHOLE, DEFENDED) == [P.DEFENDER_BYPASSED]


def test_a_defender_may_witness_by_video_for_a_recorded_cause_by_sent_2021_27() -> None:
    by_video = replace(DEFENDER, lawyer_presence=WitnessPresence.BY_VIDEO)

    assert codes(by_video, DEFENDED) == [P.VIDEO_REASON_MISSING]
    assert codes(replace(by_video, video_reason_recorded=True), DEFENDED) == []


def test_who_refuses_a_duty_lawyer_has_that_noted_by_sent_2021_27() -> None:
    refusing = Pleader(refuses_duty_lawyer=True)

    assert codes(WHOLE, refusing) == [P.REFUSAL_NOT_NOTED]
    assert codes(replace(WHOLE, refusal_noted=True), refusing) == []
    assert codes(DEFENDER, replace(refusing, has_defender=True)) == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (replace(OF_MINOR, guardian=Guardian.NOBODY), [P.GUARDIAN_ABSENT]),
        (replace(OF_MINOR, signed_by_guardian=False), [P.GUARDIAN_SIGNATURE_MISSING]),
        (replace(OF_MINOR, guardian=Guardian.APPROPRIATE_ADULT), [P.ABSENCE_NOT_RECORDED]),
        (
            replace(OF_MINOR, guardian=Guardian.APPROPRIATE_ADULT, absence_recorded=True),
            [],
        ),
        (replace(OF_MINOR, lawyer=LawyerKind.DUTY_LAWYER), [P.DEFENDER_NEEDED_FOR_MINOR]),
    ],
)
def test_a_minor_signs_beside_a_guardian_and_a_defender_by_rules_468(
    statement: Statement, found: list[PleaProblem]
) -> None:
    assert codes(statement, MINOR) == found


@pytest.mark.parametrize(
    ("pleader", "found"),
    [
        (ADULT, ()),
        (Pleader(blind_deaf_or_mute=True), (PleaExemption.BLIND_DEAF_OR_MUTE,)),
        (Pleader(limited_capacity=True), (PleaExemption.LIMITED_CAPACITY,)),
        (Pleader(minor=True), ()),
        (Pleader(minor=True, objected_for=True), (PleaExemption.MINOR_OBJECTED_FOR,)),
        (Pleader(objected_for=True), ()),
    ],
)
def test_some_need_sign_nothing_by_cpl_174(
    pleader: Pleader, found: tuple[PleaExemption, ...]
) -> None:
    assert exemptions(pleader) == found


def test_an_exemption_names_its_article() -> None:
    assert [article.en for article in PleaExemption.LIMITED_CAPACITY.articles] == [
        "CPL 174¶2(1)",
        "RULES 272¶2(1)",
    ]
    assert all(one.zh and one.en and one.articles for one in PleaExemption)


def test_everybody_is_heard_on_everything_by_cpl_173() -> None:
    every = frozenset(OpinionTopic)
    heard = dict.fromkeys(OpinionGiver, every)

    assert hearing_problems(heard, ADULT, rights_told=True, recorded=True) == ()
    (found,) = hearing_problems(heard, ADULT, rights_told=False, recorded=True)
    assert (found.code, found.article) == (P.RIGHTS_NOT_TOLD, "CPL 173¶2; RULES 269¶1")


def test_the_hearing_is_recorded_by_sent_2021_5() -> None:
    heard = dict.fromkeys(OpinionGiver, frozenset(OpinionTopic))

    (found,) = hearing_problems(heard, ADULT, rights_told=True, recorded=False)

    assert (found.code, found.article) == (P.HEARING_NOT_RECORDED, "SENT-2021 5")


def test_a_victim_is_heard_where_there_is_one() -> None:
    every = frozenset(OpinionTopic)
    heard = {OpinionGiver.SUSPECT: every, OpinionGiver.COUNSEL: every}

    assert len(hearing_problems(heard, ADULT, rights_told=True, recorded=True)) == len(OpinionTopic)
    assert hearing_problems(heard, Pleader(has_victim=False), rights_told=True, recorded=True) == ()


def test_a_topic_that_was_left_out_is_named() -> None:
    heard = {
        OpinionGiver.SUSPECT: frozenset(OpinionTopic),
        OpinionGiver.COUNSEL: frozenset({OpinionTopic.FACTS_AND_LAW, OpinionTopic.LENIENCY}),
    }

    (found,) = hearing_problems(heard, Pleader(has_victim=False), rights_told=True, recorded=True)

    assert found.zh == (
        "未就认罪认罚后案件审理适用的程序听取辩护人或者值班律师的意见"
        "（刑诉法173条2款；刑诉规则269条1款）。"
    )


def test_a_signed_recommendation_is_changed_for_a_cause_by_sent_2021_30() -> None:
    (found,) = change_problems(frozenset())

    assert (found.code, found.article) == (P.CHANGED_WITHOUT_CAUSE, "SENT-2021 30")
    assert all(change_problems(frozenset({cause})) == () for cause in ChangeCause)


def test_new_facts_alone_make_no_recommendation_heavier_by_sent_2021_30() -> None:
    (found,) = aggravation_problems(frozenset({ChangeCause.NEW_FACTS}))

    assert found.code is P.HEAVIER_WITHOUT_CAUSE
    assert aggravation_problems(frozenset({ChangeCause.REPUDIATED})) == ()


def test_every_code_has_words_and_an_article() -> None:
    assert set(WORDS) == set(PleaProblem)
    assert all(words.articles for words in WORDS.values())
    for codes_of in (LawyerKind, WitnessPresence, Guardian, ChangeCause):
        assert all(one.zh for one in codes_of)
    assert all(one.zh and one.en for asked in (OpinionGiver, OpinionTopic) for one in asked)
