action = "*"
