context shop {
  entity Product { name = string(80) }
}
