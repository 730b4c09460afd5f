"""The page at scale: a database of 100,000 studies, served by a process of its own, and how long its answers take."""
