from_auto = "a"
