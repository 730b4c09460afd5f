"""A tour of the page: a real browser goes everywhere, as every reader might, and does whatever can be done there.

`python -m tests.tour` (`make tour`) goes over the demo, over a daemon in trouble, and over a real month. A page that no
link leads to is not found, and what is found by its role and its name can be found by whoever does not see it.
"""
