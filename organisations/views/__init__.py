"""The staff pages about an account's own people and programs."""
