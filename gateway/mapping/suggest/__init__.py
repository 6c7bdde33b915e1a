"""A mapping proposed for a file that nobody has mapped yet."""

from gateway.mapping.suggest.propose import Proposal, propose
from gateway.mapping.suggest.sample import Sample, read_sample
from gateway.mapping.suggest.text import mapping_text

__all__ = ["Proposal", "Sample", "mapping_text", "propose", "read_sample"]
