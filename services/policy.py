"""Who may do what: the whole house's law on one page.

A permission holds when every rule of at least one of its clauses is true.
State is not law: whether a case can *still* be accepted is for its flow to
say, so a 403 means "never you" and a 409 means "not now".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from services.kernel.act import Act, Actor, Lent, record_of
from services.kernel.refusals import NotAllowed

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")
Operation = Callable[Concatenate[Act, T, P], R]
Rule = Callable[[Actor, Any], bool]


class PostKind(StrEnum):
    """The posts (岗位) a person can hold in an office."""

    POLICE_OFFICER = "police_officer"
    COMMISSION_OFFICER = "commission_officer"
    """Of a supervisory commission (监察委员会), which hands over duty-crime cases (CPL 170)."""
    CASE_MANAGER = "case_manager"
    PROSECUTOR = "prosecutor"
    DEPARTMENT_HEAD = "department_head"
    CHIEF_PROCURATOR = "chief_procurator"
    ACTING_CHIEF = "acting_chief"
    """Acts for the chief procurator for a time, by delegation (RULES 4¶2): holds the chief's powers
    while it lasts."""
    ASSISTANT = "assistant"
    """A prosecutor's assistant (检察官助理): of the procuratorial staff (检察人员; RULES 682)."""
    CLERK = "clerk"
    EXECUTION_SUPERVISOR = "execution_supervisor"
    """Of the department of execution supervision (刑事执行检察部门; RULES 613)."""
    DETENTION_OFFICER = "detention_officer"
    SUPERVISOR = "supervisor"
    """A people's supervisor (人民监督员), on the register of a judicial-administration organ."""
    JUSTICE_OFFICER = "justice_officer"
    ADMINISTRATOR = "administrator"
    SECURITY_OFFICER = "security_officer"
    AUDITOR = "auditor"
    INSPECTOR = "inspector"
    """Of the inspection of the procuratorate's own staff (检务督察; ORG 47)."""


ORGAN_POSTS = (PostKind.POLICE_OFFICER, PostKind.COMMISSION_OFFICER)
"""Whoever investigates and sends a case in: the police, or a supervisory commission."""

UPPER_POSTS = (PostKind.PROSECUTOR, PostKind.CHIEF_PROCURATOR, PostKind.CASE_MANAGER)
"""Who reads a matter that was brought before the procuratorate one level above."""

MACHINE = Actor(0, frozenset({("machine", 0)}))
"""The house itself, acting in the background."""


