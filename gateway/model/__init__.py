"""The words of the house (see README.md)."""
