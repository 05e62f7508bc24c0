"""Reports for people and machines; they receive values only and escape for their medium."""
