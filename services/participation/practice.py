"""How often a procuratorate reports to the organ: PSUP-2019 28 only says periodically.

An office that has said nothing reports each half year.
"""

from sqlalchemy.orm import Session

from services.kernel.act import Act
from services.kernel.refusals import NotFound, Stale
from services.participation.events import ReportingPracticeSet
from services.participation.periods import ReportingPeriod
from services.participation.records import ONE_FOR_AN_OFFICE, ReportingPractice
from services.participation.scopes import COUNTERS
from services.policy import Permission, demands

DEFAULT = ReportingPeriod.HALF_YEAR


def of_office(session: Session, procuratorate_id: int) -> ReportingPractice:
    """What that procuratorate has said, or what holds until it does."""
    return session.get(ReportingPractice, procuratorate_id) or ReportingPractice(
        procuratorate_id=procuratorate_id, every=DEFAULT, version=0
    )


def find(act: Act, procuratorate_id: int | None = None) -> ReportingPractice:
    """The practice of the actor's procuratorate, or of the one named if the actor has several.

    Refuses:
        NotFound: the actor holds no post there that may read it.
    """
    own = sorted(act.actor.offices_as(*COUNTERS))
    wanted = procuratorate_id if procuratorate_id is not None else next(iter(own), None)
    if wanted is None or wanted not in own:
        raise NotFound
    return of_office(act.session, wanted)


@demands(Permission.REPORTING_PRACTICE_SET)
def change(act: Act, practice: ReportingPractice, *, every: ReportingPeriod) -> ReportingPractice:
    """Say how often this procuratorate reports; what was begun before stays as it is.

    Refuses:
        NotAllowed: only case management and the chief of that procuratorate.
        Stale: somebody else said something at the same moment.

    Records:
        ReportingPracticeSet.
    """
    practice.every, practice.set_at, practice.set_by = every, act.now, act.actor.id
    with act.unless(ONE_FOR_AN_OFFICE, Stale()):
        act.session.add(practice)
    act.record(ReportingPracticeSet(practice.procuratorate_id, every.value))
    return practice
