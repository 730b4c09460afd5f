"""What a study shows of itself: documents, references, and violations of the law on registration and results.

Data sharing and oversight are single fields: rows of table/openness.py alone.
"""
