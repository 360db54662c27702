"""The pages of those who connect programs to us: API clients, keys, and the log of calls."""
