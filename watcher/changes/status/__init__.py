"""Overall recruitment status, expanded access, and the reason for stopping.

Read `moves` first: the table of transitions. `expanded_access` is the link from a study to its expanded access record;
`why_stopped` is the sponsor's reason, which `reasons` tags.
"""
