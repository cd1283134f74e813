system Broken { edition = "2026" }

context shop {
  entitty Product { name = string(80) }
}
