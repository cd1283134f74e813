slo browse {
  latency = { p50 = "25ms", p99 = "150ms"
  window  = "30d"
}

slo checkout {
  window = "30d"
}
