system Broken { edition = "2026" }

context shop {
  entity Order {
    total = money
    lifecycle status {
      initial     = "draft"
      transitions = { draft = ["placed"] }
    }
    command place {
      allow      = caller.is_system
      transition = "plased"
    }
  }
}
