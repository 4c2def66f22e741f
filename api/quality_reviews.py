"""Quality reviews over HTTP: samplings, reviews, corrections, forms, practice and the report."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import joinedload

from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import activities, offices, people, quality_reviews
from services.arrest_reviews import Outcome, RefusalKind
from services.assignments import RecusalGround
from services.cases import CaseKind
from services.kernel.act import Act
from services.policy import Permission, allows
from services.quality_reviews import (
    CorrectionState,
    FormItem,
    KeyGround,
    NewFinding,
    NewSampling,
    ObjectionOutcome,
    PerformanceNote,
    QualityCorrection,
    QualityDimension,
    QualityForm,
    QualityGrade,
    QualityReview,
    QualitySampling,
    QualityState,
    ReviewerOutBecause,
    ReviewersFrom,
    SamplingKind,
    SamplingScope,
    SamplingState,
    corrections,
    files,
    forms,
    grades,
    practice,
    reports,
    samplings,
)

blp = Blueprint(
    "quality_reviews",
    __name__,
    url_prefix="",
    description="Quality reviews of closed cases, from the sampling to the correction.",
)

BIGGEST = 2**31 - 1
_ID = validate.Range(1, BIGGEST)
_WORDS = validate.And(validate.Length(1, 2000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))
_LINE = validate.And(validate.Length(1, 200), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))
_CODE = validate.Regexp(r"[a-z][a-z0-9_]{0,39}\Z")
_GRADE = {"example": QualityGrade.QUALIFIED.value}


class NewQualitySampling(Schema):
    """What is to be sampled: `number` or `share` (per cent), or for a key sampling its grounds."""

    kind = fields.Enum(SamplingKind, by_value=True, required=True)
    scope = fields.Enum(
        SamplingScope, by_value=True, required=True, metadata={"example": "one_year"}
    )
    closed_from_on = fields.Date(required=True)
    closed_until_on = fields.Date(required=True)
    number = fields.Integer(load_default=None, allow_none=True, validate=_ID)
    share = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, 100),
        metadata={"example": None},
    )
    case_kind = fields.Enum(CaseKind, by_value=True, load_default=None, allow_none=True)
    charge_id = fields.Integer(load_default=None, allow_none=True, validate=_ID)
    grounds = fields.List(
        fields.Enum(KeyGround, by_value=True),
        load_default=list,
        validate=validate.Length(0, len(KeyGround)),
        metadata={"example": []},
    )
    theme = fields.String(
        load_default=None, allow_none=True, validate=_LINE, metadata={"example": None}
    )
    reviewers_from = fields.Enum(ReviewersFrom, by_value=True, load_default=ReviewersFrom.BOTH)
    procuratorate_id = fields.Integer(load_default=None, allow_none=True, validate=_ID)


class QualitySamplingSchema(Schema):
    """A sampling: before the draw the hash of its seed, after it the seed."""

    id = fields.Integer(required=True)
    procuratorate_id = fields.Integer(required=True)
    kind = fields.Enum(SamplingKind, by_value=True, required=True)
    scope = fields.Enum(SamplingScope, by_value=True, required=True)
    state = fields.Enum(SamplingState, by_value=True, required=True)
    closed_from_on = fields.Date(required=True)
    closed_until_on = fields.Date(required=True)
    case_kind = fields.Enum(CaseKind, by_value=True, required=True, allow_none=True)
    charge_id = fields.Integer(required=True, allow_none=True)
    grounds = fields.List(fields.Enum(KeyGround, by_value=True), required=True)
    theme = fields.String(required=True, allow_none=True)
    reviewers_from = fields.Enum(ReviewersFrom, by_value=True, required=True)
    number = fields.Integer(required=True, metadata={"example": 5})
    frame = fields.List(
        fields.Integer(),
        required=True,
        metadata={"description": "The closed cases it is drawn from.", "example": [7, 9, 12]},
    )
    seed_hash = fields.String(
        required=True,
        metadata={
            "description": "SHA-256 of the seed, hexadecimal.",
            "example": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        },
    )
    seed = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Hexadecimal; told once it is drawn.", "example": None},
    )
    activity_id = fields.Integer(required=True, allow_none=True)
    announced_at = Instant(required=True)
    drawn_at = Instant(required=True, allow_none=True)
    allowed = fields.List(fields.String(), required=True, metadata={"example": ["draw"]})
    version = fields.Integer(required=True)


class NewQualityDraw(Schema):
    """Whose prosecutors are drawn; as announced where it is left out."""

    reviewers_from = fields.Enum(ReviewersFrom, by_value=True, load_default=None, allow_none=True)


class NewQualityActivity(Schema):
    """The activity to which people's supervisors come."""

    activity_id = fields.Integer(required=True, validate=_ID)


