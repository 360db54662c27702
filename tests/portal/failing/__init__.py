"""An app of jobs that fail as a programmer or a database might let them."""
