"""Django's PostgreSQL backend, with the embedded server started where it is the one in use."""
