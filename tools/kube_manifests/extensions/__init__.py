"""What extends an API server: CustomResourceDefinitions with their schemas, and webhooks.

An object comes in, and what a server refuses of it beyond its schema goes out.
"""
