"""Child-welfare data-interchange and reconciliation gateway (童护数据网关)."""

__version__ = "0.1.0"
