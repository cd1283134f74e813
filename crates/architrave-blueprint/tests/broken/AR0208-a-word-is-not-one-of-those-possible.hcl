system Broken { edition = "2026" }

constraints {
  on_call = "busines_hours"
}
