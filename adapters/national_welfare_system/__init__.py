"""The national welfare system (see README.md)."""

from adapters.national_welfare_system.adapter import NationalWelfareAdapter, Settings

__all__ = ["NationalWelfareAdapter", "Settings"]
