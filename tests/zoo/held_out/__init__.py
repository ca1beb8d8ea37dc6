"""Programs that are not looked at while one works on the checks: they measure what nobody tuned for."""
