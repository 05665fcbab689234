"""For plugin authors: the contracts as tests, and real servers to run them on."""
