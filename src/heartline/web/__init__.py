"""The desk: pages, charts and explanations, served on this computer only."""
