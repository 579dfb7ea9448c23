"""Staff pages and patient pages: urls, views, forms, templates and static files.

A view turns a request into one call of `flow` and the answer into a page. No SQL, no vendors.
"""
