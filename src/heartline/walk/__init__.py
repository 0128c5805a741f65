"""Become the customer: walks through the company's own sites, step by step, and what they meet on the way."""
