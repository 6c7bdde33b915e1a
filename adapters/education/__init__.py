"""The education bureau (see README.md)."""

from adapters.education.adapter import EducationAdapter, Settings

__all__ = ["EducationAdapter", "Settings"]
