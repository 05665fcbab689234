"""Who somebody is, what they may do, and how they prove it."""

from blog_core.access.access import Access
from blog_core.access.host_users import HostUser, Identity
from blog_core.access.permissions import Permission, Permissions, Reach, Subject

__all__ = ["Access", "HostUser", "Identity", "Permission", "Permissions", "Reach", "Subject"]