class Permission(StrEnum):
    """Every power the house knows, as `thing:verb`."""

    SESSION_OPEN = "session:open"
    SESSION_END = "session:end"
    PASSWORD_CHANGE = "password:change"  # noqa: S105  # a power, not a password
    TRY_FORGET = "try:forget"
    CHALLENGE_FORGET = "challenge:forget"
    ENROLMENT_READ = "enrolment:read"
    ENROLMENT_END = "enrolment:end"
    ENROLMENT_CODE_ISSUE = "enrolment_code:issue"
    SECURITY_PRACTICE_SET = "security_practice:set"
    PERSON_ENROL = "person:enrol"
    PERSON_READ = "person:read"
    PERSON_ENTER = "person:enter"
    PERSON_CORRECT = "person:correct"
    POST_GIVE = "post:give"
    POST_END = "post:end"
    ACCOUNT_SECURE = "account:secure"
    OFFICE_ENTER = "office:enter"
    OFFICE_CHANGE = "office:change"
    APPOINTMENT_READ = "appointment:read"
    APPOINTMENT_PROPOSE = "appointment:propose"
    APPOINTMENT_WITHDRAW = "appointment:withdraw"
    APPOINTMENT_CONFIRM = "appointment:confirm"
    PEOPLE_IMPORT_READ = "people_import:read"
    PEOPLE_IMPORT_PREPARE = "people_import:prepare"
    PEOPLE_IMPORT_CONFIRM = "people_import:confirm"
    HANDOVER_READ = "handover:read"
    LEAVE_ENTER = "leave:enter"
    HANDOVER_MAKE = "handover:make"
    HANDOVER_WATCH = "handover:watch"
    STEP_UP_TAKE = "step_up:take"
    STEP_UP_USE = "step_up:use"
    PASSKEY_ADD = "passkey:add"
    PASSKEY_REMOVE = "passkey:remove"
    TASK_READ = "task:read"
    TASK_CLAIM = "task:claim"
    TASK_ALLOT = "task:allot"
    TASK_RETURN = "task:return"
    TASK_DELEGATE = "task:delegate"
    TASK_FOLLOW_UP = "task:follow_up"
    TASK_COMPLETE = "task:complete"
    TASK_CANCEL = "task:cancel"
    TASK_WATCH = "task:watch"
    FOLLOW_UP_ENTRUST = "follow_up:entrust"
    DEVICE_REGISTER = "device:register"
    APP_VERSION_SET = "app_version:set"
    DEVICE_FORGET = "device:forget"
    DEVICE_RETIRE = "device:retire"
    DELIVERY_READ = "delivery:read"
    DELIVERY_DISPATCH = "delivery:dispatch"
    DELIVERY_SEND = "delivery:send"
    ESCALATION_READ = "escalation:read"
    ESCALATION_ACKNOWLEDGE = "escalation:acknowledge"
    ESCALATION_SWEEP = "escalation:sweep"
    DELIVERY_FAULT_READ = "delivery_fault:read"
    DELIVERY_FAULT_REPLAY = "delivery_fault:replay"
    DELIVERY_FAULT_DISMISS = "delivery_fault:dismiss"
    CHANNEL_READ = "channel:read"
    CHANNEL_PAUSE = "channel:pause"
    PREFERENCE_SET = "preference:set"
    ATTACHMENT_UPLOAD = "attachment:upload"
    ATTACHMENT_FORGET = "attachment:forget"
    ARREST_REQUEST_READ = "arrest_request:read"
    ARREST_REQUEST_SUBMIT = "arrest_request:submit"
    ARREST_REQUEST_CORRECT = "arrest_request:correct"
    ARREST_REQUEST_REQUEST_SUPPLEMENT = "arrest_request:request_supplement"
    ARREST_REQUEST_DOUBT_JURISDICTION = "arrest_request:doubt_jurisdiction"
    ARREST_REQUEST_ACCEPT = "arrest_request:accept"
    ROTATION_OPEN = "rotation:open"
    CASE_READ = "case:read"
    CASE_ASSIGN = "case:assign"
    CASE_DESIGNATE = "case:designate"
    CASE_RECUSE = "case:recuse"
    CASE_ADD_SUSPECT = "case:add_suspect"
    CASE_IDENTIFY = "case:identify"
    CASE_SPLIT = "case:split"
    CASE_MERGE = "case:merge"
    CASE_LINK = "case:link"
    ASSIGNMENT_READ = "assignment:read"
    LOAD_SHARE_READ = "load_share:read"
    LOAD_SHARE_SET = "load_share:set"
    CASE_TEAM_FORM = "case_team:form"
    ARREST_REVIEW_OPINE = "arrest_review:opine"
    ARREST_REVIEW_DECIDE = "arrest_review:decide"
    ARREST_REVIEW_RECEIPT = "arrest_review:receipt"
    OPINION_READ = "opinion:read"
    DEADLINE_COMPUTE = "deadline:compute"
    DEADLINE_READ = "deadline:read"
    DEADLINE_WATCH = "deadline:watch"
    DEADLINE_RECALCULATE = "deadline:recalculate"
    CALENDAR_NOTICE_READ = "calendar_notice:read"
    CALENDAR_NOTICE_PROPOSE = "calendar_notice:propose"
    CALENDAR_NOTICE_CONFIRM = "calendar_notice:confirm"
    WARNING_READ = "warning:read"
    WARNING_SET = "warning:set"
    MONITORING_READ = "monitoring:read"
    MONITORING_ANSWER = "monitoring:answer"
    MONITORING_REPLY = "monitoring:reply"
    CONSULTATION_READ = "consultation:read"
    CONSULTATION_INVITE = "consultation:invite"
    CONSULTATION_OFFER = "consultation:offer"
    CONSULTATION_RESTATE = "consultation:restate"
    CONSULTATION_ANSWER = "consultation:answer"
    CONSULTATION_SPEAK = "consultation:speak"
    CONSULTATION_OPINE = "consultation:opine"
    CONSULTATION_COLLECT = "consultation:collect"
    CONSULTATION_CONCLUDE = "consultation:conclude"
    CONSULTATION_LINK = "consultation:link"
    CONSULTATION_PRACTICE_SET = "consultation_practice:set"
    CASE_OVERSEE = "case:oversee"
    OVERSIGHT_READ = "oversight:read"
    OVERSIGHT_ANSWER = "oversight:answer"
    INQUIRY_READ = "inquiry:read"
    INQUIRY_RECORD = "inquiry:record"
    INQUIRY_CORRECT = "inquiry:correct"
    INQUIRY_REVIEW = "inquiry:review"
    ZERO_REPORT_READ = "zero_report:read"
    ZERO_REPORT_DECLARE = "zero_report:declare"
    TRANSFER_READ = "transfer:read"
    TRANSFER_SUBMIT = "transfer:submit"
    TRANSFER_SUPPLEMENT = "transfer:supplement"
    TRANSFER_REQUEST_SUPPLEMENT = "transfer:request_supplement"
    TRANSFER_ACCEPT = "transfer:accept"
    PROCEEDING_HANDLE = "proceeding:handle"
    PROCEEDING_ANSWER = "proceeding:answer"
    PROCEEDING_MANAGE = "proceeding:manage"
    PROCEEDING_NAME_REVIEWER = "proceeding:name_reviewer"
    PROCEEDING_RECONSIDER = "proceeding:reconsider"
    PROCEEDING_RE_EXAMINE = "proceeding:re_examine"
    JUDGMENT_COMPARE = "judgment:compare"
    PROPOSAL_READ = "proposal:read"
    PROPOSAL_DECIDE = "proposal:decide"
    PROPOSAL_REMARK = "proposal:remark"
    PROPOSAL_WITHDRAW = "proposal:withdraw"
    READING_READ = "reading:read"
    READING_REPORT_READ = "reading_report:read"
    EMERGENCY_ACCESS_READ = "emergency_access:read"
    EMERGENCY_ACCESS_OPEN = "emergency_access:open"
    EMERGENCY_ACCESS_END = "emergency_access:end"
    EMERGENCY_ACCESS_REVIEW = "emergency_access:review"
    EMERGENCY_PRACTICE_READ = "emergency_practice:read"
    EMERGENCY_PRACTICE_SET = "emergency_practice:set"
    DELEGATION_READ = "delegation:read"
    DELEGATION_GIVE = "delegation:give"
    DELEGATION_END = "delegation:end"
    SUBSTITUTION_READ = "substitution:read"
    SUBSTITUTION_ORDER = "substitution:order"
    DELEGATION_LAPSE = "delegation:lapse"
    SUBSTITUTION_CARRY_OUT = "substitution:carry_out"
    POWER_LIST_READ = "power_list:read"
    POWER_LIST_SET = "power_list:set"
    CONFERENCE_READ = "conference:read"
    CONFERENCE_ASK = "conference:ask"
    CONFERENCE_CALL = "conference:call"
    CONFERENCE_CONVENE = "conference:convene"
    CONFERENCE_OPINE = "conference:opine"
    CONFERENCE_CLOSE = "conference:close"
    CONFERENCE_DEPART = "conference:depart"
    CONFERENCE_FACTS_READ = "conference_facts:read"
    CONFERENCE_RECORD_READ = "conference_record:read"
    CONFERENCE_SETTING_READ = "conference_setting:read"
    CONFERENCE_SETTING_SET = "conference_setting:set"
    COMMITTEE_READ = "committee:read"
    COMMITTEE_REGISTER = "committee:register"
    COMMITTEE_MATTER_READ = "committee_matter:read"
    COMMITTEE_MATTER_PUT = "committee_matter:put"
    COMMITTEE_MATTER_PRESIDE = "committee_matter:preside"
    COMMITTEE_MATTER_VOTE = "committee_matter:vote"
    COMMITTEE_MATTER_DECIDE = "committee_matter:decide"
    COMMITTEE_MATTER_EXECUTE = "committee_matter:execute"
    COMMITTEE_VOTE_READ = "committee_vote:read"
    RESOURCE_ENTER = "resource:enter"
    RESOURCE_CHANGE = "resource:change"
    ROUTE_SET = "route:set"
    PARTICIPANT_ENTER = "participant:enter"
    BLOCK_SET = "block:set"
    HOLD_SWEEP = "hold:sweep"
    ENGAGEMENT_READ = "engagement:read"
    ENGAGEMENT_ENTER = "engagement:enter"
    ENGAGEMENT_ARRIVE = "engagement:arrive"
    INTERROGATION_READ = "interrogation:read"
    INTERROGATION_BOOK = "interrogation:book"
    INTERROGATION_BOOK_URGENTLY = "interrogation:book_urgently"
    INTERROGATION_CHANGE = "interrogation:change"
    INTERROGATION_HOST = "interrogation:host"
    TIME_PROPOSAL_LAPSE = "time_proposal:lapse"
    INTERROGATION_PRACTICE_SET = "interrogation_practice:set"
    PLAN_READ = "plan:read"
    PLAN_DRAW_UP = "plan:draw_up"
    PLAN_ACCEPT = "plan:accept"
    PLAN_IMPROVE = "plan:improve"
    SUSPECT_HEAR = "suspect:hear"
    TRANSCRIPT_FOLLOW = "transcript:follow"
    TRANSCRIPT_READ = "transcript:read"
    TRANSCRIPT_PRINT = "transcript:print"
    TRANSCRIPT_WRITE = "transcript:write"
    TRANSCRIPT_MARK = "transcript:mark"
    SLOT_SEARCH = "slot:search"
    SLOT_HOLD = "slot:hold"
    SLOT_LET_GO = "slot:let_go"
    SLOT_OFFER_MAKE = "slot_offer:make"
    SLOT_OFFER_LAPSE = "slot_offer:lapse"
    WAITING_ESCALATE = "waiting:escalate"
    DISPLACEMENT_READ = "displacement:read"
    DISPLACEMENT_OBJECT = "displacement:object"
    DISPLACEMENT_DECIDE = "displacement:decide"
    INTERROGATION_ATTEND = "interrogation:attend"
    INTERROGATION_HOLD = "interrogation:hold"
    INTERROGATION_REPORT = "interrogation:report"
    INTERROGATION_WATCH = "interrogation:watch"
    READINESS_ITEM_TICK = "readiness_item:tick"
    READINESS_ITEM_WAIVE = "readiness_item:waive"
    KIT_TEST_REPORT = "kit_test:report"
    SUPERVISOR_READ = "supervisor:read"
    SUPERVISOR_DETAILS_READ = "supervisor_details:read"
    SUPERVISOR_POOL_READ = "supervisor_pool:read"
    SUPERVISOR_NOMINATE = "supervisor:nominate"
    SUPERVISOR_APPOINT = "supervisor:appoint"
    SUPERVISOR_MANAGE = "supervisor:manage"
    SUPERVISOR_STATE_AVAILABILITY = "supervisor:state_availability"
    SUPERVISOR_SWEEP = "supervisor:sweep"
    SUPERVISION_PLAN_READ = "supervision_plan:read"
    SUPERVISION_PLAN_DRAW_UP = "supervision_plan:draw_up"
    SUPERVISION_PLAN_DELIVER = "supervision_plan:deliver"
    ACTIVITY_READ = "activity:read"
    ACTIVITY_CASE_READ = "activity_case:read"
    ACTIVITY_PLAN = "activity:plan"
    ACTIVITY_CHANGE = "activity:change"
    ACTIVITY_SEND = "activity:send"
    ACTIVITY_CONSENT = "activity:consent"
    ACTIVITY_HOLD = "activity:hold"
    ACTIVITY_WATCH = "activity:watch"
    SUPERVISION_PRACTICE_SET = "supervision_practice:set"
    DRAW_READ = "draw:read"
    DRAW_EXCLUDE = "draw:exclude"
    DRAW_PUBLISH = "draw:publish"
    DRAW_WITNESS = "draw:witness"
    DRAW_HOLD = "draw:hold"
    INVITATION_READ = "invitation:read"
    PACKET_READ = "packet:read"
    PACKET_DRAFT_READ = "packet_draft:read"
    PACKET_PREPARE = "packet:prepare"
    PACKET_CHECK = "packet:check"
    PACKET_RELEASE = "packet:release"
    PACKET_WITHDRAW = "packet:withdraw"
    PACKET_VIEW = "packet:view"
    PACKET_WATCH = "packet:watch"
    PACKET_LEDGER_READ = "packet_ledger:read"
    SUPERVISION_OPINION_READ = "supervision_opinion:read"
    SUPERVISION_OPINION_WORDS_READ = "supervision_opinion_words:read"
    SUPERVISION_OPINION_OPINE = "supervision_opinion:opine"
    SUPERVISION_OPINION_WATCH = "supervision_opinion:watch"
    SUPERVISION_OPINION_OFFER = "supervision_opinion:offer"
    SUPERVISION_OPINION_REFER = "supervision_opinion:refer"
    SUPERVISION_OPINION_ANSWER = "supervision_opinion:answer"
    SUPERVISION_ANSWER_CONFIRM = "supervision_answer:confirm"
    SUPERVISION_ANSWER_OBJECT = "supervision_answer:object"
    SUPERVISION_OBJECTION_DECIDE = "supervision_objection:decide"
    PERFORMANCE_REPORT_SEND = "performance_report:send"
    PERFORMANCE_REPORT_READ = "performance_report:read"
    INVITATION_ANSWER = "invitation:answer"
    INVITATION_UNDERTAKE = "invitation:undertake"
    INVITATION_STEP_ASIDE = "invitation:step_aside"
    INVITATION_REPORT = "invitation:report"
    INVITATION_DECIDE = "invitation:decide"
    INVITATION_MARK = "invitation:mark"
    INVITATION_SWEEP = "invitation:sweep"
    PUBLIC_HEARING_READ = "public_hearing:read"
    PUBLIC_HEARING_PLAN = "public_hearing:plan"
    PUBLIC_HEARING_PREPARE = "public_hearing:prepare"
    PUBLIC_HEARING_HOLD = "public_hearing:hold"
    PUBLIC_HEARING_RESULT_STATE = "public_hearing_result:state"
    PUBLIC_HEARING_RESULT_CONSENT = "public_hearing_result:consent"
    SUPERVISION_GROUND_DETECT = "supervision_ground:detect"
    QUALITY_SAMPLING_READ = "quality_sampling:read"
    QUALITY_SAMPLING_START = "quality_sampling:start"
    QUALITY_SAMPLING_DRAW = "quality_sampling:draw"
    QUALITY_REVIEW_READ = "quality_review:read"
    QUALITY_REVIEW_FILL = "quality_review:fill"
    QUALITY_REVIEW_OPINE = "quality_review:opine"
    QUALITY_REVIEW_RECUSE = "quality_review:recuse"
    QUALITY_REVIEW_MANAGE = "quality_review:manage"
    QUALITY_REVIEW_ANSWER = "quality_review:answer"
    QUALITY_REVIEW_DECIDE = "quality_review:decide"
    QUALITY_FILE_READ = "quality_file:read"
    QUALITY_CORRECTION_CORRECT = "quality_correction:correct"
    QUALITY_CORRECTION_MANAGE = "quality_correction:manage"
    QUALITY_FORM_SET = "quality_form:set"
    QUALITY_PRACTICE_SET = "quality_practice:set"
    QUALITY_REPORT_READ = "quality_report:read"
    PERFORMANCE_NOTE_READ = "performance_note:read"
    PARTICIPATION_READ = "participation:read"
    PERIODIC_REPORT_READ = "periodic_report:read"
    PERIODIC_REPORT_DRAW_UP = "periodic_report:draw_up"
    PERIODIC_REPORT_SEND = "periodic_report:send"
    PERIODIC_REPORT_ACKNOWLEDGE = "periodic_report:acknowledge"
    PERIODIC_REPORT_WATCH = "periodic_report:watch"
    REPORTING_PRACTICE_SET = "reporting_practice:set"
    CALENDAR_FEED_OPEN = "calendar_feed:open"
    CALENDAR_FEED_REVOKE = "calendar_feed:revoke"
    CHECKPOINT_MAKE = "checkpoint:make"
    CHECKPOINT_READ = "checkpoint:read"
    JOURNAL_READ = "journal:read"


CONSOLE = Actor(0, frozenset({("console", 0)}))
"""Whoever holds the installation's keys and types `jiantong users` or `jiantong offices`."""


def console(actor: Actor, _thing: Any) -> bool:
    """Is it the console of the installation? No signed-in person ever is."""
    return actor == CONSOLE


def machine(actor: Actor, _thing: Any) -> bool:
    """Is it the house itself: the worker that tells and sends? No person ever is."""
    return actor == MACHINE


def anyone(_actor: Actor, _thing: Any) -> bool:
    """An open door: nobody has signed in yet."""
    return True


