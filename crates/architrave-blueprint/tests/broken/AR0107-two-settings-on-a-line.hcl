system Storefront {
  edition = "2026"  currency = "EUR"
}

index { on = [price] unique = true }
