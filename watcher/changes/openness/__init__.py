"""Data sharing, oversight, documents and references."""
