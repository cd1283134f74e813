system Broken { edition = "2026" }

recovery {
  rto = "15 minutes"
}
