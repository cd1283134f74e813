system Broken { edition = "2026" }

workload {
  tenants = 400
}
