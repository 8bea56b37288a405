"""Who may do what, where: permissions, roles, assignments, the one rule, routes that declare it."""
