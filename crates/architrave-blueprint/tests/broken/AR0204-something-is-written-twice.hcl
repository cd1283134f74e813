system Broken { edition = "2026" }

recovery {
  rpo = "0s"
  rpo = "5s"
}
