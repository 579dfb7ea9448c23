"""Rebook finds the patients a clinic has lost touch with and helps each of them back.

One pure core, one ledger, one set of use cases, thin doors. Imports point one way:
`config > web, api, cli, work, demo > flow > sources, channels, calendars, analytics >
records > accounts > packs > core`; `.importlinter` makes the arrows fail the build.
"""
