"""Administration in the browser: units, staff, working days, rules. All writes go through org.actions."""