class QualityFormItemSchema(Schema):
    """One item of a form."""

    code = fields.String(required=True, validate=_CODE, metadata={"example": "evidence"})
    dimension = fields.Enum(QualityDimension, by_value=True, required=True)
    zh = fields.String(
        required=True, validate=_LINE, metadata={"example": "证据审查、采信和排除正确"}
    )
    points = fields.Integer(required=True, validate=validate.Range(1, forms.MOST_POINTS))


class NewQualityFinding(Schema):
    """One defect under an item of the form."""

    item = fields.String(required=True, validate=_CODE, metadata={"example": "evidence"})
    words = fields.String(required=True, validate=_WORDS)
    points_off = fields.Integer(load_default=0, validate=validate.Range(0, 100))
    correction = fields.String(
        load_default=None,
        allow_none=True,
        validate=_WORDS,
        metadata={"description": "What is to be corrected, where something can be."},
    )


class NewQualityFindings(Schema):
    """The whole form as it stands now; it takes the place of what was there."""

    findings = fields.List(
        fields.Nested(NewQualityFinding), required=True, validate=validate.Length(0, 100)
    )


class QualityFindingSchema(Schema):
    """One defect as it was found."""

    item = fields.String(required=True, metadata={"example": "evidence"})
    words = fields.String(required=True)
    points_off = fields.Integer(required=True)
    correction = fields.String(required=True, allow_none=True)


class QualityCorrectionSchema(Schema):
    """One defect to be corrected."""

    id = fields.Integer(required=True)
    review_id = fields.Integer(required=True)
    item = fields.String(required=True, metadata={"example": "evidence"})
    what = fields.String(required=True)
    person = fields.Nested(PersonSchema, required=True)
    due_on = fields.Date(required=True)
    state = fields.Enum(CorrectionState, by_value=True, required=True)
    done = fields.String(required=True, allow_none=True)
    done_at = Instant(required=True, allow_none=True)
    returned_words = fields.String(required=True, allow_none=True)
    verified_at = Instant(required=True, allow_none=True)
    allowed = fields.List(fields.String(), required=True, metadata={"example": ["correct"]})
    version = fields.Integer(required=True)


