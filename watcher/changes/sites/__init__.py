"""Sites and countries: what the rows of `locations[]` are called, which row is which, and what happened to them.

The registry gives sites no identifier, so most of this is matching. Read `matching` first (the stages), then `site` (a
row as it is compared), `judging` and `likeness` (whether two leftover rows are one site), `telling` (what is said).
Beneath them: `plain` (text in normal form), `labels` (codes and stand-ins in a facility's label), `vocabulary`,
`cities`, `countries`; `neighbours` (which rows are worth comparing). Beside them: `moves` (verbs of a status),
`nations` (countries that a study comes to or leaves), `identity` (identifiers that survive renames).
"""
