"""Names that several files of this room use."""

JOB = "blog.webhook"
