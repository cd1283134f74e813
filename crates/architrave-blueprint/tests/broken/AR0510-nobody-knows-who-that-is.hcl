system Broken { edition = "2026" }

context shop {
  entity Order {
    total = money
    buyer = uuid
    access { read = caller.user != null }
  }
}
