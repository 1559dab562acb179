"""The identifiers of Dynamo that this project goes by: kinds, names, phases, conditions, reasons.

Nothing comes in, constants and small functions go out, by subject. They are facts of the API and of the operator
observed at 1.5.0-dev, so each stands here once and nowhere else in tools/.
"""
