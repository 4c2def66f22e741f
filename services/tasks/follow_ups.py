"""Follow-ups (跟进事项): what somebody is to look after by a day, asked for by hand.

No step of the law stands behind one, so its holder completes it. One asks it of oneself, or of
whoever one leads. Its words are for whoever has it and whoever asked for it, and for nobody else.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from services import people
from services.kernel.act import Act, Identified, record_of
from services.kernel.refusals import NotFound, Unprocessable
from services.people import Post
from services.policy import LEADERS_OF, Permission, PostKind, demands
from services.tasks.events import FollowUpGiven
from services.tasks.moves import noted
from services.tasks.records import FollowUp, Task, TaskKind, TaskStep
from services.tasks.steps import for_person


@dataclass(frozen=True, slots=True)
class Assignee:
    """For whom a follow-up is, with the post by which the actor leads them."""

    person_id: int
    post: PostKind | None = None
    office_id: int | None = None
    lead_ids: frozenset[int] = frozenset()
    """Who leads a team with that person in it."""


@dataclass(frozen=True, slots=True)
class _Until:
    due_on: date | None
    outer_on: date | None = None


class FollowUpDayGone(Unprocessable):
    """A follow-up is for today or a later day."""

    zh = "跟进事项的日期应当自今日起。"


def assignee(act: Act, person_id: int, lead_ids: Collection[int] = ()) -> Assignee:
    """Oneself, or somebody of an office of the actor's, in a post that the actor leads if any.

    Refuses:
        NotFound: that person holds no post today in an office of the actor's.
    """
    if person_id == act.actor.id:
        return Assignee(person_id)
    held = people.posts_on(act.today).where(
        Post.person_id == person_id, Post.office_id.in_(act.actor.offices)
    )
    posts = list(act.session.scalars(held.order_by(Post.id)))
    if not posts:
        raise NotFound
    chosen = max(posts, key=lambda one: _is_led(act, one))
    return Assignee(person_id, chosen.kind, chosen.office_id, frozenset(lead_ids))


def _is_led(act: Act, post: Post) -> bool:
    return any(act.actor.holds(one, post.office_id) for one in LEADERS_OF.get(post.kind, ()))


@demands(Permission.FOLLOW_UP_ENTRUST)
def entrust(
    act: Act, to: Assignee, *, words: str, due_on: date, about: Identified | None = None
) -> Task:
    """Ask oneself, or whoever one leads, to look after something by a day.

    Refuses:
        NotAllowed: only for oneself, or for somebody of a post or a team one leads.
        FollowUpDayGone: the day is past.

    Records:
        FollowUpGiven.
    """
    if due_on < act.today:
        raise FollowUpDayGone
    asked = FollowUp(
        words=words,
        about_kind=about and record_of(about),
        about_id=about and about.id,
        made_at=act.now,
    )
    act.session.add(asked)
    act.session.flush()
    task = for_person(
        act, TaskKind.FOLLOW_UP, asked, person_id=to.person_id, due=_Until(due_on, due_on)
    )
    task.made_by = act.actor.id
    act.session.add(task)
    move = noted(act, task, TaskStep.MAKE, to_id=to.person_id)
    act.record(FollowUpGiven(move.id, task.id, to.person_id))
    return task
