"""The law of who takes part and where: what an arrangement is refused for, with its article."""

from services.arrest_requests.records import Suspect
from services.cases import Case
from services.interrogations.drafts import Arrangement
from services.kernel.act import Act
from services.kernel.refusals import Unprocessable
from services.policy import PostKind

PROCURATORIAL = (
    PostKind.PROSECUTOR,
    PostKind.ASSISTANT,
    PostKind.DEPARTMENT_HEAD,
    PostKind.CHIEF_PROCURATOR,
)
"""检察人员: procurators and their assistants; a clerk is none (RULES 682)."""
FEWEST = 2


class TooFewStaff(Unprocessable):
    """Not fewer than two hold an interrogation, one of them of the procuratorial staff."""

    zh = "讯问应当由检察人员负责，检察人员或者检察人员和书记员不得少于二人。"


def check(  # one line of law after another
    _act: Act, _case: Case, _suspect: Suspect, arrangement: Arrangement
) -> None:
    """Refuse what the law does not allow, before anything is taken."""
    staff = arrangement.staff_ids
    if len(staff) < FEWEST:
        raise TooFewStaff
