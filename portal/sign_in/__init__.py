"""Signing in, and what people see and change about their own account. allauth does the signing in;
here is what it says, and the rules that are ours. Who may do what is in `organisations`.
"""
