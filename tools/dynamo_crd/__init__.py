"""The custom resources of Dynamo: schema sources, and CRDs compiled from them."""
