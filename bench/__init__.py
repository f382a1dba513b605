"""Ratios against simple floors. `make bench`, or `python -m bench [NAME ...] [--quick]`; see README.md."""