def oneself(actor: Actor, thing: Any) -> bool:
    """Is it the actor's own?"""
    return bool(thing.person_id == actor.id)


def told_of_it(actor: Actor, thing: Any) -> bool:
    """Was the actor told, and does the actor still stand where they were told?"""
    return bool(thing.was_told_to(actor))


def took_it(actor: Actor, thing: Any) -> bool:
    """Did the actor take that time, or has it kept?"""
    return bool(thing.booked_by == actor.id)


def officer_of_the_organ(actor: Actor, thing: Any) -> bool:
    """Is the actor of the organ that sends the case in? (CPL 87, 170; RULES 286)"""
    return any(actor.holds(post, thing.police_office_id) for post in ORGAN_POSTS)


def officer_of_any_organ(actor: Actor, _thing: Any) -> bool:
    """Does the actor investigate at all? What they upload is theirs until it is sent in."""
    return bool(actor.offices_as(*ORGAN_POSTS))


def case_manager(actor: Actor, thing: Any) -> bool:
    """Does the actor run case management (案管), the single entrance and exit? (RULES 156)"""
    return actor.holds(PostKind.CASE_MANAGER, thing.procuratorate_id)


def handler(actor: Actor, thing: Any) -> bool:
    """Is the actor the prosecutor (承办检察官) who handles the case? (RULES 5, 8)"""
    return thing.handler_id == actor.id and actor.holds(PostKind.PROSECUTOR, thing.procuratorate_id)


def reviewer(actor: Actor, thing: Any) -> bool:
    """Is the actor the other prosecutor whom the law asks for? (RULES 290, 379)"""
    return thing.reviewer_id == actor.id and actor.holds(
        PostKind.PROSECUTOR, thing.procuratorate_id
    )


def reader(actor: Actor, thing: Any) -> bool:
    """Was the case opened to the actor, who is another prosecutor of it? (RULES 290, 379)"""
    return actor.id in thing.reader_ids and actor.holds(PostKind.PROSECUTOR, thing.procuratorate_id)


def upper_procuratorate(actor: Actor, thing: Any) -> bool:
    """Is the actor of the procuratorate one level above, before which the matter is?"""
    return any(actor.holds(post, thing.raised_to_id) for post in UPPER_POSTS)


def upper_prosecutor(actor: Actor, thing: Any) -> bool:
    """Is the actor a prosecutor one level above, before whom the matter is? (RULES 291, 380)"""
    return actor.holds(PostKind.PROSECUTOR, thing.raised_to_id)


def approver(actor: Actor, thing: Any) -> bool:
    """Does the actor hold the post that decides on the proposal, where it lies now?"""
    return actor.holds(thing.approver_post, thing.approver_office_id)


def proposer(actor: Actor, thing: Any) -> bool:
    """Did the actor put the proposal forward, and does a post there still let them?"""
    return bool(thing.put_by == actor.id and thing.put_office_id in actor.offices)


def not_acting_for_own(actor: Actor, thing: Any) -> bool:
    """Is it nobody's own proposal, decided by a delegation? Two people see it (RULES 4¶2)."""
    acts = actor.holds(PostKind.ACTING_CHIEF, thing.approver_office_id)
    return not (thing.put_by == actor.id and acts)


def not_acting_in_own_case(actor: Actor, thing: Any) -> bool:
    """Is it nobody's own opinion, decided by a delegation? Two people see it (RULES 4¶2)."""
    acts = actor.holds(PostKind.ACTING_CHIEF, thing.procuratorate_id)
    return not (thing.handler_id == actor.id and acts)


def head_above(actor: Actor, thing: Any) -> bool:
    """Does the actor head a department where the proposal lies? (RULES 6: reviews, decides not)"""
    return actor.holds(PostKind.DEPARTMENT_HEAD, thing.approver_office_id)


def any_chief(actor: Actor, thing: Any) -> bool:
    """Is the actor the chief procurator of the procuratorate whose list it is? (RULES 4)"""
    return actor.holds(PostKind.CHIEF_PROCURATOR, thing.office_id)


def not_acting(actor: Actor, thing: Any) -> bool:
    """Does the actor hold the power in person, and not by a delegation there?"""
    return not actor.holds(PostKind.ACTING_CHIEF, thing.office_id)


def of_the_procuratorate(actor: Actor, thing: Any) -> bool:
    """Does the actor hold a post there?"""
    return thing.office_id in actor.offices


def not_recused(actor: Actor, thing: Any) -> bool:
    """Was the actor never kept away from what it is about, or what followed? (CPL 29, 30)"""
    return actor.id not in (thing.recused_ids or ())


EMERGENCY_POSTS = (PostKind.PROSECUTOR, PostKind.DEPARTMENT_HEAD, PostKind.CASE_MANAGER)
"""Who of a procuratorate may open a case in an emergency."""
THREE_OFFICERS = (PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER, PostKind.AUDITOR)
"""Who looks after the system and never reads a case (三员分立)."""


def opened_in_emergency(actor: Actor, kind: str) -> frozenset[int]:
    """The ids of what the actor has open in an emergency, of one table."""
    return frozenset(record_id for name, record_id in actor.emergencies if name == kind)


def in_emergency(actor: Actor, thing: Any) -> bool:
    """Did the actor open it in an emergency that lasts, and still works on cases there?"""
    return bool(actor.emergencies) and (
        (record_of(thing), thing.id) in actor.emergencies
        and thing.procuratorate_id in actor.offices_as(*EMERGENCY_POSTS)
    )


def of_a_suspect_in_emergency(actor: Actor, thing: Any) -> bool:
    """Is it of a suspect of a case that the actor opened in an emergency that lasts?"""
    return bool(actor.emergencies) and (
        ("suspects", thing.suspect_id) in actor.emergencies
        and thing.procuratorate_id in actor.offices_as(*EMERGENCY_POSTS)
    )


def could_open_in_emergency(actor: Actor, thing: Any) -> bool:
    """Does the actor work on cases there, and keep neither system nor journal? (三员分立)"""
    return thing.procuratorate_id in actor.offices_as(*EMERGENCY_POSTS) and not actor.offices_as(
        *THREE_OFFICERS
    )


def not_the_reader(actor: Actor, thing: Any) -> bool:
    """Is it somebody else than who read the case in an emergency? Two people see it (四眼)."""
    return bool(thing.person_id != actor.id)


def found_unjustified(_actor: Actor, thing: Any) -> bool:
    """Was the emergency looked into, and found to be none?"""
    return bool(thing.is_unjustified)


def later_handler(actor: Actor, thing: Any) -> bool:
    """Does the actor handle the case that it is about, or that followed from it? (RULES 8)"""
    handling = actor.id in (thing.later_handler_ids or ())
    return handling and actor.holds(PostKind.PROSECUTOR, thing.procuratorate_id)


def chief_procurator(actor: Actor, thing: Any) -> bool:
    """Is the actor the chief procurator (检察长) of that procuratorate? (CPL 89, RULES 4)"""
    return actor.holds(PostKind.CHIEF_PROCURATOR, thing.procuratorate_id)


def auditor_there(actor: Actor, thing: Any) -> bool:
    """Does the actor audit that procuratorate? Numbers of loads are no case (三员分立)."""
    return actor.holds(PostKind.AUDITOR, thing.procuratorate_id)


def execution_supervisor(actor: Actor, thing: Any) -> bool:
    """Does the actor supervise the execution of custody in that procuratorate? (RULES 613)"""
    return actor.holds(PostKind.EXECUTION_SUPERVISOR, thing.procuratorate_id)


def custody_period(_actor: Actor, thing: Any) -> bool:
    """Does it limit how long a person is held, or bind another organ while one is? (RULES 613)"""
    elsewhere = thing.binds in {"police", "court", "detention_centre"}
    return bool(thing.is_custody or (thing.held and elsewhere))


def not_a_partys(_actor: Actor, thing: Any) -> bool:
    """Is it neither a party's own period nor the answer to one?"""
    return not thing.is_partys


def watcher(actor: Actor, thing: Any) -> bool:
    """Is the actor of the department to which a monitoring entry goes? (RULES 613, 664)"""
    return actor.holds(thing.route, thing.procuratorate_id)


def administrator(actor: Actor, thing: Any) -> bool:
    """Does the actor administer the office, or one that leads it? (三员分立)"""
    return any(actor.holds(PostKind.ADMINISTRATOR, office_id) for office_id in thing.led_by_ids)


def security_officer(actor: Actor, thing: Any) -> bool:
    """Is the actor the security officer of the office, or of one that leads it? (三员分立)"""
    return any(actor.holds(PostKind.SECURITY_OFFICER, office_id) for office_id in thing.led_by_ids)


def own_security_officer(actor: Actor, thing: Any) -> bool:
    """Is the actor the security officer of that very office? (三员分立)"""
    return actor.holds(PostKind.SECURITY_OFFICER, thing.office_id)


def leading_security_officer(actor: Actor, thing: Any) -> bool:
    """Is the actor the security officer of the procuratorate that leads all others here?"""
    return not actor.offices_as(PostKind.SECURITY_OFFICER).isdisjoint(thing.leading_ids)


def not_about_oneself(actor: Actor, thing: Any) -> bool:
    """Is it about somebody else? Nobody gives or takes a power from themselves."""
    return bool(thing.person_id != actor.id)


def any_administrator(actor: Actor, _thing: Any) -> bool:
    """Does the actor administer an office here? The calendar is the whole country's."""
    return bool(actor.offices_as(PostKind.ADMINISTRATOR))


def any_controller(actor: Actor, _thing: Any) -> bool:
    """Is the actor an administrator or a security officer (三员分立)?"""
    return bool(actor.offices_as(PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER))


def not_the_proposer(actor: Actor, thing: Any) -> bool:
    """Is the actor somebody else than who proposed it? Two people see it (四眼)."""
    return bool(thing.proposed_by != actor.id)


def somebody(actor: Actor, _thing: Any) -> bool:
    """Is anybody signed in? The law is public."""
    return actor.id > 0


def department_head(actor: Actor, thing: Any) -> bool:
    """Does the actor head a department of that procuratorate? (RULES 6)"""
    return actor.holds(PostKind.DEPARTMENT_HEAD, thing.procuratorate_id)


