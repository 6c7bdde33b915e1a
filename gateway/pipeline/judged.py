"""What officers said of who is who, as linkage reads it."""

from datetime import datetime

from gateway.linkage import Judged, Said, Verdict, judge
from gateway.linkage.judged import is_file
from gateway.pipeline.plan import House
from gateway.store import Judgement


def judged_at(house: House, known_at: datetime) -> Judged[str]:
    """What follows from all judgements that stood at a time."""
    standing = house.store.judgements.standing(known_at)
    rows = (j for j in standing if (j.left.kind, j.right.kind) == ("row", "row"))
    said = (Said(j.left.ref, j.right.ref, Verdict(j.verdict)) for j in rows)
    return judge(said, is_file)


def is_followed(known: Judged[str], word: Judgement) -> bool:
    """Whether a night does what a standing judgement says; not where words contradict one another."""
    found = known.verdict(word.left.ref, word.right.ref)
    return word.verdict.value in (found, Verdict.UNSURE)
