"""Arm groups and interventions. Read `interventions` first: arms are told apart by what is given in them, too.

"A dose changed" is decided in `groups._Telling._texts`; what a dose is, in `language.figures.doses`.
"""
