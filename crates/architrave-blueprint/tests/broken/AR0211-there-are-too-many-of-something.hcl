system Broken { edition = "2026" }

context shop {
  entity Product {
    a = int
    b = int
    c = int
    d = int
    e = int
    f = int
    index { on = [a, b, c, d, e, f, id, created_at, updated_at] }
  }
}
