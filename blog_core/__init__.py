"""A blog for Flask: a thin core, and plugins that can be swapped or switched off."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from blog_core.extension import Blog, create_app

__version__ = "0.1.0"
__all__ = ["Blog", "__version__", "create_app"]


def __getattr__(name: str) -> Any:
    """Load the extension when it is first asked for: plugins and text functions need no Flask."""
    if name in ("Blog", "create_app"):
        from blog_core import extension

        return getattr(extension, name)
    raise AttributeError(f"module 'blog_core' has no attribute {name!r}")
