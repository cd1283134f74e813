system Broken { edition = "2026" }

context shop {
  entity Product {
    weight = optional(int)
    invariant "It can be carried" { check = this.weight < 20 }
  }
}
