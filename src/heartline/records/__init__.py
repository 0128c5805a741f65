"""The relational store: manifest of facts, reports of loads and runs, quarantine, people's decisions."""