class ReviewedCaseSchema(Schema):
    """The case, as far as a list tells one from another."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    kind = fields.Enum(CaseKind, by_value=True, required=True)


class ReviewerOutSchema(Schema):
    """Who could not be drawn, and why."""

    person_id = fields.Integer(required=True)
    reason = fields.Enum(ReviewerOutBecause, by_value=True, required=True)


class QualityReviewSchema(Schema):
    """The quality review of one closed case."""

    id = fields.Integer(required=True)
    sampling_id = fields.Integer(required=True)
    kind = fields.Enum(SamplingKind, by_value=True, required=True)
    case = fields.Nested(ReviewedCaseSchema, required=True)
    procuratorate_id = fields.Integer(required=True)
    state = fields.Enum(QualityState, by_value=True, required=True)
    grounds = fields.List(fields.Enum(KeyGround, by_value=True), required=True)
    handler = fields.Nested(PersonSchema, required=True)
    reviewer = fields.Nested(PersonSchema, required=True, allow_none=True)
    reviewer_office_id = fields.Integer(required=True, allow_none=True)
    reviewer_out = fields.List(
        fields.Nested(ReviewerOutSchema),
        required=True,
        metadata={"description": "For case management only."},
    )
    edition = fields.Integer(required=True, metadata={"example": 0})
    items = fields.List(fields.Nested(QualityFormItemSchema), required=True)
    grades = fields.List(
        fields.Enum(QualityGrade, by_value=True),
        required=True,
        metadata={"description": "The grades that may be given.", "example": ["qualified"]},
    )
    began_at = Instant(required=True, allow_none=True)
    findings = fields.List(fields.Nested(QualityFindingSchema), required=True)
    points = fields.Integer(required=True, metadata={"example": 98})
    proposed_grade = fields.Enum(QualityGrade, by_value=True, required=True, allow_none=True)
    proposed_words = fields.String(required=True, allow_none=True)
    returned_words = fields.String(
        required=True, allow_none=True, metadata={"description": "Never for the handler."}
    )
    notified_at = Instant(required=True, allow_none=True)
    answer_by_on = fields.Date(required=True, allow_none=True)
    objection = fields.String(required=True, allow_none=True)
    second_reviewer = fields.Nested(PersonSchema, required=True, allow_none=True)
    second_grade = fields.Enum(
        QualityGrade,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "For the handler once the grade is final."},
    )
    second_words = fields.String(required=True, allow_none=True)
    objection_outcome = fields.Enum(ObjectionOutcome, by_value=True, required=True, allow_none=True)
    decision_words = fields.String(required=True, allow_none=True)
    grade = fields.Enum(QualityGrade, by_value=True, required=True, allow_none=True)
    final_at = Instant(required=True, allow_none=True)
    corrections = fields.List(fields.Nested(QualityCorrectionSchema), required=True)
    activity_id = fields.Integer(required=True, allow_none=True)
    allowed = fields.List(fields.String(), required=True, metadata={"example": ["begin"]})
    version = fields.Integer(required=True)


class FileOpinionSchema(Schema):
    """An opinion of the handler."""

    proposal = fields.Enum(Outcome, by_value=True, required=True)
    refusal_kind = fields.Enum(RefusalKind, by_value=True, required=True, allow_none=True)
    reasons = fields.String(required=True)
    at = Instant(required=True)


class FileDecisionSchema(Schema):
    """A decision under its number."""

    number = fields.String(required=True)
    outcome = fields.Enum(Outcome, by_value=True, required=True)
    refusal_kind = fields.Enum(RefusalKind, by_value=True, required=True, allow_none=True)
    reasons = fields.String(required=True)
    at = Instant(required=True)


class FileStepSchema(Schema):
    """A step that was taken."""

    step = fields.String(required=True, metadata={"example": "indict"})
    number = fields.String(required=True, allow_none=True)
    at = Instant(required=True)


class QualityFileSchema(Schema):
    """What a reviewer reads of the case through the review."""

    case = fields.Nested(ReviewedCaseSchema, required=True)
    facts = fields.String(required=True)
    suspects = fields.List(fields.String(), required=True, metadata={"example": ["赵某"]})
    opinions = fields.List(fields.Nested(FileOpinionSchema), required=True)
    decisions = fields.List(fields.Nested(FileDecisionSchema), required=True)
    steps = fields.List(fields.Nested(FileStepSchema), required=True)


class NewQualityGrade(Schema):
    """A grade, and how it follows from what was found."""

    grade = fields.Enum(QualityGrade, by_value=True, required=True, metadata=_GRADE)
    words = fields.String(required=True, validate=_WORDS)


class NewQualityWords(Schema):
    """What is said of it."""

    words = fields.String(required=True, validate=_WORDS)


class NewQualityObjection(Schema):
    """Why the handler objects."""

    reasons = fields.String(required=True, validate=_WORDS)


class NewQualityDecision(NewQualityGrade):
    """What the chief procurator makes of the objection, and the grade that follows."""

    outcome = fields.Enum(
        ObjectionOutcome, by_value=True, required=True, metadata={"example": "upheld"}
    )


class NewReviewerRecusal(Schema):
    """Why the reviewer keeps away."""

    ground = fields.Enum(RecusalGround, by_value=True, required=True)


class NewReviewerDraw(Schema):
    """Whose prosecutors are drawn."""

    reviewers_from = fields.Enum(ReviewersFrom, by_value=True, required=True)


class QualitySamplingQuery(PageQuery):
    """Which samplings."""

    state = fields.Enum(SamplingState, by_value=True, load_default=None)


class QualityReviewQuery(PageQuery):
    """Which reviews."""

    state = fields.Enum(QualityState, by_value=True, load_default=None)
    sampling_id = fields.Integer(load_default=None, validate=_ID)


class QualityCorrectionQuery(PageQuery):
    """Which corrections."""

    state = fields.Enum(CorrectionState, by_value=True, load_default=None)


class QualityOfficeQuery(Schema):
    """Of which procuratorate."""

    procuratorate_id = fields.Integer(
        load_default=None,
        validate=_ID,
        metadata={"description": "Where one holds posts in several."},
    )


class NewQualityForm(Schema):
    """The next edition of the form."""

    in_force_from = fields.Date(required=True)
    items = fields.List(
        fields.Nested(QualityFormItemSchema), required=True, validate=validate.Length(5, 100)
    )
    procuratorate_id = fields.Integer(load_default=None, allow_none=True, validate=_ID)


class QualityFormSchema(Schema):
    """One edition of a form; edition 0 is built in."""

    edition = fields.Integer(required=True)
    in_force_from = fields.Date(required=True, allow_none=True)
    items = fields.List(fields.Nested(QualityFormItemSchema), required=True)


class QualityFormsSchema(Schema):
    """Every edition of a procuratorate's form, the latest first."""

    forms = fields.List(fields.Nested(QualityFormSchema), required=True)


