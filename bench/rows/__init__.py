"""The benchmarks: every file in here is found and imported."""
