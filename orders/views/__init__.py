"""The staff pages about orders. Each checks at its door who comes; what a page changes, a command
changes.
"""
