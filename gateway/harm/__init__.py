"""Signs of harm (see README.md)."""

from gateway.harm.paging import Page, Pager, PageSettings, page_due
from gateway.harm.signs import RawSign, Sign, find_signs
from gateway.harm.steps import STEPS, HarmStep, next_steps

__all__ = [
    "STEPS",
    "HarmStep",
    "Page",
    "PageSettings",
    "Pager",
    "RawSign",
    "Sign",
    "find_signs",
    "next_steps",
    "page_due",
]
