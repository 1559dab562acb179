"""The HTTPS server that the API server asks before it stores an object of Dynamo's.

An admission or conversion review comes in, its answer goes out: `server` -> `admission` (Dynamo's own rules) or
`dynamo_api.conversion`. `certificates` and `serving` keep its certificate trusted.
"""
