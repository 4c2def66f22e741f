"""A procuratorate with a pool, whoever leads it, and who has nothing to do with it."""

from dataclasses import dataclass

import pytest

from services import tasks
from services.kernel.act import Act
from services.offices import Office
from services.people import Person
from services.policy import PostKind
from services.tasks import Due, Task, TaskKind
from tests.make import Make


@dataclass
class Pool:
    """Two clerks with whom tasks lie, their head, and others."""

    make: Make
    office: Office
    first: Person
    second: Person
    head: Person
    chief: Person

    def act(self, person: Person) -> Act:
        """That person, today."""
        return self.make.act(person)

    def task(self, due: Due | None = None, kind: TaskKind = TaskKind.RETURN_RECEIPT) -> Task:
        """A task that lies with the clerks, about something of its own."""
        return tasks.open_for_pool(
            self.act(self.chief),
            kind,
            self.make.office(),
            office_id=self.office.id,
            post=PostKind.CLERK,
            due=due,
        )

    def own(self, person: Person, due: Due | None = None) -> Task:
        """A task of the law that is that person's own."""
        return tasks.open_for_person(
            self.act(self.chief),
            TaskKind.REVIEW_ARREST,
            self.make.office(),
            person_id=person.id,
            due=due,
        )

    def stranger(self, post: PostKind = PostKind.CLERK) -> Person:
        """Somebody in that post elsewhere."""
        return self.make.person(post, self.make.office())


@pytest.fixture
def pool(make: Make) -> Pool:
    office = make.office()
    first, second = (make.person(PostKind.CLERK, office) for _ in range(2))
    head = make.person(PostKind.DEPARTMENT_HEAD, office)
    chief = make.person(PostKind.CHIEF_PROCURATOR, office)
    return Pool(make, office, first, second, head, chief)
