"""What is generated from commands, events and routes: documents for programs and for people.

`openapi` and `asyncapi` describe the two doors, `document` writes the protocol's Markdown page.
Pure, and made from the code alone: of a running server nothing is in them but its address.
"""
