"""Webhook endpoints, and the log of what was posted to them."""
