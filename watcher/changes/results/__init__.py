"""Results: their way through submission and quality control, their posting, and the numbers in them.

`tracking` is what happens before results are public, `posting` what happens from then on.
"""

from watcher.changes.results.posting import RESULTS_DATES, Posting
from watcher.changes.results.tracking import TRACKED, Tracking

__all__ = ["RESULTS_DATES", "TRACKED", "Posting", "Tracking"]
