system Broken { edition = "2026" }

slo browse {
  covers       = [catalog.Product.read]
  availability = "99.9%"
}
