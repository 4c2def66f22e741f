"""Whatever a task is about has something to tell it from another in a list."""

import re

from api.tasks import _ABOUT, _ID
from checks import texts
from services.kernel.act import Record

OPENED = re.compile(
    r"tasks\.(?:open_for_person|open_for_pool|for_person|for_pool)\(\s*act,\s*[\w.]+,\s*(\w+)"
)


def test_every_kind_of_record_that_tasks_are_about_can_be_listed() -> None:
    tables = set(Record.metadata.tables)

    assert set(_ABOUT) == set(_ID)
    assert set(_ABOUT) <= tables
    # What a slice opens tasks about is named after its table's singular.
    named = {
        found
        for name, text in texts()
        if name.startswith("services/") and name.endswith(".py")
        for found in OPENED.findall(text)
    }
    about = {f"{one}s" for one in named} & tables
    assert len(about) > 5
    assert about <= set(_ABOUT)
