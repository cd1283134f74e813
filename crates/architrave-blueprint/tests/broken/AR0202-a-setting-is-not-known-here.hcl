system Broken { edition = "2026" }

recovery {
  rpo      = "0s"
  rto_time = "15m"
}
