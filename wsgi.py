"""The blog for any WSGI server: `wsgi:app`."""

from blog_core import create_app

app = create_app()
