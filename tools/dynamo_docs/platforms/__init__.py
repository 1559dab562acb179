"""Where Dynamo's pages run: platforms that the engine of `docs_test` opens."""
