"""`python -m blog_core` is the command `blog`."""

from blog_core.cli import main

main(prog_name="blog")
