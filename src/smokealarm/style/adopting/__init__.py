"""How a repository comes to keep a rule: what it could opt into, in what commit, and how far it is."""
