system Broken { edition = "2026" }

entity Product { name = string(80) }

context shop {
  index { on = [name] }
}
