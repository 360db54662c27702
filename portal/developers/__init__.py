"""The pages of those who connect programs to us: API clients, keys and webhook endpoints, and the
logs of calls and of deliveries.
"""
