"""Judge access expectations: what a team says its principals can and can't do."""
