system Broken { edition = "2026" }

context shop {
  entity Order {
    total = money
    note  = optional(text)
  }
}

removed {
  from   = shop.Order.note
  reason = "nobody wrote any"
}
