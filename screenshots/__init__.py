from datetime import UTC, datetime

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)  # a Wednesday: when the pictures are taken
