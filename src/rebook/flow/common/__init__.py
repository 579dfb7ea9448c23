"""What several stages need and none owns. Imports no stage."""
