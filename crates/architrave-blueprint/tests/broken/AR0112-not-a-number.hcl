workload {
  users   = 1_200_000
  peak    = 900rps
  tenants = 4.0.0
  ratio   = 1e6
}
