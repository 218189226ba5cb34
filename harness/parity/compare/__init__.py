"""Compare documents along their schemas: exactly between configurations, within tolerance against goldens."""
