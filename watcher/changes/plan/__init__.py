"""The plan in dates and numbers."""
