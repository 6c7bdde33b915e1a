"""Who is who (see README.md)."""

from gateway.linkage.judgements import Judged, Said, Verdict, judge
from gateway.linkage.linking import PersonIds, known_person_query, link
from gateway.linkage.report import Crowd, LinkReport, RollLinks
from gateway.linkage.weights import Weights, load_weights

__all__ = [
    "Crowd",
    "Judged",
    "LinkReport",
    "PersonIds",
    "RollLinks",
    "Said",
    "Verdict",
    "Weights",
    "judge",
    "known_person_query",
    "link",
    "load_weights",
]
