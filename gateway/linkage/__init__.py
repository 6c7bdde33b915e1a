"""Who is who (see README.md)."""

from gateway.linkage.linking import PersonIds, known_person_query, link
from gateway.linkage.report import Crowd, LinkReport, RollLinks
from gateway.linkage.weights import Weights, load_weights

__all__ = [
    "Crowd",
    "LinkReport",
    "PersonIds",
    "RollLinks",
    "Weights",
    "known_person_query",
    "link",
    "load_weights",
]
