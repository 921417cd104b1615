"""Requests to addresses that people gave us: a push service, a page to preview, a webhook.

All of them go through `requests.Outgoing`, and nothing else in the product calls anybody. What an
address is worth is known only at the moment of connecting, when its name has become a number:
`addresses` judges that number, on the very connection that is then used. Imports nothing of ours.
"""