LEADERS = (PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
"""Whoever leads may be the one recorded, and so never reads what was recorded."""
TAKING_PART = (PostKind.PROSECUTOR, *LEADERS, PostKind.CASE_MANAGER, PostKind.CLERK)
"""Everyone of a procuratorate who has a part in handling cases (办案人员; ORG 47)."""


def inspected(actor: Actor) -> frozenset[int]:
    """The procuratorates whose staff the actor inspects, leading nobody there."""
    return actor.offices_as(PostKind.INSPECTOR) - actor.offices_as(*LEADERS)


def inspector(actor: Actor, thing: Any) -> bool:
    """Does the actor inspect that procuratorate's staff (检务督察) and lead nobody there?"""
    return thing.procuratorate_id in inspected(actor)


def recorder(actor: Actor, thing: Any) -> bool:
    """Has the actor recorded it?"""
    return bool(thing.recorded_by == actor.id)


def did_not_displace(actor: Actor, thing: Any) -> bool:
    """Is the actor somebody else than who asked for the time and took it?"""
    return bool(thing.displaced_by != actor.id)


def not_the_recorder(actor: Actor, thing: Any) -> bool:
    """Is the actor somebody else than who recorded it?"""
    return bool(thing.recorded_by != actor.id)


STAFF = (*TAKING_PART, PostKind.ASSISTANT)
"""Everyone of a procuratorate who works on cases, the prosecutors' assistants among them."""


def of_the_staff(actor: Actor, thing: Any) -> bool:
    """Does the actor work on cases in that procuratorate?"""
    return thing.office_id in actor.offices_as(*STAFF)


def attends(actor: Actor, thing: Any) -> bool:
    """Does the actor take part in it, for the procuratorate that handles the case?"""
    mine = actor.id in thing.attending_ids
    return mine and thing.procuratorate_id in actor.offices_as(*STAFF)


def while_it_is_signed(_actor: Actor, thing: Any) -> bool:
    """Does the sitting go on, or does its record only wait to be signed?"""
    return bool(thing.is_sitting)


def officer_of_the_centre(actor: Actor, thing: Any) -> bool:
    """Is the actor an officer of the detention centre in which it takes place? (CPL 118)"""
    return actor.holds(PostKind.DETENTION_OFFICER, thing.centre_id)


def holds_the_interrogation(actor: Actor, thing: Any) -> bool:
    """Does the actor lead it, or hold it as one of the procuratorial staff? (RULES 182)"""
    mine = actor.id in thing.holding_ids
    return mine and thing.procuratorate_id in actor.offices_as(*STAFF)


def answers_for_it(actor: Actor, thing: Any) -> bool:
    """Does the actor hold the post that answers for it? A prosecutor's is the handler's own."""
    shared = thing.owner_post != PostKind.PROSECUTOR
    return shared and actor.holds(thing.owner_post, thing.owner_office_id)


def officer_of_the_destination(actor: Actor, thing: Any) -> bool:
    """Is the actor an officer of the centre to which the suspect is brought?"""
    return actor.holds(PostKind.DETENTION_OFFICER, thing.destination_id)


def drew_it_up(actor: Actor, thing: Any) -> bool:
    """Did the actor draw up the plan, and still works there?"""
    return thing.drawn_up_by == actor.id and thing.procuratorate_id in actor.offices_as(*STAFF)


def handles_all_of_it(actor: Actor, thing: Any) -> bool:
    """Is the actor the prosecutor who handles every case of the plan? (RULES 5, 8)"""
    mine = thing.handler_ids == {actor.id}
    return mine and actor.holds(PostKind.PROSECUTOR, thing.procuratorate_id)


def keeps_the_places(actor: Actor, thing: Any) -> bool:
    """Does the actor keep that office's rooms: the centre's officers, or case management?"""
    keepers = (PostKind.DETENTION_OFFICER, PostKind.CASE_MANAGER)
    return any(actor.holds(post, thing.office_id) for post in keepers)


def manages_the_office(actor: Actor, thing: Any) -> bool:
    """Does the actor run case management of that very office?"""
    return actor.holds(PostKind.CASE_MANAGER, thing.id)


def takes_part(actor: Actor, thing: Any) -> bool:
    """Does the actor have a part in handling that procuratorate's cases? (ORG 47)"""
    return thing.procuratorate_id in actor.offices_as(*TAKING_PART)


def invited(actor: Actor, thing: Any) -> bool:
    """Is the actor a member of the joint conference, not recused and not the handler? (RULES 6)"""
    return actor.holds(PostKind.PROSECUTOR, thing.invited.get(actor.id))


def while_it_is_held(_actor: Actor, thing: Any) -> bool:
    """Is the conference convened and not over? What it was asked is closed with it."""
    return bool(thing.is_open)


def convener(actor: Actor, thing: Any) -> bool:
    """Did the actor convene the conference?"""
    return bool(thing.convened_by == actor.id)


def committee_member(actor: Actor, thing: Any) -> bool:
    """Does the actor sit in that procuratorate's committee, not recused? (ORG 30, CPL 29)"""
    return actor.id in thing.committee and thing.procuratorate_id in actor.offices


def presider(actor: Actor, thing: Any) -> bool:
    """Does the actor preside over the committee in that matter? (ORG 32)"""
    return bool(thing.presider_id == actor.id)


def at_the_table(actor: Actor, thing: Any) -> bool:
    """Does the actor's vote count in that matter, present or absent, not recused? (PCOM 21)"""
    return actor.id in thing.seated and thing.procuratorate_id in actor.offices


def justice_officer(actor: Actor, thing: Any) -> bool:
    """Is the actor of the judicial-administration organ that keeps the pool? (PSUP-2021 3)"""
    return actor.holds(PostKind.JUSTICE_OFFICER, thing.organ_id)


def justice_officer_told(actor: Actor, thing: Any) -> bool:
    """Is the actor of the organ, and was it handed over to it? (PSUP-2021 31, PSUP-2019 28)"""
    return thing.delivered_at is not None and justice_officer(actor, thing)


def justice_officer_asked(actor: Actor, thing: Any) -> bool:
    """Is the actor of the organ, and has it been told of the activity? (PSUP-2021 19)"""
    return thing.requested_at is not None and justice_officer(actor, thing)


def invited_supervisor(actor: Actor, thing: Any) -> bool:
    """Is the actor a people's supervisor who is invited to it? (PSUP-2021 20)"""
    return actor.id in thing.invited_ids


CHAIRS = (PostKind.PROSECUTOR, PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
"""Who may preside over a public hearing."""


def presides(actor: Actor, thing: Any) -> bool:
    """Does the actor preside over the public hearing, and hold a post there for it?"""
    return thing.chair_id == actor.id and thing.procuratorate_id in actor.offices_as(*CHAIRS)


def of_the_pool(actor: Actor, thing: Any) -> bool:
    """Is the actor a people's supervisor of the pool that it is drawn from? (PSUP-2021 20)"""
    return actor.id in thing.pool_ids


def first_reviewer(actor: Actor, thing: Any) -> bool:
    """Was the actor drawn to review the quality of the case, and still a prosecutor there?"""
    return thing.reviewer_id == actor.id and actor.holds(
        PostKind.PROSECUTOR, thing.reviewer_office_id
    )


def second_reviewer(actor: Actor, thing: Any) -> bool:
    """Was the actor drawn for the second quality review, and still a prosecutor there?"""
    return thing.second_reviewer_id == actor.id and actor.holds(
        PostKind.PROSECUTOR, thing.second_office_id
    )


def reviews_now(actor: Actor, thing: Any) -> bool:
    """Is it the actor's quality review that is awaited now?"""
    return thing.reviewing_id == actor.id and actor.holds(
        PostKind.PROSECUTOR, thing.reviewing_office_id
    )


def handled_it(actor: Actor, thing: Any) -> bool:
    """Did the actor handle the case when it was drawn for a quality review?"""
    return bool(thing.handler_id == actor.id)


def did_not_handle_it(actor: Actor, thing: Any) -> bool:
    """Is the actor somebody else than who handled the case? Nobody decides on the own work."""
    return bool(thing.handler_id != actor.id)


def corrects_it(actor: Actor, thing: Any) -> bool:
    """Is there something of it that the actor has to correct?"""
    return actor.id in thing.correcting_ids


def once_told(_actor: Actor, thing: Any) -> bool:
    """Was the handler told the result? What the reviewer drafts is not yet one."""
    return bool(thing.is_told)


def once_failed(_actor: Actor, thing: Any) -> bool:
    """Was the case found unqualified, for good? (RESP-2024 12)"""
    return bool(thing.is_failed)


def leads_the_office(actor: Actor, thing: Any) -> bool:
    """Is the actor the chief procurator of that very office?"""
    return actor.holds(PostKind.CHIEF_PROCURATOR, thing.id)


def of_the_superior(actor: Actor, thing: Any) -> bool:
    """Does the actor lead, or run case management of, the procuratorate one level above? (OL 10)"""
    posts = (PostKind.CHIEF_PROCURATOR, PostKind.CASE_MANAGER)
    return any(actor.holds(post, thing.superior_id) for post in posts)


def unsealed(_actor: Actor, thing: Any) -> bool:
    """Were the opinions opened? Until then nobody but the author reads one (PSUP-2019 18)."""
    return bool(thing.is_unsealed)


def not_own_answer(actor: Actor, thing: Any) -> bool:
    """Is it somebody else than who handles the case, or gave the answer? Two people see it."""
    return actor.id not in {thing.handler_id, thing.answered_by}


def about_no_case(_actor: Actor, thing: Any) -> bool:
    """Is it about the procuratorate's work, and no case?"""
    return thing.case_id is None


def did_not_prepare(actor: Actor, thing: Any) -> bool:
    """Is the actor somebody else than who prepared it? Two people see it (四眼)."""
    return actor.id not in thing.preparer_ids


def packet_reader(actor: Actor, thing: Any) -> bool:
    """Was it released to the actor, a supervisor who has undertaken secrecy? (PSUP-2021 7)"""
    return actor.id in thing.reader_ids and bool(actor.offices_as(PostKind.SUPERVISOR))


def auditor_anywhere(actor: Actor, _thing: Any) -> bool:
    """Does the actor audit at all? A checkpoint holds hashes and numbers, and no word."""
    return bool(actor.offices_as(PostKind.AUDITOR))


def audits_whoever_acted(actor: Actor, thing: Any) -> bool:
    """Was it done by somebody who held a post then in an office the actor audits?"""
    return not actor.offices_as(PostKind.AUDITOR).isdisjoint(thing.office_ids)


def audits_the_installation(actor: Actor, thing: Any) -> bool:
    """Does the actor audit the procuratorate that leads all others here? It reads everything."""
    return not actor.offices_as(PostKind.AUDITOR).isdisjoint(thing.leading_ids)


_MANAGED = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR)
_OF_A_DEPARTMENT = (PostKind.DEPARTMENT_HEAD, *_MANAGED)
LEADERS_OF: Mapping[PostKind, tuple[PostKind, ...]] = {
    PostKind.CASE_MANAGER: _MANAGED,
    PostKind.PROSECUTOR: _OF_A_DEPARTMENT,
    PostKind.ASSISTANT: _OF_A_DEPARTMENT,
    PostKind.CLERK: _OF_A_DEPARTMENT,
    PostKind.EXECUTION_SUPERVISOR: (PostKind.DEPARTMENT_HEAD, PostKind.CHIEF_PROCURATOR),
    PostKind.DEPARTMENT_HEAD: (PostKind.CHIEF_PROCURATOR,),
    PostKind.CHIEF_PROCURATOR: (PostKind.CHIEF_PROCURATOR,),
}
"""Who says which holder of a post takes on what lies with all of them. Nobody does for those who
look after the system or inspect the staff, nor for other organs: no leader of theirs is known."""


def holds_its_post(actor: Actor, thing: Any) -> bool:
    """Does it lie with everyone of a post, and does the actor hold it there?"""
    return thing.post is not None and actor.holds(thing.post, thing.office_id)


def leads_its_pool(actor: Actor, thing: Any) -> bool:
    """Does the actor lead those with whom it lies, in that office?"""
    return any(actor.holds(post, thing.office_id) for post in LEADERS_OF.get(thing.post, ()))


def leads_them(actor: Actor, thing: Any) -> bool:
    """Does the actor lead the post, or the team (RULES 5), of whom it is for?"""
    return actor.id in thing.lead_ids or leads_its_pool(actor, thing)


def its_maker(actor: Actor, thing: Any) -> bool:
    """Did the actor ask for it?"""
    return bool(thing.made_by == actor.id)


POLICY: Mapping[Permission, tuple[tuple[Rule, ...], ...]] = {
    Permission.SESSION_OPEN: ((anyone,),),
    Permission.SESSION_END: ((oneself,),),
    Permission.PASSWORD_CHANGE: ((oneself,),),
    Permission.TRY_FORGET: ((machine,),),
    Permission.CHALLENGE_FORGET: ((machine,),),
    Permission.ENROLMENT_READ: ((oneself,), (security_officer,), (console,)),
    Permission.ENROLMENT_END: ((oneself,), (security_officer,), (console,)),
    Permission.ENROLMENT_CODE_ISSUE: ((console,), (security_officer, not_about_oneself)),
    Permission.SECURITY_PRACTICE_SET: ((own_security_officer,),),
    Permission.PERSON_ENROL: ((console,),),
    Permission.PERSON_READ: ((administrator,), (security_officer,)),
    Permission.PERSON_ENTER: ((administrator,),),
    Permission.PERSON_CORRECT: ((administrator, not_about_oneself),),
    Permission.POST_GIVE: ((console,),),
    Permission.POST_END: ((console,), (security_officer, not_about_oneself)),
    Permission.ACCOUNT_SECURE: ((console,), (security_officer,)),
    Permission.OFFICE_ENTER: ((console,), (administrator,)),
    Permission.OFFICE_CHANGE: ((console,), (administrator,)),
    Permission.APPOINTMENT_READ: (
        (administrator,),
        (security_officer,),
        (oneself,),
    ),
    Permission.APPOINTMENT_PROPOSE: ((administrator, not_about_oneself),),
    Permission.APPOINTMENT_WITHDRAW: ((administrator,),),
    Permission.APPOINTMENT_CONFIRM: ((security_officer, not_about_oneself, not_the_proposer),),
    Permission.PEOPLE_IMPORT_READ: ((administrator,), (security_officer,)),
    Permission.PEOPLE_IMPORT_PREPARE: ((administrator,),),
    Permission.PEOPLE_IMPORT_CONFIRM: ((security_officer, not_the_proposer),),
    Permission.HANDOVER_READ: ((case_manager,),),
    Permission.LEAVE_ENTER: ((oneself,), (case_manager,), (chief_procurator,)),
    Permission.HANDOVER_MAKE: ((case_manager,),),
    Permission.HANDOVER_WATCH: ((machine,),),
    Permission.STEP_UP_TAKE: ((oneself,),),
    Permission.STEP_UP_USE: ((oneself,),),
    Permission.PASSKEY_ADD: ((oneself,),),
    Permission.PASSKEY_REMOVE: ((oneself,), (security_officer,)),
    Permission.TASK_READ: ((oneself,), (holds_its_post,), (leads_its_pool,), (its_maker,)),
    Permission.TASK_CLAIM: ((holds_its_post,), (oneself,)),
    Permission.TASK_ALLOT: ((leads_its_pool,),),
    Permission.TASK_RETURN: ((holds_its_post,), (oneself,)),
    Permission.TASK_DELEGATE: ((holds_its_post,), (oneself,)),
    Permission.TASK_FOLLOW_UP: ((holds_its_post,), (oneself,)),
    Permission.TASK_COMPLETE: ((holds_its_post,), (oneself,)),
    Permission.TASK_CANCEL: ((holds_its_post,), (oneself,), (its_maker,)),
    Permission.TASK_WATCH: ((machine,),),
    Permission.FOLLOW_UP_ENTRUST: ((oneself,), (leads_them,)),
    Permission.DEVICE_REGISTER: ((oneself,),),
    Permission.APP_VERSION_SET: ((leading_security_officer,), (console,)),
    Permission.DEVICE_FORGET: ((oneself,),),
    Permission.DEVICE_RETIRE: ((machine,),),
    Permission.DELIVERY_READ: ((oneself,),),
    Permission.DELIVERY_DISPATCH: ((machine,),),
    Permission.DELIVERY_SEND: ((machine,),),
    Permission.ESCALATION_READ: ((department_head,), (case_manager,), (chief_procurator,)),
    Permission.ESCALATION_ACKNOWLEDGE: ((told_of_it,),),
    Permission.ESCALATION_SWEEP: ((machine,),),
    Permission.DELIVERY_FAULT_READ: ((administrator,), (case_manager,)),
    Permission.DELIVERY_FAULT_REPLAY: ((administrator,), (case_manager,), (console,)),
    Permission.DELIVERY_FAULT_DISMISS: ((administrator,), (case_manager,), (console,)),
    Permission.CHANNEL_READ: ((any_administrator,),),
    Permission.CHANNEL_PAUSE: ((any_administrator,), (console,)),
    Permission.PREFERENCE_SET: ((oneself,),),
    Permission.ATTACHMENT_UPLOAD: ((officer_of_any_organ,),),
    Permission.ATTACHMENT_FORGET: ((machine,),),
    Permission.ARREST_REQUEST_READ: (
        (officer_of_the_organ,),
        (case_manager,),
        (chief_procurator,),
        (department_head,),
        (handler,),
        (later_handler,),
        (in_emergency,),
    ),
    Permission.ARREST_REQUEST_SUBMIT: ((officer_of_the_organ,),),
    Permission.ARREST_REQUEST_CORRECT: ((officer_of_the_organ,),),
    Permission.ARREST_REQUEST_REQUEST_SUPPLEMENT: ((case_manager,),),
    Permission.ARREST_REQUEST_DOUBT_JURISDICTION: ((case_manager,),),
    Permission.ARREST_REQUEST_ACCEPT: ((case_manager,),),
    Permission.ROTATION_OPEN: ((console,), (machine,), (administrator,)),
    Permission.CASE_READ: (
        (officer_of_the_organ,),
        (case_manager,),
        (chief_procurator, not_recused),
        (department_head, not_recused),
        (handler, not_recused),
        (reader, not_recused),
        (in_emergency, not_recused),
        (upper_procuratorate,),
    ),
    Permission.CASE_ASSIGN: ((case_manager,),),
    Permission.CASE_DESIGNATE: ((case_manager,), (chief_procurator,)),
    Permission.CASE_RECUSE: ((chief_procurator,),),
    Permission.CASE_ADD_SUSPECT: ((officer_of_the_organ,), (case_manager,), (handler,)),
    Permission.CASE_IDENTIFY: ((officer_of_the_organ,), (case_manager,), (handler,)),
    Permission.CASE_SPLIT: ((handler,), (case_manager,)),
    Permission.CASE_MERGE: ((handler,), (case_manager,)),
    Permission.CASE_LINK: ((handler,), (case_manager,)),
    Permission.ASSIGNMENT_READ: ((case_manager,), (chief_procurator,), (handler,)),
    Permission.LOAD_SHARE_READ: (
        (case_manager,),
        (chief_procurator,),
        (department_head,),
        (auditor_there,),
    ),
    Permission.LOAD_SHARE_SET: ((case_manager,), (chief_procurator,)),
    Permission.CASE_TEAM_FORM: ((chief_procurator,),),
    Permission.ARREST_REVIEW_OPINE: ((handler,),),
    Permission.ARREST_REVIEW_DECIDE: ((chief_procurator, not_acting_in_own_case, not_recused),),
    Permission.ARREST_REVIEW_RECEIPT: ((officer_of_the_organ,),),
    Permission.OPINION_READ: ((handler,), (chief_procurator,), (case_manager,)),
    Permission.DEADLINE_COMPUTE: ((somebody,),),
    Permission.DEADLINE_READ: (
        (officer_of_the_organ, not_a_partys),
        (case_manager,),
        (chief_procurator,),
        (department_head,),
        (handler,),
        (execution_supervisor, custody_period),
        (of_a_suspect_in_emergency,),
    ),
    Permission.DEADLINE_WATCH: ((machine,),),
    Permission.DEADLINE_RECALCULATE: ((machine,),),
    Permission.CALENDAR_NOTICE_READ: ((somebody,),),
    Permission.CALENDAR_NOTICE_PROPOSE: ((any_administrator,),),
    Permission.CALENDAR_NOTICE_CONFIRM: ((any_controller, not_the_proposer),),
    Permission.WARNING_READ: ((case_manager,), (chief_procurator,), (department_head,)),
    Permission.WARNING_SET: ((case_manager,),),
    Permission.MONITORING_READ: (
        (watcher,),
        (case_manager,),
        (chief_procurator,),
        (department_head,),
        (handler,),
    ),
    Permission.MONITORING_ANSWER: ((watcher,),),
    Permission.MONITORING_REPLY: ((handler,), (department_head,)),
    Permission.CONSULTATION_READ: (
        (officer_of_the_organ,),
        (case_manager,),
        (chief_procurator,),
        (department_head,),
        (handler, not_recused),
        (later_handler,),
    ),
    Permission.CONSULTATION_INVITE: ((officer_of_the_organ,),),
    Permission.CONSULTATION_OFFER: ((case_manager,), (department_head,), (chief_procurator,)),
    Permission.CONSULTATION_RESTATE: ((officer_of_the_organ,),),
    Permission.CONSULTATION_ANSWER: ((case_manager,), (department_head,), (later_handler,)),
    Permission.CONSULTATION_SPEAK: (
        (officer_of_the_organ,),
        (handler, not_recused),
        (department_head,),
    ),
    Permission.CONSULTATION_OPINE: ((handler, not_recused),),
    Permission.CONSULTATION_COLLECT: ((officer_of_the_organ,),),
    Permission.CONSULTATION_CONCLUDE: ((handler, not_recused),),
    Permission.CONSULTATION_LINK: ((officer_of_the_organ,),),
    Permission.CONSULTATION_PRACTICE_SET: ((case_manager,), (chief_procurator,)),
    Permission.CASE_OVERSEE: ((chief_procurator,), (department_head,)),
    Permission.OVERSIGHT_READ: (
        (handler,),
        (chief_procurator,),
        (department_head,),
        (inspector,),
    ),
    Permission.OVERSIGHT_ANSWER: ((handler,),),
    Permission.INQUIRY_READ: ((inspector,), (recorder,)),
    Permission.INQUIRY_RECORD: ((takes_part,),),
    Permission.INQUIRY_CORRECT: ((recorder,),),
    Permission.INQUIRY_REVIEW: ((inspector, not_the_recorder),),
    Permission.ZERO_REPORT_READ: ((inspector,), (oneself,)),
    Permission.ZERO_REPORT_DECLARE: ((oneself, takes_part),),
    Permission.TRANSFER_READ: (
        (officer_of_the_organ,),
        (case_manager,),
        (chief_procurator,),
        (department_head,),
        (handler,),
        (later_handler,),
        (in_emergency,),
    ),
    Permission.TRANSFER_SUBMIT: ((officer_of_the_organ,),),
    Permission.TRANSFER_SUPPLEMENT: ((officer_of_the_organ,),),
    Permission.TRANSFER_REQUEST_SUPPLEMENT: ((case_manager,),),
    Permission.TRANSFER_ACCEPT: ((case_manager,),),
    Permission.PROCEEDING_HANDLE: ((handler,),),
    Permission.PROCEEDING_ANSWER: ((officer_of_the_organ,),),
    Permission.PROCEEDING_MANAGE: ((case_manager,),),
    Permission.PROCEEDING_NAME_REVIEWER: ((case_manager,), (chief_procurator,)),
    Permission.PROCEEDING_RECONSIDER: ((reviewer,),),
    Permission.PROCEEDING_RE_EXAMINE: ((upper_prosecutor,),),
    Permission.JUDGMENT_COMPARE: (
        (handler,),
        (case_manager,),
        (department_head,),
        (chief_procurator,),
        (upper_procuratorate,),
    ),
    Permission.PROPOSAL_READ: (
        (proposer, not_recused),
        (approver, not_recused),
        (head_above, not_recused),
        (handler, not_recused),
    ),
    Permission.PROPOSAL_DECIDE: ((approver, not_acting_for_own, not_recused),),
    Permission.PROPOSAL_REMARK: ((proposer, not_recused), (head_above, not_recused)),
    Permission.PROPOSAL_WITHDRAW: ((proposer, not_recused),),
    Permission.READING_READ: ((oneself,), (auditor_there,), (chief_procurator,)),
    Permission.READING_REPORT_READ: ((auditor_there,),),
    Permission.EMERGENCY_ACCESS_READ: (
        (oneself,),
        (auditor_there,),
        (chief_procurator,),
        (handler,),
        (inspector, found_unjustified),
    ),
    Permission.EMERGENCY_ACCESS_OPEN: ((could_open_in_emergency, not_recused),),
    Permission.EMERGENCY_ACCESS_END: ((oneself,),),
    Permission.EMERGENCY_ACCESS_REVIEW: (
        (auditor_there, not_the_reader),
        (chief_procurator, not_the_reader),
    ),
    Permission.EMERGENCY_PRACTICE_READ: ((of_the_procuratorate,),),
    Permission.EMERGENCY_PRACTICE_SET: ((any_chief,),),
    Permission.DELEGATION_READ: ((of_the_procuratorate,),),
    Permission.DELEGATION_GIVE: ((any_chief, not_acting),),
    Permission.DELEGATION_END: ((any_chief, not_acting),),
    Permission.SUBSTITUTION_READ: ((of_the_procuratorate,),),
    Permission.SUBSTITUTION_ORDER: ((any_chief, not_acting),),
    Permission.DELEGATION_LAPSE: ((machine,),),
    Permission.SUBSTITUTION_CARRY_OUT: ((machine,),),
    Permission.POWER_LIST_READ: ((of_the_procuratorate,),),
    Permission.POWER_LIST_SET: ((any_chief, not_acting),),
    Permission.CONFERENCE_READ: (
        (chief_procurator,),
        (department_head,),
        (case_manager,),
        (handler,),
        (invited,),
    ),
    Permission.CONFERENCE_ASK: ((handler,),),
    Permission.CONFERENCE_CALL: ((department_head,), (chief_procurator,)),
    Permission.CONFERENCE_CONVENE: ((department_head,), (chief_procurator,)),
    Permission.CONFERENCE_OPINE: ((invited,),),
    Permission.CONFERENCE_CLOSE: ((convener, department_head), (chief_procurator,)),
    Permission.CONFERENCE_DEPART: ((handler,),),
    Permission.CONFERENCE_FACTS_READ: (
        (chief_procurator,),
        (department_head,),
        (case_manager,),
        (handler,),
        (invited, while_it_is_held),
    ),
    Permission.CONFERENCE_RECORD_READ: (
        (chief_procurator,),
        (department_head,),
        (case_manager,),
        (handler,),
    ),
    Permission.CONFERENCE_SETTING_READ: (
        (case_manager,),
        (chief_procurator,),
        (department_head,),
    ),
    Permission.CONFERENCE_SETTING_SET: ((case_manager,), (chief_procurator,)),
    Permission.COMMITTEE_READ: ((of_the_procuratorate,),),
    Permission.COMMITTEE_REGISTER: ((case_manager,), (chief_procurator,)),
    Permission.COMMITTEE_MATTER_READ: (
        (chief_procurator,),
        (department_head,),
        (case_manager,),
        (handler,),
        (committee_member,),
    ),
    Permission.COMMITTEE_MATTER_PUT: ((chief_procurator,),),
    Permission.COMMITTEE_MATTER_PRESIDE: ((presider, committee_member),),
    Permission.COMMITTEE_MATTER_VOTE: ((at_the_table,),),
    Permission.COMMITTEE_MATTER_DECIDE: ((chief_procurator,), (presider, committee_member)),
    Permission.COMMITTEE_MATTER_EXECUTE: ((handler,),),
    Permission.COMMITTEE_VOTE_READ: ((chief_procurator,), (committee_member,)),
    Permission.RESOURCE_ENTER: ((keeps_the_places,),),
    Permission.RESOURCE_CHANGE: ((keeps_the_places,),),
    Permission.ROUTE_SET: ((manages_the_office,),),
    Permission.PARTICIPANT_ENTER: ((of_the_staff,),),
    Permission.HOLD_SWEEP: ((machine,),),
    Permission.BLOCK_SET: ((keeps_the_places,),),
    Permission.ENGAGEMENT_READ: ((officer_of_the_centre,), (officer_of_the_destination,)),
    Permission.ENGAGEMENT_ENTER: ((officer_of_the_centre,),),
    Permission.ENGAGEMENT_ARRIVE: ((officer_of_the_centre,), (officer_of_the_destination,)),
    Permission.INTERROGATION_READ: (
        (case_manager,),
        (chief_procurator, not_recused),
        (department_head, not_recused),
        (handler, not_recused),
        (attends, not_recused),
        (officer_of_the_centre,),
    ),
    Permission.INTERROGATION_BOOK: ((handler, not_recused), (case_manager,)),
    Permission.INTERROGATION_BOOK_URGENTLY: ((handler, not_recused), (case_manager,)),
    Permission.INTERROGATION_CHANGE: ((handler, not_recused), (case_manager,)),
    Permission.INTERROGATION_HOST: ((officer_of_the_centre,),),
    Permission.TIME_PROPOSAL_LAPSE: ((machine,),),
    Permission.INTERROGATION_PRACTICE_SET: ((case_manager,), (chief_procurator,)),
    Permission.PLAN_READ: (
        (case_manager,),
        (chief_procurator, not_recused),
        (department_head, not_recused),
        (drew_it_up, not_recused),
    ),
    Permission.PLAN_DRAW_UP: (
        (case_manager,),
        (department_head, not_recused),
        (handles_all_of_it, not_recused),
    ),
    Permission.PLAN_ACCEPT: ((case_manager,), (drew_it_up, not_recused)),
    Permission.PLAN_IMPROVE: ((machine,),),
    Permission.SUSPECT_HEAR: ((handler, not_recused),),
    Permission.TRANSCRIPT_FOLLOW: (
        (case_manager,),
        (chief_procurator, not_recused),
        (department_head, not_recused),
        (handler, not_recused),
        (attends, not_recused),
        (officer_of_the_centre,),
    ),
    Permission.TRANSCRIPT_READ: (
        (chief_procurator, not_recused),
        (department_head, not_recused),
        (handler, not_recused),
        (attends, not_recused),
    ),
    Permission.TRANSCRIPT_PRINT: (
        (chief_procurator, not_recused),
        (department_head, not_recused),
        (handler, not_recused),
        (attends, not_recused),
        (officer_of_the_centre, while_it_is_signed),
    ),
    Permission.TRANSCRIPT_WRITE: ((handler, not_recused), (attends, not_recused)),
    Permission.TRANSCRIPT_MARK: (
        (handler, not_recused),
        (attends, not_recused),
        (officer_of_the_centre, while_it_is_signed),
    ),
    Permission.SLOT_SEARCH: ((handler, not_recused), (case_manager,)),
    Permission.SLOT_HOLD: ((handler, not_recused),),
    Permission.SLOT_LET_GO: ((took_it,),),
    Permission.SLOT_OFFER_MAKE: ((machine,),),
    Permission.SLOT_OFFER_LAPSE: ((machine,),),
    Permission.WAITING_ESCALATE: ((machine,),),
    Permission.DISPLACEMENT_READ: (
        (case_manager,),
        (department_head, not_recused),
        (handler, not_recused),
    ),
    Permission.DISPLACEMENT_OBJECT: ((handler, not_recused),),
    Permission.DISPLACEMENT_DECIDE: (
        (case_manager, did_not_displace),
        (department_head, not_recused, did_not_displace),
    ),
    Permission.INTERROGATION_ATTEND: ((attends, not_recused), (officer_of_the_centre,)),
    Permission.INTERROGATION_HOLD: ((holds_the_interrogation, not_recused),),
    Permission.INTERROGATION_REPORT: (
        (officer_of_the_centre,),
        (attends, not_recused),
        (machine,),
    ),
    Permission.INTERROGATION_WATCH: ((machine,),),
    Permission.READINESS_ITEM_TICK: (
        (handler, not_recused),
        (case_manager,),
        (attends, not_recused),
        (answers_for_it,),
    ),
    Permission.READINESS_ITEM_WAIVE: ((handler, not_recused), (case_manager,)),
    Permission.KIT_TEST_REPORT: ((keeps_the_places,), (of_the_staff,)),
    Permission.SUPERVISOR_READ: (
        (oneself,),
        (justice_officer,),
        (case_manager,),
        (chief_procurator,),
    ),
    Permission.SUPERVISOR_DETAILS_READ: ((oneself,), (justice_officer,)),
    Permission.SUPERVISOR_POOL_READ: ((justice_officer,), (case_manager,), (chief_procurator,)),
    Permission.SUPERVISOR_NOMINATE: ((justice_officer,),),
    Permission.SUPERVISOR_APPOINT: ((justice_officer,),),
    Permission.SUPERVISOR_MANAGE: ((justice_officer,),),
    Permission.SUPERVISOR_STATE_AVAILABILITY: ((oneself,), (justice_officer,)),
    Permission.SUPERVISOR_SWEEP: ((machine,),),
    Permission.SUPERVISION_PLAN_READ: (
        (case_manager,),
        (chief_procurator,),
        (justice_officer_told,),
    ),
    Permission.SUPERVISION_PLAN_DRAW_UP: ((case_manager,),),
    Permission.SUPERVISION_PLAN_DELIVER: ((case_manager,),),
    Permission.ACTIVITY_READ: (
        (case_manager,),
        (chief_procurator, not_recused),
        (department_head, not_recused),
        (handler, not_recused),
        (justice_officer_asked,),
        (invited_supervisor,),
    ),
    Permission.ACTIVITY_CASE_READ: (
        (case_manager,),
        (chief_procurator, not_recused),
        (department_head, not_recused),
        (handler, not_recused),
    ),
    Permission.ACTIVITY_PLAN: ((case_manager,), (handler, not_recused)),
    Permission.ACTIVITY_CHANGE: ((case_manager,), (handler, not_recused)),
    Permission.ACTIVITY_SEND: ((case_manager,),),
    Permission.ACTIVITY_CONSENT: ((justice_officer_asked,),),
    Permission.ACTIVITY_HOLD: ((case_manager,), (handler, not_recused)),
    Permission.ACTIVITY_WATCH: ((machine,),),
    Permission.SUPERVISION_PRACTICE_SET: ((case_manager,), (chief_procurator,)),
    Permission.DRAW_READ: (
        (justice_officer,),
        (case_manager,),
        (chief_procurator, not_recused),
        (handler, not_recused),
        (of_the_pool,),
    ),
    Permission.DRAW_EXCLUDE: ((justice_officer_asked,),),
    Permission.DRAW_PUBLISH: ((justice_officer_asked,),),
    Permission.DRAW_WITNESS: ((case_manager,),),
    Permission.DRAW_HOLD: ((justice_officer,),),
    Permission.INVITATION_ANSWER: ((oneself,),),
    Permission.INVITATION_UNDERTAKE: ((oneself,),),
    Permission.INVITATION_STEP_ASIDE: ((oneself,),),
    Permission.INVITATION_REPORT: ((case_manager,), (handler, not_recused)),
    Permission.INVITATION_DECIDE: ((justice_officer,),),
    Permission.INVITATION_MARK: ((case_manager,), (handler, not_recused)),
    Permission.INVITATION_SWEEP: ((machine,),),
    Permission.INVITATION_READ: (
        (oneself,),
        (case_manager,),
        (chief_procurator, not_recused),
        (department_head, not_recused),
        (handler, not_recused),
        (justice_officer,),
    ),
    Permission.PUBLIC_HEARING_READ: (
        (case_manager,),
        (chief_procurator, not_recused),
        (department_head, not_recused),
        (handler, not_recused),
    ),
    Permission.PUBLIC_HEARING_PLAN: ((handler, not_recused),),
    Permission.PUBLIC_HEARING_PREPARE: ((handler, not_recused), (case_manager,)),
    Permission.PUBLIC_HEARING_HOLD: ((presides, not_recused), (handler, not_recused)),
    Permission.PUBLIC_HEARING_RESULT_STATE: ((handler, not_recused),),
    Permission.PUBLIC_HEARING_RESULT_CONSENT: (
        (chief_procurator, not_acting_in_own_case, not_recused),
    ),
    Permission.SUPERVISION_GROUND_DETECT: (
        (case_manager,),
        (chief_procurator, not_recused),
        (department_head, not_recused),
        (handler, not_recused),
    ),
    Permission.QUALITY_SAMPLING_READ: (
        (case_manager,),
        (chief_procurator,),
        (department_head,),
    ),
    Permission.QUALITY_SAMPLING_START: ((manages_the_office,),),
    Permission.QUALITY_SAMPLING_DRAW: ((case_manager,),),
    Permission.QUALITY_REVIEW_READ: (
        (case_manager,),
        (chief_procurator, not_recused),
        (department_head, not_recused),
        (first_reviewer, not_recused),
        (second_reviewer, not_recused),
        (handled_it, once_told),
        (corrects_it,),
        (inspector, once_failed),
    ),
    Permission.QUALITY_REVIEW_FILL: ((first_reviewer, not_recused),),
    Permission.QUALITY_REVIEW_OPINE: ((second_reviewer, not_recused),),
    Permission.QUALITY_REVIEW_RECUSE: ((reviews_now,), (case_manager,), (chief_procurator,)),
    Permission.QUALITY_REVIEW_MANAGE: ((case_manager,),),
    Permission.QUALITY_REVIEW_ANSWER: ((handled_it,),),
    Permission.QUALITY_REVIEW_DECIDE: ((chief_procurator, not_recused, did_not_handle_it),),
    Permission.QUALITY_FILE_READ: ((reviews_now, not_recused),),
    Permission.QUALITY_CORRECTION_CORRECT: ((oneself,), (department_head,)),
    Permission.QUALITY_CORRECTION_MANAGE: ((case_manager,),),
    Permission.QUALITY_FORM_SET: ((manages_the_office,),),
    Permission.QUALITY_PRACTICE_SET: ((case_manager,), (chief_procurator,)),
    Permission.QUALITY_REPORT_READ: (
        (manages_the_office,),
        (leads_the_office,),
        (of_the_superior,),
    ),
    Permission.PERFORMANCE_NOTE_READ: ((oneself,), (case_manager,), (chief_procurator,)),
    Permission.SUPERVISION_OPINION_READ: (
        (oneself,),
        (case_manager, unsealed),
        (chief_procurator, unsealed, not_recused),
        (department_head, unsealed, not_recused),
        (handler, unsealed, not_recused),
        (reader, unsealed, not_recused),
        (upper_procuratorate, unsealed),
        (justice_officer, unsealed),
    ),
    Permission.SUPERVISION_OPINION_WORDS_READ: (
        (oneself,),
        (case_manager, unsealed),
        (chief_procurator, unsealed, not_recused),
        (department_head, unsealed, not_recused),
        (handler, unsealed, not_recused),
        (reader, unsealed, not_recused),
        (upper_procuratorate, unsealed),
    ),
    Permission.SUPERVISION_OPINION_OPINE: ((oneself,),),
    Permission.SUPERVISION_OPINION_WATCH: ((machine,),),
    Permission.SUPERVISION_OPINION_OFFER: ((oneself,),),
    Permission.SUPERVISION_OPINION_REFER: ((case_manager,),),
    Permission.SUPERVISION_OPINION_ANSWER: (
        (handler, unsealed, not_recused),
        (case_manager, unsealed, about_no_case),
    ),
    Permission.SUPERVISION_ANSWER_CONFIRM: ((oneself,),),
    Permission.SUPERVISION_ANSWER_OBJECT: ((oneself,),),
    Permission.SUPERVISION_OBJECTION_DECIDE: ((chief_procurator, not_own_answer, not_recused),),
    Permission.PERFORMANCE_REPORT_SEND: ((case_manager,),),
    Permission.PARTICIPATION_READ: ((justice_officer,), (case_manager,), (chief_procurator,)),
    Permission.PERIODIC_REPORT_READ: (
        (case_manager,),
        (chief_procurator,),
        (justice_officer_told,),
    ),
    Permission.PERIODIC_REPORT_DRAW_UP: ((case_manager,),),
    Permission.PERIODIC_REPORT_SEND: ((case_manager,),),
    Permission.PERIODIC_REPORT_ACKNOWLEDGE: ((justice_officer_told,),),
    Permission.PERIODIC_REPORT_WATCH: ((machine,),),
    Permission.REPORTING_PRACTICE_SET: ((case_manager,), (chief_procurator,)),
    Permission.PERFORMANCE_REPORT_READ: (
        (case_manager,),
        (chief_procurator, not_recused),
        (department_head, not_recused),
        (handler, not_recused),
        (justice_officer,),
    ),
    Permission.PACKET_READ: (
        (case_manager,),
        (chief_procurator, not_recused),
        (handler, not_recused),
        (packet_reader,),
    ),
    Permission.PACKET_DRAFT_READ: (
        (case_manager,),
        (chief_procurator, not_recused),
        (handler, not_recused),
    ),
    Permission.PACKET_PREPARE: ((handler, not_recused), (case_manager, about_no_case)),
    Permission.PACKET_CHECK: ((case_manager, did_not_prepare),),
    Permission.PACKET_RELEASE: ((case_manager,), (handler, not_recused)),
    Permission.PACKET_WITHDRAW: (
        (case_manager,),
        (chief_procurator, not_recused),
        (handler, not_recused),
    ),
    Permission.PACKET_VIEW: ((packet_reader,),),
    Permission.PACKET_WATCH: ((machine,),),
    Permission.PACKET_LEDGER_READ: (
        (case_manager,),
        (chief_procurator, not_recused),
        (handler, not_recused),
    ),
    Permission.CALENDAR_FEED_OPEN: ((oneself,),),
    Permission.CALENDAR_FEED_REVOKE: ((oneself,),),
    Permission.CHECKPOINT_MAKE: ((machine,), (console,)),
    Permission.CHECKPOINT_READ: ((auditor_anywhere,),),
    Permission.JOURNAL_READ: ((audits_whoever_acted,), (audits_the_installation,)),
}


READING = frozenset(
    {
        Permission.ENROLMENT_READ,
        Permission.PERSON_READ,
        Permission.APPOINTMENT_READ,
        Permission.PEOPLE_IMPORT_READ,
        Permission.DELIVERY_FAULT_READ,
        Permission.CHANNEL_READ,
        Permission.HANDOVER_READ,
        Permission.TASK_READ,
        Permission.ARREST_REQUEST_READ,
        Permission.CASE_READ,
        Permission.LOAD_SHARE_READ,
        Permission.OPINION_READ,
        Permission.DEADLINE_READ,
        Permission.CALENDAR_NOTICE_READ,
        Permission.WARNING_READ,
        Permission.ESCALATION_READ,
        Permission.MONITORING_READ,
        Permission.CONSULTATION_READ,
        Permission.OVERSIGHT_READ,
        Permission.INQUIRY_READ,
        Permission.ZERO_REPORT_READ,
        Permission.TRANSFER_READ,
        Permission.PROPOSAL_READ,
        Permission.POWER_LIST_READ,
        Permission.READING_READ,
        Permission.EMERGENCY_ACCESS_READ,
        Permission.EMERGENCY_PRACTICE_READ,
        Permission.DELEGATION_READ,
        Permission.SUBSTITUTION_READ,
        Permission.CONFERENCE_READ,
        Permission.CONFERENCE_FACTS_READ,
        Permission.CONFERENCE_RECORD_READ,
        Permission.CONFERENCE_SETTING_READ,
        Permission.COMMITTEE_READ,
        Permission.COMMITTEE_MATTER_READ,
        Permission.COMMITTEE_VOTE_READ,
        Permission.INTERROGATION_READ,
        Permission.DISPLACEMENT_READ,
        Permission.PLAN_READ,
        Permission.TRANSCRIPT_FOLLOW,
        Permission.TRANSCRIPT_READ,
        Permission.ENGAGEMENT_READ,
        Permission.SUPERVISOR_READ,
        Permission.SUPERVISOR_DETAILS_READ,
        Permission.SUPERVISION_PLAN_READ,
        Permission.ACTIVITY_READ,
        Permission.ACTIVITY_CASE_READ,
        Permission.INVITATION_READ,
        Permission.PACKET_READ,
        Permission.PACKET_LEDGER_READ,
        Permission.SUPERVISION_OPINION_READ,
        Permission.SUPERVISION_OPINION_WORDS_READ,
        Permission.PERFORMANCE_REPORT_READ,
        Permission.PERIODIC_REPORT_READ,
        Permission.QUALITY_SAMPLING_READ,
        Permission.QUALITY_REVIEW_READ,
        Permission.PERFORMANCE_NOTE_READ,
        Permission.DRAW_READ,
        Permission.PUBLIC_HEARING_READ,
        Permission.CHECKPOINT_READ,
        Permission.JOURNAL_READ,
    }
)
"""Powers that no operation asks for: `visible()` of a slice, tested equal to the clauses, and
what an answer shows of a record only to some of its readers."""


class Matter(StrEnum):
    """What a chief procurator can let others decide, or keeps in person (RULES 4; ORG 29)."""

    ARREST = "arrest"
    PROCEEDINGS = "proceedings"
    STAFFING = "staffing"
    OVERSIGHT = "oversight"
    QUALITY = "quality"
    PEOPLES_SUPERVISION = "peoples_supervision"
    CONSULTATIONS = "consultations"
    SETTINGS = "settings"
    COMMITTEE = "committee"
    DELEGATIONS = "delegations"
    POWER_LIST = "power_list"


MATTERS_ZH: Mapping[Matter, str] = {
    Matter.ARREST: "审查逮捕决定",
    Matter.PROCEEDINGS: "办案事项审批",
    Matter.STAFFING: "承办人指定与回避",
    Matter.OVERSIGHT: "办案监督管理",
    Matter.QUALITY: "案件质量评查",
    Matter.PEOPLES_SUPERVISION: "人民监督与公开听证",
    Matter.CONSULTATIONS: "提前介入",
    Matter.SETTINGS: "本院工作设置",
    Matter.COMMITTEE: "检察委员会事项",
    Matter.DELEGATIONS: "授权与代行顺序",
    Matter.POWER_LIST: "权力清单",
}

MATTERS: Mapping[Matter, frozenset[Permission]] = {
    Matter.ARREST: frozenset({Permission.ARREST_REVIEW_DECIDE}),
    Matter.PROCEEDINGS: frozenset(
        {
            Permission.PROPOSAL_DECIDE,
            Permission.CONFERENCE_CALL,
            Permission.CONFERENCE_CONVENE,
            Permission.CONFERENCE_CLOSE,
        }
    ),
    Matter.STAFFING: frozenset(
        {
            Permission.CASE_DESIGNATE,
            Permission.CASE_RECUSE,
            Permission.CASE_TEAM_FORM,
            Permission.LEAVE_ENTER,
            Permission.LOAD_SHARE_SET,
            Permission.PROCEEDING_NAME_REVIEWER,
            Permission.TASK_ALLOT,
            Permission.FOLLOW_UP_ENTRUST,
        }
    ),
    Matter.OVERSIGHT: frozenset({Permission.CASE_OVERSEE, Permission.EMERGENCY_ACCESS_REVIEW}),
    Matter.QUALITY: frozenset({Permission.QUALITY_REVIEW_RECUSE, Permission.QUALITY_REVIEW_DECIDE}),
    Matter.PEOPLES_SUPERVISION: frozenset(
        {
            Permission.PUBLIC_HEARING_RESULT_CONSENT,
            Permission.SUPERVISION_OBJECTION_DECIDE,
            Permission.PACKET_WITHDRAW,
        }
    ),
    Matter.CONSULTATIONS: frozenset({Permission.CONSULTATION_OFFER}),
    Matter.SETTINGS: frozenset(
        {
            Permission.CONSULTATION_PRACTICE_SET,
            Permission.CONFERENCE_SETTING_SET,
            Permission.INTERROGATION_PRACTICE_SET,
            Permission.SUPERVISION_PRACTICE_SET,
            Permission.QUALITY_PRACTICE_SET,
            Permission.REPORTING_PRACTICE_SET,
            Permission.EMERGENCY_PRACTICE_SET,
        }
    ),
    Matter.COMMITTEE: frozenset(
        {
            Permission.COMMITTEE_REGISTER,
            Permission.COMMITTEE_MATTER_PUT,
            Permission.COMMITTEE_MATTER_DECIDE,
        }
    ),
    Matter.DELEGATIONS: frozenset(
        {Permission.DELEGATION_GIVE, Permission.DELEGATION_END, Permission.SUBSTITUTION_ORDER}
    ),
    Matter.POWER_LIST: frozenset({Permission.POWER_LIST_SET}),
}
"""Every power of a chief procurator that changes something, by the matter it belongs to."""

RESERVED: Mapping[Matter, tuple[str, str]] = {
    Matter.COMMITTEE: ("ORG 32", "《人民检察院组织法》第三十二条"),
    Matter.DELEGATIONS: ("ORG 29", "《人民检察院组织法》第二十九条"),
    Matter.POWER_LIST: ("RULES 4¶3", "《人民检察院刑事诉讼规则》第四条第三款"),
}
"""What stays with the chief in person, and the article: only a deputy presides in the committee,
nobody passes a delegation on, and nobody who acts for a time changes who decides."""

LOOKING = READING | {
    Permission.ASSIGNMENT_READ,
    Permission.JUDGMENT_COMPARE,
    Permission.TRANSCRIPT_PRINT,
    Permission.SUPERVISOR_POOL_READ,
    Permission.SUPERVISION_GROUND_DETECT,
    Permission.QUALITY_REPORT_READ,
    Permission.PARTICIPATION_READ,
    Permission.PACKET_DRAFT_READ,
}
"""What follows from a delegation of any matter: whoever decides reads first."""

POINTING = frozenset(
    {
        Permission.TASK_CLAIM,
        Permission.TASK_RETURN,
        Permission.TASK_DELEGATE,
        Permission.TASK_FOLLOW_UP,
        Permission.TASK_COMPLETE,
        Permission.TASK_CANCEL,
    }
)
"""Who takes on what lies with a post: it decides nothing, and follows from any delegation too."""

OWN = 0
"""The power is the actor's own, and no delegation's."""


def power(actor: Actor, permission: Permission, thing: Any) -> int | None:
    """Through which delegation the law gives the actor this power; `OWN`, or None without it.

    A clause holds for the person as a whole, so that nobody sheds what keeps them away, and for
    the posts held in person or lent for that very matter.
    """
    holding = [clause for clause in POLICY[permission] if _holds(actor, [clause], thing)]
    if not holding:
        return None
    if not actor.lent or _holds(_with(actor, None), holding, thing):
        return OWN
    for lent in sorted(actor.lent, key=lambda lent: lent.delegation_id):
        if _reaches(lent, permission) and _holds(_with(actor, lent), holding, thing):
            return lent.delegation_id
    return None


def allows(actor: Actor, permission: Permission, thing: Any) -> bool:
    """Does the law give the actor this power over this thing?"""
    return power(actor, permission, thing) is not None


def _with(actor: Actor, kept: Lent | None) -> Actor:
    """The actor without the chief's posts that are lent, but for one."""
    lent = {(PostKind.CHIEF_PROCURATOR.value, one.office_id) for one in actor.lent - {kept}}
    return replace(actor, posts=actor.posts - lent)


def _holds(actor: Actor, clauses: Iterable[tuple[Rule, ...]], thing: Any) -> bool:
    return any(all(rule(actor, thing) for rule in clause) for clause in clauses)


def _reaches(lent: Lent, permission: Permission) -> bool:
    return permission in LOOKING | POINTING or any(
        permission in MATTERS[Matter(matter)] for matter in lent.matters
    )


def demands(permission: Permission) -> Callable[[Operation[T, P, R]], Operation[T, P, R]]:
    """Guard an operation with a permission over the thing it acts upon."""

    def bind(operation: Operation[T, P, R]) -> Operation[T, P, R]:
        @wraps(operation)
        def guarded(act: Act, thing: T, /, *args: P.args, **kwargs: P.kwargs) -> R:
            through = power(act.actor, permission, thing)
            if through is None:
                raise NotAllowed(permission=permission)
            act.go_on()
            if through != OWN:
                act.by_delegation.add(through)
            act.authorised.add(permission)
            return operation(act, thing, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the route docs
        return guarded

    return bind
