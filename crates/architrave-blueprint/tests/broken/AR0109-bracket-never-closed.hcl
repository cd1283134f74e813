compliance {
  regimes         = ["gdpr", "pci_dss_saq_a"
  audit_retention = "10y"
}
