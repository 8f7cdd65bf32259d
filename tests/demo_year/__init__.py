"""A year of a made-up shop, lived through by the production engine and then judged by rules that know nothing of the engine.

people.py draws who there is and what they do by themselves. year.py lets them do it, and lets them answer their mail. ledger.py is what they
remember of it. judges.py compares that with the manners of the shop. `make demo-year` runs it all.
"""
