"""The table of Dynamo's releases.

releases.toml comes in, a checked `rows.Table` goes out: `kept.table` has it ready, and asks `reader.read` where
the file has changed. `dynamo_api.releases` answers questions about it.
"""
