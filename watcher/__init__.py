"""Watches ClinicalTrials.gov records and tells people what changed, in the words of the trade, once, reliably."""

__version__ = "0.4.0"
