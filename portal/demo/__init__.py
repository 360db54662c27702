"""The demo's data: two clinics, the operator, people of each role, orders at every point of life.

All of it is plainly made up, and orders come to be by the same commands as everywhere else.
"""
