from tests.ingest.conftest import rooms  # noqa: F401
