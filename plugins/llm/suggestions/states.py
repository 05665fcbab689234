"""The states of suggestions and of their pieces."""

RUNNING, READY, FAILED, STOPPED, DECIDED = "running", "ready", "failed", "stopped", "decided"
"""Of a suggestion."""

OPEN, ACCEPTED, REFUSED = "open", "accepted", "refused"
"""Of a piece."""
