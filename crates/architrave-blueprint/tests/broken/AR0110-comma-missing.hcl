identity {
  roles = ["customer" "merchant",, "support"]
}
