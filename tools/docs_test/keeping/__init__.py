"""Pages that are kept after a failure, and go on in another process after an edit.

A session comes in and a record goes out (`kept`); the record comes in and a session goes out (`reopen`), if
nothing that has run was changed (`edits`).
"""
