"""Snapshots and everything that is computed over the whole population.

The frozen columnar copy of the records, the population engine (Ibis expressions on DuckDB, the
same ones on Spark or a warehouse when outgrown), KPI queries, charts, and disclosure control at
the door. Never touches the live database's models.
"""
