system Broken { edition = "2026" }

context accounts {
  entity Device { access_token = string(200) }
}
