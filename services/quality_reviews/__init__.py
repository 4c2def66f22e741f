"""Quality reviews (案件质量评查) of cases that are closed."""
