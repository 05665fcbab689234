"""Posts, comments, tags, media and accounts: what can be done with them, and how they are read.

Everything that writes is a plain function that takes the session of `site.transaction()` first.
"""