class NewQualityPractice(Schema):
    """Which of the four ones are kept, and how many working days there are."""

    once = fields.List(
        fields.Enum(SamplingScope, by_value=True),
        required=True,
        validate=validate.Length(0, len(SamplingScope)),
        metadata={"example": ["one_year"]},
    )
    answer_days = fields.Integer(
        required=True, validate=validate.Range(1, practice.MOST), metadata={"example": 5}
    )
    correction_days = fields.Integer(
        required=True, validate=validate.Range(1, practice.MOST), metadata={"example": 10}
    )


class QualityPracticeSchema(NewQualityPractice):
    """How a procuratorate reviews; version 0 is what holds until it has said so."""

    procuratorate_id = fields.Integer(required=True)
    set_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)


class QualityReportQuery(QualityOfficeQuery):
    """Which quarter."""

    year = fields.Integer(required=True, validate=validate.Range(2000, 2100))
    quarter = fields.Integer(required=True, validate=validate.Range(1, 4))


class CommonFindingSchema(Schema):
    """What was found often."""

    item = fields.String(required=True, metadata={"example": "evidence"})
    dimension = fields.Enum(QualityDimension, by_value=True, required=True)
    words = fields.String(required=True, metadata={"example": "证据审查、采信和排除正确"})
    times = fields.Integer(required=True)


class QualityReportSchema(Schema):
    """The quarter of one procuratorate, counted from its reviews."""

    office_id = fields.Integer(required=True)
    year = fields.Integer(required=True, metadata={"example": 2026})
    quarter = fields.Integer(required=True, metadata={"example": 1})
    reviews = fields.Integer(required=True)
    by_grade = fields.Dict(
        keys=fields.Enum(QualityGrade, by_value=True),
        values=fields.Integer(),
        required=True,
        metadata={"example": {"qualified": 4}},
    )
    by_kind = fields.Dict(
        keys=fields.Enum(SamplingKind, by_value=True),
        values=fields.Integer(),
        required=True,
        metadata={"example": {"routine": 4}},
    )
    by_dimension = fields.Dict(
        keys=fields.Enum(QualityDimension, by_value=True),
        values=fields.Integer(),
        required=True,
        metadata={"example": {"documents": 2}},
    )
    objected = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    corrections = fields.Integer(required=True)
    corrected = fields.Integer(required=True)
    late = fields.Integer(required=True)
    commonest = fields.List(fields.Nested(CommonFindingSchema), required=True)


class PerformanceNoteSchema(Schema):
    """The notice of a result in somebody's archive."""

    id = fields.Integer(required=True)
    person = fields.Nested(PersonSchema, required=True)
    procuratorate_id = fields.Integer(required=True)
    review_id = fields.Integer(required=True)
    grade = fields.Enum(QualityGrade, by_value=True, required=True)
    noted_at = Instant(required=True)


