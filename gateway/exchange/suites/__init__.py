"""The three ways to seal and open. Each knows a format and nothing of sources, replay or receipts."""
