"""The REST interface under `/api/v1` with OpenAPI, and the inbound webhooks.

A webhook hands bytes and headers to `flow` unread. No SQL, no vendors.
"""
