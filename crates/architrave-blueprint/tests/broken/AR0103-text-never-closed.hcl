system Storefront {
  edition  = "2026
  currency = "EUR"
}
