"""What officers hear about a table of people and posts."""

from notifications.audiences import person, pool
from notifications.messages import Message, Urgency, Words, on
from services.people_imports import (
    PeopleImport,
    PeopleImportConfirmed,
    PeopleImportProposed,
    PeopleImportRefused,
)
from services.policy import PostKind


def _sample() -> PeopleImport:
    return PeopleImport(id=6, office_id=1, proposed_by=2)


@on(
    PeopleImportProposed,
    about=PeopleImport,
    to=pool(PostKind.SECURITY_OFFICER, of="office_id"),
    urgency=Urgency.TASK,
    sample=lambda: (PeopleImportProposed(6, 1, 2, 3), _sample()),
)
def people_import_proposed(event: PeopleImportProposed, found: PeopleImport) -> Message:
    """Tell the security officer that a table of posts waits to be confirmed."""
    return Message(
        "导入的任职待确认",
        f"系统管理员导入{event.people}名人员、{event.posts}项任职，请核对后确认。",
        f"/people-imports/{found.id}",
        en=Words(
            "Imported posts wait to be confirmed",
            f"The administrator imported {event.people} people with {event.posts} posts. "
            "Please check and confirm.",
        ),
    )


@on(
    PeopleImportConfirmed,
    about=PeopleImport,
    to=person("proposed_by"),
    sample=lambda: (PeopleImportConfirmed(6, 1), _sample()),
)
def people_import_confirmed(_event: PeopleImportConfirmed, found: PeopleImport) -> Message:
    """Tell who put the table forward that its posts are held."""
    return Message(
        "导入的任职已确认",
        "导入的任职已整批确认。",
        f"/people-imports/{found.id}",
        en=Words("Imported posts are confirmed", "All imported posts were confirmed together."),
    )


@on(
    PeopleImportRefused,
    about=PeopleImport,
    to=person("proposed_by"),
    urgency=Urgency.TASK,
    sample=lambda: (PeopleImportRefused(6, 1), _sample()),
)
def people_import_refused(_event: PeopleImportRefused, found: PeopleImport) -> Message:
    """Tell who put the table forward that it was refused, and where the reason stands."""
    return Message(
        "导入的任职未获确认",
        "安全保密员未确认该批任职，请查看理由。",
        f"/people-imports/{found.id}",
        en=Words(
            "Imported posts were not confirmed",
            "The security officer did not confirm them. See the reason.",
        ),
    )
