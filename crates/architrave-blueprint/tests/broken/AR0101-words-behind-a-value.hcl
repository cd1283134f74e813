slo browse {
  window = 30 days
}
