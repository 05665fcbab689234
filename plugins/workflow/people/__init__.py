"""Who works on a post: assignments, approvals, notes on its text, reviewers, notices, presence."""
