notification order_paid {
  subject = "Order ${event.number is paid"
  text    = "Thank you"
}
