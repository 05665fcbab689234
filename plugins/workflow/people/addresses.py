"""Full addresses of our pages, for mail: they work where no request is, too."""

from flask import has_request_context, request

from blog_core.api import Site


def page_address(site: Site, path: str) -> str:
    """The address of a page of the admin, `path` below its prefix."""
    return public_address(site, f"{site.settings.core.admin_prefix}{path}")


def public_address(site: Site, path: str) -> str:
    """The address of a page of the blog. Without `site_url` the host of the request is taken; where
    there is none, it is the path alone."""
    core = site.settings.core
    if core.site_url:
        return f"{core.site_url.rstrip('/')}{path}"
    if has_request_context():
        return f"{request.host_url.rstrip('/')}{request.script_root}{site.url_prefix}{path}"
    return f"{site.url_prefix}{path}"
