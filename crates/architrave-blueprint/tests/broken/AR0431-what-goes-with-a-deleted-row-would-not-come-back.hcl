system Broken { edition = "2026" }

context desk {
  entity Ticket {
    title = string(80)
    soft_delete { keep_for = "30d" }
  }

  entity Comment {
    ticket = ref(Ticket, on_delete("cascade"))
    text   = text
  }
}
