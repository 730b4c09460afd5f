"""Which things of two lists belong together: `equal` by a key, `assignment` by likeness, `leftovers` where many are.

Every list is compared the same way: equal things first (`equal.equal_pairs`), by keys from the surest to the least
sure, then the likeliest pairs of the rest. The keys are the part's own (`fields.members.matched` for plain lists;
sites, outcomes and criteria add what only they have: towns, lists that split, neighbours). The rest goes

- to `assignment.best_pairs` where every pair may be looked at,
- to `leftovers.likely_pairs` where a list may be long: only pairs that share words are scored,
- to `leftovers.paired` where the caller chose and scored the pairs.
"""
