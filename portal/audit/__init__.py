"""The auditor's pages: who was shown a patient, and who changed what. They join all rooms; what is
recorded, and how, is in `foundation.access` and `foundation.history`.
"""
