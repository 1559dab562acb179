"""What the objects mean: how far, what blocks, what to do.

A snapshot of the cluster comes in; `chain` joins it into items, `progress` and the room `blocking` judge them, and
`view` is the whole of one look.
"""
