system Broken { edition = "2026" }

context shop {
  entity Product {
    tags = list(slug, max(5))
    invariant "It is tagged" { check = lenght(this.tags) > 0 }
  }
}
