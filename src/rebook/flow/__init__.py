"""The use cases, one module per stage.

The only room that opens transactions or calls an adapter. Stages never import each other: they
meet in the records. Knows no HTTP and no HTML.
"""
