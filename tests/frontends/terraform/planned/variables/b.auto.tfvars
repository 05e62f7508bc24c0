from_auto = "b"
