"""Hostile input for everything that reads what others wrote: records, answers, configurations, templates, requests.

A target is a function that takes a source of chance, makes one input of it, has the project read it, and says whether
it was accepted. What it may raise is `Silent`: something was taken that should have been refused or told. Any other
exception is a crash. The same targets are run by `make fuzz` (seeded, by the hundred thousand), by the tests
(Hypothesis, which shrinks what it finds) and by `make fuzz-guided` (atheris, which follows the branches).
"""
