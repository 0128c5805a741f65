"""Events and rows over HTTP: a door that acknowledges only what is on disk, an inbox, and the way into the facts.

    receiver → inbox (one writer, many arrivals a commit) → compactor → facts

docs/decisions/live-ingest.md says why it is built so.
"""
