"""Where the law says "shall invite" (PSUP-2019 9): the whole table, row by row."""

import itertools

from services.activities import ActivityKind, InviteGround
from services.activities.grounds import (
    WORDS,
    PublicForm,
    PublicMatter,
    PublicWork,
    must_invite,
    suggested_kind,
)

REVIEW, HEARING = PublicForm.PUBLIC_REVIEW, PublicForm.PUBLIC_HEARING
MUST = {
    (PublicMatter.COMPLAINT, REVIEW): InviteGround.COMPLAINT_REVIEW,
    (PublicMatter.COMPLAINT, HEARING): InviteGround.COMPLAINT_REVIEW,
    (PublicMatter.NON_PROSECUTION, REVIEW): InviteGround.NON_PROSECUTION_REVIEW,
    (PublicMatter.NON_PROSECUTION, HEARING): InviteGround.NON_PROSECUTION_REVIEW,
    (PublicMatter.CUSTODY_NECESSITY, REVIEW): InviteGround.NECESSITY_REVIEW,
    (PublicMatter.CUSTODY_NECESSITY, HEARING): InviteGround.NECESSITY_REVIEW,
    (PublicMatter.ADMINISTRATIVE_LITIGATION, HEARING): InviteGround.ADMINISTRATIVE_HEARING,
}
"""Whatever the influence; an arrest review is told apart below."""


def test_the_table_of_article_nine_holds_in_every_row() -> None:
    for matter, form, major in itertools.product(PublicMatter, PublicForm, (False, True)):
        expected = MUST.get((matter, form))
        if (matter, form, major) == (PublicMatter.ARREST_REVIEW, HEARING, True):
            expected = InviteGround.ARREST_HEARING
        assert must_invite(PublicWork(form, matter, major)) is expected, (matter, form, major)


def test_every_ground_is_reached_and_has_its_words_and_its_article() -> None:
    reached = {
        must_invite(PublicWork(form, matter, major_influence=True))
        for matter in PublicMatter
        for form in PublicForm
    }
    assert reached == {None, *InviteGround}
    assert set(WORDS) == set(InviteGround)
    assert {words.article for words in WORDS.values()} == {"PSUP-2019 9"}
    assert all(words.article_zh.endswith("第九条") for words in WORDS.values())


def test_public_work_is_an_activity_of_the_first_kind() -> None:
    open_work = PublicWork(HEARING, PublicMatter.OTHER)
    assert suggested_kind(open_work) is ActivityKind.PUBLIC_REVIEW
    closed = PublicWork(PublicForm.NOT_PUBLIC, PublicMatter.ARREST_REVIEW)
    assert suggested_kind(closed) is ActivityKind.OTHER
