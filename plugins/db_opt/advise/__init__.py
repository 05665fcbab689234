"""The advisor: which indexes the site's own statements miss, and whether each would help.

Structure gives the candidates, the database's planner prices them, and a measurement proves them.
A price alone is not enough: it passes an index that makes the textbook join-and-group list slower.
"""
