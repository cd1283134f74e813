system Broken { edition = "2026" }

context shop {
  entity Product {
    weight = int
    invariant "It was weighed" { check = this.weight != null }
  }
}
