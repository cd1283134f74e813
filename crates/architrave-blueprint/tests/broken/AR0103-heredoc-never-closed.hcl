notification order_paid {
  text = <<EOT
    Thank you.
    We will write again.
  subject = "Paid"
}
