"""Rules as sets of requests that a subject must not be allowed, and the findings they make."""
