"""The contract: `python -m openapi [--check]` writes openapi.yaml or says that it is stale."""
