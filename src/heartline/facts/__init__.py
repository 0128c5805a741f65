"""Facts on disk: Parquet segments in 64 customer buckets, made live by one transaction."""
