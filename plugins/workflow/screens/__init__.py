"""The workflow in the admin: board, stage pages, my work, calendar, reading and history."""
