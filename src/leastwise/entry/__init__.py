"""Who a trust policy lets in: strangers, other tenants, accounts, principals that it names."""
