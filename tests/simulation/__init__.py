"""A deterministic simulation of everything that sends: the production use cases, a simulated world around them, and what must hold.

scheduler   virtual time; every call to the world is a step at which something may go wrong
faults      what may go wrong, how often, and how often it did
ports       the world: the real table in memory, fakes of the rest
wire        some seeds' mail, through the real SES adapter and SDK
actors      visitors, buyers, recipients, the storefront, the owner, the clock
invariants  what must hold after every step, and at the end
run         one seed from beginning to end
scenarios   short scenarios in which every single step is crashed at (exhaustive mode)
mutants     bugs planted into a copy of the production code, to see that the simulation finds them
"""
