"""Who may do what: the whole house's law on one page.

A permission holds when every rule of at least one of its clauses is true.
State is not law: whether a case can *still* be accepted is for its flow to
say, so a 403 means "never you" and a 409 means "not now".
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from services.kernel.act import Act, Actor
from services.kernel.refusals import NotAllowed

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")
Operation = Callable[Concatenate[Act, T, P], R]
Rule = Callable[[Actor, Any], bool]


class PostKind(StrEnum):
    """The posts (岗位) a person can hold in an office."""

    POLICE_OFFICER = "police_officer"
    CASE_MANAGER = "case_manager"
    PROSECUTOR = "prosecutor"
    DEPARTMENT_HEAD = "department_head"
    CHIEF_PROCURATOR = "chief_procurator"
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


MACHINE = Actor(0, frozenset({("machine", 0)}))
"""The house itself, acting in the background."""


class Permission(StrEnum):
    """Every power the house knows, as `thing:verb`."""

    SESSION_OPEN = "session:open"
    SESSION_END = "session:end"
    PERSON_ENROL = "person:enrol"
    POST_GIVE = "post:give"
    ACCOUNT_SECURE = "account:secure"
    OFFICE_ENTER = "office:enter"
    DEVICE_REGISTER = "device:register"
    DEVICE_FORGET = "device:forget"
    DEVICE_RETIRE = "device:retire"
    DELIVERY_READ = "delivery:read"
    DELIVERY_DISPATCH = "delivery:dispatch"
    DELIVERY_SEND = "delivery:send"
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
    ASSIGNMENT_READ = "assignment:read"
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


def officer_of_the_organ(actor: Actor, thing: Any) -> bool:
    """Is the actor a police officer of the organ that sends the case in? (CPL 87, RULES 286)"""
    return actor.holds(PostKind.POLICE_OFFICER, thing.police_office_id)


def officer_of_any_organ(actor: Actor, _thing: Any) -> bool:
    """Is the actor a police officer at all? What they upload is theirs until it is sent in."""
    return bool(actor.offices_as(PostKind.POLICE_OFFICER))


def case_manager(actor: Actor, thing: Any) -> bool:
    """Does the actor run case management (案管), the single entrance and exit? (RULES 156)"""
    return actor.holds(PostKind.CASE_MANAGER, thing.procuratorate_id)


def handler(actor: Actor, thing: Any) -> bool:
    """Is the actor the prosecutor (承办检察官) who handles the case? (RULES 5, 8)"""
    return thing.handler_id == actor.id and actor.holds(PostKind.PROSECUTOR, thing.procuratorate_id)


def chief_procurator(actor: Actor, thing: Any) -> bool:
    """Is the actor the chief procurator (检察长) of that procuratorate? (CPL 89, RULES 4)"""
    return actor.holds(PostKind.CHIEF_PROCURATOR, thing.procuratorate_id)


def execution_supervisor(actor: Actor, thing: Any) -> bool:
    """Does the actor supervise the execution of custody in that procuratorate? (RULES 613)"""
    return actor.holds(PostKind.EXECUTION_SUPERVISOR, thing.procuratorate_id)


def custody_period(_actor: Actor, thing: Any) -> bool:
    """Does it limit how long a person is held, or bind another organ while one is? (RULES 613)"""
    elsewhere = thing.binds in {"police", "court", "detention_centre"}
    return bool(thing.is_custody or (thing.held and elsewhere))


def watcher(actor: Actor, thing: Any) -> bool:
    """Is the actor of the department to which a monitoring entry goes? (RULES 613, 664)"""
    return actor.holds(thing.route, thing.procuratorate_id)


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


POLICY: Mapping[Permission, tuple[tuple[Rule, ...], ...]] = {
    Permission.SESSION_OPEN: ((anyone,),),
    Permission.SESSION_END: ((oneself,),),
    Permission.PERSON_ENROL: ((console,),),
    Permission.POST_GIVE: ((console,),),
    Permission.ACCOUNT_SECURE: ((console,),),
    Permission.OFFICE_ENTER: ((console,),),
    Permission.DEVICE_REGISTER: ((oneself,),),
    Permission.DEVICE_FORGET: ((oneself,),),
    Permission.DEVICE_RETIRE: ((machine,),),
    Permission.DELIVERY_READ: ((oneself,),),
    Permission.DELIVERY_DISPATCH: ((machine,),),
    Permission.DELIVERY_SEND: ((machine,),),
    Permission.ATTACHMENT_UPLOAD: ((officer_of_any_organ,),),
    Permission.ATTACHMENT_FORGET: ((machine,),),
    Permission.ARREST_REQUEST_READ: (
        (officer_of_the_organ,),
        (case_manager,),
        (chief_procurator,),
        (department_head,),
        (handler,),
    ),
    Permission.ARREST_REQUEST_SUBMIT: ((officer_of_the_organ,),),
    Permission.ARREST_REQUEST_CORRECT: ((officer_of_the_organ,),),
    Permission.ARREST_REQUEST_REQUEST_SUPPLEMENT: ((case_manager,),),
    Permission.ARREST_REQUEST_DOUBT_JURISDICTION: ((case_manager,),),
    Permission.ARREST_REQUEST_ACCEPT: ((case_manager,),),
    Permission.ROTATION_OPEN: ((console,), (machine,)),
    Permission.CASE_READ: (
        (officer_of_the_organ,),
        (case_manager,),
        (chief_procurator,),
        (department_head,),
        (handler,),
    ),
    Permission.CASE_ASSIGN: ((case_manager,),),
    Permission.CASE_DESIGNATE: ((case_manager,), (chief_procurator,)),
    Permission.CASE_RECUSE: ((chief_procurator,),),
    Permission.ASSIGNMENT_READ: ((case_manager,), (chief_procurator,), (handler,)),
    Permission.ARREST_REVIEW_OPINE: ((handler,),),
    Permission.ARREST_REVIEW_DECIDE: ((chief_procurator,),),
    Permission.ARREST_REVIEW_RECEIPT: ((officer_of_the_organ,),),
    Permission.OPINION_READ: ((handler,), (chief_procurator,), (case_manager,)),
    Permission.DEADLINE_COMPUTE: ((somebody,),),
    Permission.DEADLINE_READ: (
        (officer_of_the_organ,),
        (case_manager,),
        (chief_procurator,),
        (department_head,),
        (handler,),
        (execution_supervisor, custody_period),
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
}


READING = frozenset(
    {
        Permission.ARREST_REQUEST_READ,
        Permission.CASE_READ,
        Permission.OPINION_READ,
        Permission.DEADLINE_READ,
        Permission.CALENDAR_NOTICE_READ,
        Permission.WARNING_READ,
        Permission.MONITORING_READ,
    }
)
"""Powers that no operation asks for: `visible()` of a slice, tested equal to the clauses, and
what an answer shows of a record only to some of its readers."""


def allows(actor: Actor, permission: Permission, thing: Any) -> bool:
    """Does the law give the actor this power over this thing?"""
    return any(all(rule(actor, thing) for rule in clause) for clause in POLICY[permission])


def demands(permission: Permission) -> Callable[[Operation[T, P, R]], Operation[T, P, R]]:
    """Guard an operation with a permission over the thing it acts upon."""

    def bind(operation: Operation[T, P, R]) -> Operation[T, P, R]:
        @wraps(operation)
        def guarded(act: Act, thing: T, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if not allows(act.actor, permission, thing):
                raise NotAllowed(permission=permission)
            act.authorised.add(permission)
            return operation(act, thing, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the route docs
        return guarded

    return bind
