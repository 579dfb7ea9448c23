"""One folder per place data comes from: bytes in, facts and rejects out.

Every source streams, keeps a reject with file, line, field and reason instead of stopping, and
never sees the database. A vendor's words stop at the vendor's folder.
"""
