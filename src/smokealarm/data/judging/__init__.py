"""How checks judge: the halves that several checks share, each of which turns answers into findings."""
