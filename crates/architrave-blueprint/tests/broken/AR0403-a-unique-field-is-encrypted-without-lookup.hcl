system Broken { edition = "2026" }

context accounts {
  entity User { email = email(unique, encrypted) }
}
