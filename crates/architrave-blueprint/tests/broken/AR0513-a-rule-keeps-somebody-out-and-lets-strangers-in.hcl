system Broken { edition = "2026" }

identity {
  user  = shop.Person
  roles = ["blocked", "clerk"]
}

context shop {
  entity Person { name = string(80) }

  entity Review {
    author = ref(Person)
    text   = string(2000)
    note   = string(80)
    likes  = int(default(0))

    access {
      read   = !has_role("blocked")
      create = caller.is_authenticated && !has_role("blocked")
      field note { read = !(has_role("blocked") || this.likes < 3) }
    }

    command like {
      allow = this.author != caller.user
      set   = { likes = this.likes + 1 }
    }
  }
}
