"""Feeds and calendars: what readers and calendars ask for by themselves, again and again."""
