"""An interrogation on its day: prepared, everybody there, running."""

from services.interrogations import Interrogation, checklist, readiness, sitting
from services.interrogations.checklist import ReadinessKind
from services.interrogations.sitting import IdentityCheck
from services.kernel.act import Act
from tests.make import Make, Scene


def prepared(make: Make, scene: Scene, **given: object) -> tuple[Act, Interrogation]:
    """Booked, with its certificate; and the handler at the booked start."""
    booked = make.interrogation(scene.town, scene.case, scene.soon, **given)
    certificate = checklist.one(make.session, booked, ReadinessKind.CERTIFICATE)
    assert certificate is not None
    readiness.tick(make.act(scene.town.prosecutor), certificate)
    return make.act(scene.town.prosecutor, scene.soon), booked


def seated(act: Act, booked: Interrogation) -> None:
    """Everybody is checked in, and the suspect identified."""
    for seat in booked.attendances:
        sitting.check_in(act, booked, seat)
    sitting.check_identity(act, booked, how=IdentityCheck.CENTRE_FILE)


def running(make: Make, scene: Scene, **given: object) -> tuple[Act, Interrogation]:
    """Begun, with everybody there and everything told."""
    act, booked = prepared(make, scene, **given)
    seated(act, booked)
    sitting.state_rights(act, booked)
    sitting.state_recording(act, booked)
    sitting.start(act, booked)
    return act, booked
