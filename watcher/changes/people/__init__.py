"""Sponsors and collaborators (`organisations`: when two names are one), investigators and contacts (`persons`)."""
