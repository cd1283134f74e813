system Broken { edition = "2026" }

context shop {
  entity Order {
    total = money
    lifecycle status {
      initial     = "draft"
      transitions = { draft = ["placed"], placed = ["paid"] }
    }
    command place {
      allow      = caller.is_system
      transition = "placed"
    }
  }
}
