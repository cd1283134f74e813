system Broken { edition = "2026" }

context shop {
  entity Order {
    lines = many(Line)
    invariant "It orders something" { check = this.lines.quantity > 0 }
  }
  entity Line { quantity = int }
}
