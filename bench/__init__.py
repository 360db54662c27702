"""Measurements, run by `make bench` and `make bench-large`; nothing of the program imports them.

Two cores give other numbers every minute, so what counts are ratios within one run and the CPU
time of a request.
"""
