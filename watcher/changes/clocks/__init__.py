"""What becomes true because days pass. Read `timetable` (when which clock stands), then `ringing` (what is told of it).

`results_due` is the rule by which results appear due.
"""
