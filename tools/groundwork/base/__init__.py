"""Small things that everybody needs: errors for people, folders of this project, safe texts, how programs end.

Values go in and values come out; nothing here starts a process or keeps state.
"""
