system Broken { edition = "2026" }

context shop {
  entity Order {
    total = money
    soft_delete {}
  }
}
