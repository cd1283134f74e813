system Broken { edition = "2026" }

context shop {
  entity product { unitPrice = money }
}
