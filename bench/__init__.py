"""Measures the blog beside what it is compared with: `python3 dev.py bench [NAME ...]`.

A benchmark is a function in a file of `bench/rows/`, declared with `@benchmark`. It sets both sides
up and yields a `Comparison`; `runner` measures the sides in turns, `table` shows the medians.
"""
