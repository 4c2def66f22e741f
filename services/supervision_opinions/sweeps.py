"""What happens when a time has come: opinions are opened, silence is recorded, activities close."""

from services.activities import ActivityState
from services.kernel.act import Act
from services.supervision_opinions import answers, closing, opinions
from services.supervision_opinions.records import SupervisionOpinion


def sweep(act: Act, batch: int) -> int:
    """Ask for opinions, open what is due, record silence, close what is done; how much was done.

    Any number of workers may do it at once and as often as they like: each thing is done once.

    Refuses:
        NotAllowed: only the house's own machine.
    """
    done = sum(opinions.ask(act, one) for one in opinions.to_ask(act, batch))
    done += len(unseal_due(act, batch))
    for opinion in answers.lapsing(act, batch):
        if closing.alone(act, opinion.activity_id):
            answers.lapse(act, opinion)
            done += 1
    closed = [closing.close(act, activity) for activity in closing.to_settle(act, batch)]
    return done + sum(activity.state is ActivityState.CLOSED for activity in closed)


def unseal_due(act: Act, batch: int) -> list[SupervisionOpinion]:
    """Open the opinions of every activity in which nobody is awaited or the time is over.

    Refuses:
        NotAllowed: only the house's own machine.
    """
    return [
        opinion
        for activity in opinions.ready(act, batch)
        if closing.alone(act, activity.id)
        for opinion in opinions.unseal(act, activity)
    ]
