"""Arrays in, arrays out: estimators that know no table, no engine and no customer."""
