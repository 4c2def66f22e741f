"""The schema's history, written by Alembic and reviewed as SQL."""
