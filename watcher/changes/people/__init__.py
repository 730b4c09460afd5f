"""Sponsors, collaborators, investigators and contacts."""
