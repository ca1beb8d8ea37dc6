"""Reading only what is new: the same checks on a schedule, about the rows since the last verdict."""
