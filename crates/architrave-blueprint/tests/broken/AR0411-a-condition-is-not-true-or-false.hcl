system Broken { edition = "2026" }

context shop {
  entity Product {
    approved = optional(bool)
    access { read = this.approved }
  }
}
