"""Arm groups and interventions."""
