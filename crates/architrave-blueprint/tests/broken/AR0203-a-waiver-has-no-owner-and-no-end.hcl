system Broken { edition = "2026" }

accept "REL-06" {
  reason = "the gateway has its own breaker"
}
