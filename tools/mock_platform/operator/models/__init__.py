"""One DynamoModel: the endpoints that serve it, and its adapter on each of them.

`endpoints` finds them, `adapters` asks them to load and unload, `status` says what came of it; `reconciler` joins
them. `service` is the Service by which the Pods of a base model are found.
"""
