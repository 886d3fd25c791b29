"""Turns German news into a trustworthy timeline of diplomacy: who met whom, when and where."""
