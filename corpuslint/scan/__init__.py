"""The scan: facts about a whole batch of texts as arrays, computed in one go.

Nothing here knows a rule.
"""
