"""Who is who (see README.md)."""

from gateway.linkage.linking import PersonIds, known_person_query, link
from gateway.linkage.report import Crowd, LinkReport, RollLinks

__all__ = ["Crowd", "LinkReport", "PersonIds", "RollLinks", "known_person_query", "link"]
