system Broken { edition = "2026" }

context payments {
  integration gateway {
    base_url = env("GATEWAY_URL")
    auth     = bearer("abc123")
  }
}
