"""One customer out of many identifiers: stable ids, every merge with its reason, every merge reversible.

Facts keep the ids that sources gave. What is made here is a map over them, so that taking a merge back costs nothing.
"""
