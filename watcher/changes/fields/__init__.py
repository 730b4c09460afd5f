"""Comparers for what needs no reading of its own: most rows of the table are built from these.

- `single`: one coded value, flag, short text or plain list; told each for itself or all as one change.
- `members`: lists whose order means nothing, item by item; also the matching that other list comparers start from.
- `circumstances`: what a severity rule asks about single fields that moved.
"""
