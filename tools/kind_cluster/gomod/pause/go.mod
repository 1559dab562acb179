module dynamo-docs/pause

go 1.25.0
