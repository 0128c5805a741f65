"""Analyses: steps on the engine, fits in memory, one analysis a file; they meet at tables only."""
