"""Words, numbers and units of registry texts: how they are read, how they are compared, how they are shown.

What is compared is never what is shown. The forms in which texts are compared, and where:

- `record.tidy`: one line, straight quotes; case and punctuation stay. Reasons for stopping, ages, time frames.
- `spoken`: as read aloud, with signs and decimals; `tokens` are its words. Criteria, arms, interventions, figures.
- `normal`: letters and digits alone, signs spelt out ("HER2 positive"). Titles, names, codes, citations.
- `record.folded`: letters and digits alone. Where a sign cannot matter: likeness of long texts, values of results.

Two parts of the record have a form of their own: facilities (`sites.plain`: elisions, umlauts, initials) and outcomes
(`outcomes.wording`: stems, with which its weights were fitted on rated pairs). On `spoken` stands that of criteria
(`eligibility.wording.stressed`: without words that carry no meaning there).

Read `units` and `spoken` first; on them stand `figures` (numbers that moved, doses), `likeness` (how alike, and typing
slips), `excerpts` (the part that differs). `encoding` repairs misread UTF-8; `words` is what readers see.
"""
