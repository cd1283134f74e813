system Broken { edition = "2026" }

context shop {
  entity Product {
    name = string(80)
    access { read = true }
  }
}

slo browse {
  covers       = [shop.Product.read]
  availability = "100%"
}
