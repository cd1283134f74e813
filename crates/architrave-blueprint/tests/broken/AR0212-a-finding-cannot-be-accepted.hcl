system Broken { edition = "2026" }

accept "AR9999" {
  reason = "we know"
}
