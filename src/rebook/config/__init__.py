"""Settings, root urls and the entry points of the web server.

One settings file whose values come from typed environment readers (`env`), and the PostgreSQL that
Rebook starts by itself when no other is named (`embedded`).
"""
