system Storefront {
  edition = "2026"
}

/* The old workload:
workload {
  tenants = 400
}
