"""Briefs: what the Chief Customer Officer has to decide this week, and one page for each stage's people."""
