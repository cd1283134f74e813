access {
  read  = true
  write = has_role("merchant") }
