system Family { edition = "2026" }

identity {
  user  = family.Person
  roles = ["elder"]
}

context family {
  entity Person {
    name   = string(80)
    parent = optional(ref(Person))

    access {
      read = this.parent.parent.parent.parent.parent.parent.parent.parent.parent == null
    }
  }

  entity Child {
    parent = ref(Person)

    access {
      read = this.parent.parent.parent.parent.parent.parent.parent.parent.parent.name == "Adam"
    }
  }
}
