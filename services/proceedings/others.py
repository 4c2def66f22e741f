"""Who is another prosecutor in the sense of the law: nobody of the handler's own case team."""

from sqlalchemy import column, or_, select, table
from sqlalchemy.dialects.postgresql import DATE

from services.proceedings.table import Taking

_MEMBERS = table(
    "case_team_members",
    column("team_id"),
    column("person_id"),
    column("from_on", DATE),
    column("until_on", DATE),
)
"""Members of case teams, by their table's name: that tier knows this one, not the reverse."""


def teammates(taking: Taking) -> set[int]:
    """Whoever is in a case team with the handler today, the handler among them (RULES 5)."""
    act, handler_id = taking.act, taking.subject.handler_id
    mine, theirs = _MEMBERS.alias("mine"), _MEMBERS.alias("theirs")
    today = [
        condition
        for one in (mine, theirs)
        for condition in (
            one.c.from_on <= act.today,
            or_(one.c.until_on.is_(None), one.c.until_on >= act.today),
        )
    ]
    chosen = (
        select(theirs.c.person_id)
        .join(mine, mine.c.team_id == theirs.c.team_id)
        .where(mine.c.person_id == handler_id, *today)
    )
    return {handler_id, *act.session.scalars(chosen)}
