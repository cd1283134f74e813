identity {
  roles = ["customer", "merchant"]]
}
}
