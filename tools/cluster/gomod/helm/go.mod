module dynamo-docs/helm

go 1.25.0
