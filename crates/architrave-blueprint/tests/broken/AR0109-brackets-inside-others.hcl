entity Order {
  index { on = [customer, placed_at }

  command ship {
    input = { quantity = int(min(1) }
    allow = has_role(["merchant"]
  }
}
