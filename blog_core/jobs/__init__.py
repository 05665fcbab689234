"""Work for later: kept in the table `job`, run once by whoever holds the lease."""

from blog_core.jobs.mail import enqueue_mail
from blog_core.jobs.running import JobFunction, Jobs

__all__ = ["JobFunction", "Jobs", "enqueue_mail"]
