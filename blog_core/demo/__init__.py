"""The sample blog that `blog demo` shows: its posts, pictures and readers' comments."""
