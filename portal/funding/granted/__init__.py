"""What follows a grant: acceptance, accounts, payments, changes, report, control and repayment."""