@blp.route("/quality-samplings")
class QualitySamplings(Resource):
    """The samplings of one's procuratorate."""

    @blp.arguments(QualitySamplingQuery, location="query")
    @blp.response(200, page_of(QualitySamplingSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the samplings that the reader may see, the newest first."""
        chosen = samplings.visible(self.act)
        if query["state"] is not None:
            chosen = chosen.where(QualitySampling.state == query["state"])
        found = page(self.act.session, chosen, QualitySampling.id.desc(), **query)
        return Page([_sampling(self.act, one) for one in found.items], found.next_cursor)

    @blp.arguments(NewQualitySampling)
    @blp.response(201, QualitySamplingSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Announce a sampling of closed cases, with the hash of its seed."""
        office = forms.office_of(self.act, given.pop("procuratorate_id"))
        new = NewSampling(**(given | {"grounds": tuple(given["grounds"])}))
        return _sampling(self.act, samplings.announce(self.act, office, new))


@blp.route("/quality-samplings/<int:sampling_id>")
class OneQualitySampling(Resource):
    """One sampling."""

    @blp.response(200, QualitySamplingSchema)
    def get(self, sampling_id: int) -> dict[str, Any]:
        """Read a sampling."""
        return _sampling(self.act, samplings.find(self.act, sampling_id))


@blp.route("/quality-samplings/<int:sampling_id>/draw")
class QualitySamplingDraw(Resource):
    """Its draw."""

    @blp.arguments(NewQualityDraw)
    @blp.response(200, QualitySamplingSchema)
    def put(self, given: dict[str, Any], sampling_id: int) -> dict[str, Any]:
        """Draw the cases and a reviewer for each, and publish the seed."""
        sampling = self.expect(samplings.find(self.act, sampling_id))
        samplings.draw(self.act, sampling, **given)
        return _sampling(self.act, sampling)


@blp.route("/quality-samplings/<int:sampling_id>/cancellation")
class QualitySamplingCancellation(Resource):
    """That it is not held."""

    @blp.response(200, QualitySamplingSchema)
    def put(self, sampling_id: int) -> dict[str, Any]:
        """Call a sampling off before its draw."""
        sampling = self.expect(samplings.find(self.act, sampling_id))
        return _sampling(self.act, samplings.cancel(self.act, sampling))


@blp.route("/quality-samplings/<int:sampling_id>/activity")
class QualitySamplingActivity(Resource):
    """The people's supervisors who review with it."""

    @blp.arguments(NewQualityActivity)
    @blp.response(200, QualitySamplingSchema)
    def put(self, given: dict[str, Any], sampling_id: int) -> dict[str, Any]:
        """Invite people's supervisors to its reviews, through an activity."""
        sampling = self.expect(samplings.find(self.act, sampling_id))
        activity = activities.find(self.act, given["activity_id"])
        return _sampling(self.act, samplings.link(self.act, sampling, activity))


@blp.route("/quality-reviews")
class QualityReviews(Resource):
    """The reviews one may read."""

    @blp.arguments(QualityReviewQuery, location="query")
    @blp.response(200, page_of(QualityReviewSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the reviews that the reader may see, the newest first."""
        chosen = quality_reviews.visible(self.act)
        if query["state"] is not None:
            chosen = chosen.where(QualityReview.state == query["state"])
        if query["sampling_id"] is not None:
            chosen = chosen.where(QualityReview.sampling_id == query["sampling_id"])
        found = page(self.act.session, chosen, QualityReview.id.desc(), **query)
        return Page(_reviews(self.act, found.items), found.next_cursor)


@blp.route("/quality-reviews/<int:review_id>")
class OneQualityReview(Resource):
    """One review."""

    @blp.response(200, QualityReviewSchema)
    def get(self, review_id: int) -> dict[str, Any]:
        """Read a review, as far as it is open to the reader."""
        return _review(self.act, quality_reviews.find(self.act, review_id))


@blp.route("/quality-reviews/<int:review_id>/file")
class QualityFile(Resource):
    """The case, through the review."""

    @blp.response(200, QualityFileSchema)
    def get(self, review_id: int) -> dict[str, Any]:
        """Read what was decided in the case, as its reviewer."""
        file = files.read(self.act, quality_reviews.find(self.act, review_id))
        return {
            "case": file.case,
            "facts": file.facts,
            "suspects": [one.name for one in file.case.suspects],
            "opinions": file.opinions,
            "decisions": file.decisions,
            "steps": file.steps,
        }


@blp.route("/quality-reviews/<int:review_id>/start")
class QualityReviewStart(Resource):
    """Its beginning."""

    @blp.response(200, QualityReviewSchema)
    def put(self, review_id: int) -> dict[str, Any]:
        """Begin a review, on the form in force today."""
        review = self.expect(quality_reviews.find(self.act, review_id))
        return _review(self.act, quality_reviews.begin(self.act, review))


@blp.route("/quality-reviews/<int:review_id>/findings")
class QualityReviewFindings(Resource):
    """Its form."""

    @blp.arguments(NewQualityFindings)
    @blp.response(200, QualityReviewSchema)
    def put(self, given: dict[str, Any], review_id: int) -> dict[str, Any]:
        """Save the whole form as it stands now."""
        review = self.expect(quality_reviews.find(self.act, review_id))
        found = [NewFinding(**one) for one in given["findings"]]
        return _review(self.act, quality_reviews.fill(self.act, review, found))


@blp.route("/quality-reviews/<int:review_id>/proposal")
class QualityProposal(Resource):
    """The grade that the reviewer proposes."""

    @blp.arguments(NewQualityGrade)
    @blp.response(200, QualityReviewSchema)
    def put(self, given: dict[str, Any], review_id: int) -> dict[str, Any]:
        """Propose a grade, with the reasons."""
        review = self.expect(quality_reviews.find(self.act, review_id))
        return _review(self.act, quality_reviews.propose(self.act, review, **given))


@blp.route("/quality-reviews/<int:review_id>/return")
class QualityReviewReturn(Resource):
    """That the form goes back."""

    @blp.arguments(NewQualityWords)
    @blp.response(200, QualityReviewSchema)
    def put(self, given: dict[str, Any], review_id: int) -> dict[str, Any]:
        """Send the form back to the reviewer."""
        review = self.expect(quality_reviews.find(self.act, review_id))
        return _review(self.act, quality_reviews.send_back(self.act, review, **given))


@blp.route("/quality-reviews/<int:review_id>/notice")
class QualityNotice(Resource):
    """That the handler is told."""

    @blp.response(200, QualityReviewSchema)
    def put(self, review_id: int) -> dict[str, Any]:
        """Tell the handler what is proposed."""
        review = self.expect(quality_reviews.find(self.act, review_id))
        return _review(self.act, quality_reviews.notify(self.act, review))


@blp.route("/quality-reviews/<int:review_id>/answer")
class QualityAnswer(Resource):
    """That the handler agrees."""

    @blp.response(200, QualityReviewSchema)
    def put(self, review_id: int) -> dict[str, Any]:
        """Agree with the grade that is proposed."""
        review = self.expect(quality_reviews.find(self.act, review_id))
        return _review(self.act, quality_reviews.agree(self.act, review))


@blp.route("/quality-reviews/<int:review_id>/objection")
class QualityObjection(Resource):
    """That the handler objects."""

    @blp.arguments(NewQualityObjection)
    @blp.response(200, QualityReviewSchema)
    def put(self, given: dict[str, Any], review_id: int) -> dict[str, Any]:
        """Object to the grade that is proposed, with reasons."""
        review = self.expect(quality_reviews.find(self.act, review_id))
        return _review(self.act, quality_reviews.object(self.act, review, **given))


@blp.route("/quality-reviews/<int:review_id>/silence")
class QualitySilence(Resource):
    """That no answer came."""

    @blp.response(200, QualityReviewSchema)
    def put(self, review_id: int) -> dict[str, Any]:
        """Take the handler's silence as no objection, once the days are over."""
        review = self.expect(quality_reviews.find(self.act, review_id))
        return _review(self.act, quality_reviews.take_silence(self.act, review))


@blp.route("/quality-reviews/<int:review_id>/second-review")
class QualitySecondReview(Resource):
    """A second reviewer."""

    @blp.arguments(NewReviewerDraw)
    @blp.response(200, QualityReviewSchema)
    def put(self, given: dict[str, Any], review_id: int) -> dict[str, Any]:
        """Let a second reviewer look at it before the decision."""
        review = self.expect(quality_reviews.find(self.act, review_id))
        return _review(self.act, quality_reviews.ask_second(self.act, review, **given))


@blp.route("/quality-reviews/<int:review_id>/second-opinion")
class QualitySecondOpinion(Resource):
    """What the second reviewer thinks."""

    @blp.arguments(NewQualityGrade)
    @blp.response(200, QualityReviewSchema)
    def put(self, given: dict[str, Any], review_id: int) -> dict[str, Any]:
        """Say as the second reviewer which grade the case deserves."""
        review = self.expect(quality_reviews.find(self.act, review_id))
        return _review(self.act, quality_reviews.second(self.act, review, **given))


@blp.route("/quality-reviews/<int:review_id>/objection-decision")
class QualityObjectionDecision(Resource):
    """What becomes of the objection."""

    @blp.arguments(NewQualityDecision)
    @blp.response(200, QualityReviewSchema)
    def put(self, given: dict[str, Any], review_id: int) -> dict[str, Any]:
        """Decide on the handler's objection as chief procurator."""
        review = self.expect(quality_reviews.find(self.act, review_id))
        return _review(self.act, quality_reviews.decide(self.act, review, **given))


@blp.route("/quality-reviews/<int:review_id>/recusal")
class QualityReviewerRecusal(Resource):
    """That the reviewer keeps away."""

    @blp.arguments(NewReviewerRecusal)
    @blp.response(200, QualityReviewSchema)
    def put(self, given: dict[str, Any], review_id: int) -> dict[str, Any]:
        """Let the reviewer step aside, or keep the reviewer away; another is drawn."""
        review = self.expect(quality_reviews.find(self.act, review_id))
        return _review(self.act, quality_reviews.recuse(self.act, review, **given))


@blp.route("/quality-reviews/<int:review_id>/reviewer")
class QualityReviewer(Resource):
    """Who reviews."""

    @blp.arguments(NewReviewerDraw)
    @blp.response(200, QualityReviewSchema)
    def put(self, given: dict[str, Any], review_id: int) -> dict[str, Any]:
        """Draw a reviewer where nobody could be drawn."""
        review = self.expect(quality_reviews.find(self.act, review_id))
        return _review(self.act, quality_reviews.redraw(self.act, review, **given))


@blp.route("/quality-corrections")
class QualityCorrections(Resource):
    """What is to be corrected."""

    @blp.arguments(QualityCorrectionQuery, location="query")
    @blp.response(200, page_of(QualityCorrectionSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List one's corrections and those of one's office, the newest first."""
        chosen = corrections.visible(self.act).options(joinedload(QualityCorrection.review))
        if query["state"] is not None:
            chosen = chosen.where(QualityCorrection.state == query["state"])
        found = page(self.act.session, chosen, QualityCorrection.id.desc(), **query)
        return Page(_corrections(self.act, found.items), found.next_cursor)


@blp.route("/quality-corrections/<int:correction_id>/done")
class QualityCorrectionDone(Resource):
    """That it was corrected."""

    @blp.arguments(NewQualityWords)
    @blp.response(200, QualityCorrectionSchema)
    def put(self, given: dict[str, Any], correction_id: int) -> dict[str, Any]:
        """Say how a defect was corrected."""
        one = self.expect(corrections.find(self.act, correction_id))
        return _corrections(self.act, [corrections.correct(self.act, one, **given)])[0]


@blp.route("/quality-corrections/<int:correction_id>/verification")
class QualityCorrectionVerification(Resource):
    """That it does."""

    @blp.response(200, QualityCorrectionSchema)
    def put(self, correction_id: int) -> dict[str, Any]:
        """Verify a correction as case management."""
        one = self.expect(corrections.find(self.act, correction_id))
        return _corrections(self.act, [corrections.verify(self.act, one)])[0]


@blp.route("/quality-corrections/<int:correction_id>/return")
class QualityCorrectionReturn(Resource):
    """That it does not do."""

    @blp.arguments(NewQualityWords)
    @blp.response(200, QualityCorrectionSchema)
    def put(self, given: dict[str, Any], correction_id: int) -> dict[str, Any]:
        """Send a correction back that does not do."""
        one = self.expect(corrections.find(self.act, correction_id))
        return _corrections(self.act, [corrections.send_back(self.act, one, **given)])[0]


@blp.route("/quality-forms")
class QualityForms(Resource):
    """The form and its editions."""

    @blp.arguments(QualityOfficeQuery, location="query")
    @blp.response(200, QualityFormsSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Read every edition of one's procuratorate's form, the latest first."""
        office = forms.office_of(self.act, query["procuratorate_id"])
        editions = forms.of_office(self.act.session, office.id)
        built_in = {"edition": 0, "in_force_from": None, "items": forms.BUILT_IN}
        return {"forms": [*map(_form, editions), built_in]}

    @blp.arguments(NewQualityForm)
    @blp.response(201, QualityFormSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Set the next edition of the form; reviews that have begun keep theirs."""
        office = forms.office_of(self.act, given["procuratorate_id"])
        items = [FormItem(**one) for one in given["items"]]
        return _form(
            forms.enter(self.act, office, in_force_from=given["in_force_from"], items=items)
        )


@blp.route("/quality-practices")
class QualityPractices(Resource):
    """How one's procuratorate reviews."""

    @blp.arguments(QualityOfficeQuery, location="query")
    @blp.response(200, QualityPracticeSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Read how one's procuratorate reviews quality."""
        return _practice(practice.find(self.act, **query))

    @blp.arguments(QualityOfficeQuery, location="query")
    @blp.arguments(NewQualityPractice)
    @blp.response(200, QualityPracticeSchema)
    def put(self, query: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        """Say how one's procuratorate reviews quality."""
        said = self.expect(practice.find(self.act, **query))
        return _practice(practice.change(self.act, said, **given))


@blp.route("/quality-reports")
class QualityReports(Resource):
    """The quarterly report."""

    @blp.arguments(QualityReportQuery, location="query")
    @blp.response(200, QualityReportSchema)
    def get(self, query: dict[str, Any]) -> reports.QualityReport:
        """Count the reviews of one quarter, here or one level below."""
        named = query.pop("procuratorate_id")
        office = forms.office_of(self.act) if named is None else offices.find(self.act, named)
        return reports.report(self.act, office, **query)


@blp.route("/performance-notes")
class PerformanceNotes(Resource):
    """Notices in the archive."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(PerformanceNoteSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the results in one's own archive, and those of one's office."""
        found = page(
            self.act.session, quality_reviews.notes(self.act), PerformanceNote.id.desc(), **query
        )
        names = people.names(self.act.session, {one.person_id for one in found.items})
        shown = [
            {name: getattr(one, name) for name in _OF_A_NOTE}
            | {"person": {"id": one.person_id, "name": names[one.person_id]}}
            for one in found.items
        ]
        return Page(shown, found.next_cursor)


_OF_A_NOTE = ("id", "procuratorate_id", "review_id", "grade", "noted_at")


def _sampling(act: Act, sampling: QualitySampling) -> dict[str, Any]:
    drawn = sampling.state is SamplingState.DRAWN
    return {name: getattr(sampling, name) for name in _OF_A_SAMPLING} | {
        "grounds": [KeyGround(one) for one in sampling.grounds],
        "seed": sampling.seed.hex() if drawn else None,
        "allowed": samplings.allowed(act, sampling),
    }


_OF_A_SAMPLING = (
    "id",
    "procuratorate_id",
    "kind",
    "scope",
    "state",
    "closed_from_on",
    "closed_until_on",
    "case_kind",
    "charge_id",
    "theme",
    "reviewers_from",
    "number",
    "frame",
    "seed_hash",
    "activity_id",
    "announced_at",
    "drawn_at",
    "version",
)


def _review(act: Act, review: QualityReview) -> dict[str, Any]:
    act.session.flush()
    return _reviews(act, [review])[0]


def _reviews(act: Act, found: Sequence[QualityReview]) -> list[dict[str, Any]]:
    """The reviews with everybody's names, in few queries."""
    ids = {
        person
        for one in found
        for person in (one.handler_id, one.reviewer_id, one.second_reviewer_id)
        if person is not None
    }
    names = people.names(act.session, ids)

    def named(person_id: int | None) -> dict[str, Any] | None:
        return None if person_id is None else {"id": person_id, "name": names[person_id]}

    fixes = _corrections(act, [fix for one in found for fix in one.corrections])
    return [
        {name: getattr(one, name) for name in _OF_A_REVIEW}
        | {
            "kind": one.sampling.kind,
            "grounds": [KeyGround(ground) for ground in one.grounds],
            "handler": named(one.handler_id),
            "reviewer": named(one.reviewer_id),
            "second_reviewer": named(one.second_reviewer_id),
            "reviewer_out": _out(act, one),
            "items": one.lines,
            "grades": grades.in_force(one.began_on or act.today).grades,
            "corrections": [fix for fix in fixes if fix["review_id"] == one.id],
            "activity_id": one.sampling.activity_id,
            "allowed": quality_reviews.allowed(act, one),
        }
        | _kept_from_the_handler(act, one)
        for one in found
    ]


def _out(act: Act, review: QualityReview) -> list[dict[str, Any]]:
    """Who could not be drawn, for case management only."""
    if not allows(act.actor, Permission.QUALITY_REVIEW_MANAGE, review):
        return []
    return [
        {"person_id": one["person_id"], "reason": ReviewerOutBecause(one["reason"])}
        for one in review.reviewer_out
    ]


def _kept_from_the_handler(act: Act, review: QualityReview) -> dict[str, Any]:
    """What passes between reviewers and case management is no result."""
    own = review.handler_id == act.actor.id
    before = own and review.state is not QualityState.FINAL
    return {
        "returned_words": None if own else review.returned_words,
        "second_grade": None if before else review.second_grade,
        "second_words": None if before else review.second_words,
    }


_OF_A_REVIEW = (
    "id",
    "sampling_id",
    "case",
    "procuratorate_id",
    "state",
    "reviewer_office_id",
    "edition",
    "began_at",
    "findings",
    "points",
    "proposed_grade",
    "proposed_words",
    "notified_at",
    "answer_by_on",
    "objection",
    "objection_outcome",
    "decision_words",
    "grade",
    "final_at",
    "version",
)


def _corrections(act: Act, found: Sequence[QualityCorrection]) -> list[dict[str, Any]]:
    act.session.flush()
    names = people.names(act.session, {one.person_id for one in found}) if found else {}
    return [
        {name: getattr(one, name) for name in _OF_A_CORRECTION}
        | {
            "person": {"id": one.person_id, "name": names[one.person_id]},
            "allowed": corrections.allowed(act, one),
        }
        for one in found
    ]


_OF_A_CORRECTION = (
    "id",
    "review_id",
    "item",
    "what",
    "due_on",
    "state",
    "done",
    "done_at",
    "returned_words",
    "verified_at",
    "version",
)


def _form(form: QualityForm) -> dict[str, Any]:
    return {
        "edition": form.edition,
        "in_force_from": form.in_force_from,
        "items": form.lines,
    }


def _practice(said: practice.QualityPractice) -> dict[str, Any]:
    return {
        "procuratorate_id": said.procuratorate_id,
        "once": [SamplingScope(one) for one in said.once],
        "answer_days": said.answer_days,
        "correction_days": said.correction_days,
        "set_at": said.set_at,
        "version": said.version,
    }
