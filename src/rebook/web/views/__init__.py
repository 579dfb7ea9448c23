"""Staff views, one module per page."""
