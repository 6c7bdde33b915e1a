"""The medical insurance bureau (see README.md)."""

from adapters.medical_insurance.adapter import MedicalInsuranceAdapter, Settings

__all__ = ["MedicalInsuranceAdapter", "Settings"]
