access {
  # grants nothing‮ } eurt = daer
  read = true
  note = "[2J"
}
