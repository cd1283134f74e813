# Double-entry bookkeeping as a service. What is posted is never changed; what was wrong is reversed.
system Ledger {
  edition  = "2026"
  currency = "EUR"
  regions  = ["eu-central"]
}

# ── What it must withstand ───────────────────────────────────────────────────────────────────────

workload {
  tenants        = 250
  users          = 4000
  from           = ["europe"]
  peak           = "180/s"
  read_share     = "70%"
  peak_to_mean   = 10
  growth         = "2%/month"
  horizon        = "3y"
  spike          = 5
  largest_tenant = "12%"
  isolation      = "row"
  staleness      = "0s"
}

slo post {
  covers       = [books.Entry.post, books.Entry.create]
  availability = "99.9%"
  latency      = { p50 = "30ms", p99 = "300ms" }
  window       = "30d"
}

slo look_up {
  covers       = [books.Entry.read, books.Account.read]
  availability = "99.9%"
  latency      = { p99 = "200ms" }
  window       = "30d"
}

recovery {
  rpo    = "1m"
  rto    = "30m"
  backup = "1m"
}

# Books are kept for ten years, and who wrote what must be told for all of them.
compliance {
  regimes         = ["gdpr"]
  audit_retention = "10y"
  history         = "log"
}

constraints {
  team          = 5
  release_teams = 1
  domain        = "stable"
  on_call       = "business_hours"
  budget        = "1200 EUR/month"
  uses          = ["postgresql"]
  first_release = "20w"
}

# ── Who calls it, and how often ──────────────────────────────────────────────────────────────────

identity {
  user   = firm.Bookkeeper
  tenant = firm.Firm
  roles  = ["bookkeeper", "controller", "auditor", "system_of_record"]

  tenant_from = [claim("firm")]
  provision   = { email = claim("email") }

  login oidc {
    issuer   = env("OIDC_ISSUER")
    audience = "ledger"
    roles    = claim("roles")
  }

  # Shops, banks and payrolls write entries by key.
  login api_key { roles = ["system_of_record"] }
}

limits {
  anonymous = rate("10/min", caller.ip)
  signed_in = rate("3000/min", caller.id)
  max_body  = "256KB"
}

# ── Whose books ──────────────────────────────────────────────────────────────────────────────────

context firm {
  owner = "team-books"

  # The tenant: whose books these are.
  entity Firm {
    name        = string(160)
    register    = string(40, unique)
    year_begins = int(min(1), max(12), default(1))

    volume { rows = 250 }

    access {
      read   = this == caller.tenant
      update = has_role("controller") && this == caller.tenant
    }
  }

  # Somebody who keeps or checks the books.
  entity Bookkeeper {
    email = email(unique, pii("contact"), encrypted(lookup))

    volume { rows = 4000 }

    privacy {
      subject     = this
      retain_for  = "10y"
      retain_from = this.updated_at
    }

    access {
      read   = this == caller.user || has_role("controller", "auditor")
      update = this == caller.user
    }
  }
}

# ── The books ────────────────────────────────────────────────────────────────────────────────────

context books {
  depends_on = [firm]
  owner      = "team-books"

  # Where amounts belong. The kind says on which side it grows.
  entity Account {
    number = string(10, pattern("^[0-9]{3,10}$"))
    name   = string(120)
    kind   = enum("asset", "liability", "equity", "income", "expense", immutable)
    parent = optional(ref(Account))
    # Sum of what was posted: debit counts up, credit down. Changed by posting alone.
    balance = money(default("0.00"))

    lifecycle status {
      initial = "open"
      transitions = {
        open   = ["closed"]
        closed = ["open"]
      }
    }

    unique { on = [number] }
    volume { rows = 150000 }

    access {
      read   = has_role("bookkeeper", "controller", "auditor", "system_of_record")
      create = has_role("controller")
      update = has_role("controller")
      field balance { write = false }
    }

    command apply {
      input = { amount = money }
      allow = caller.is_system
      set   = { balance = this.balance + input.amount }

      guard closed {
        check   = this.status == "open"
        message = "The account is closed."
      }
    }

    command close {
      allow      = has_role("controller")
      transition = "closed"

      guard not_empty {
        check   = this.balance == "0.00"
        message = "Only an account without a balance can be closed."
      }
    }

    command reopen {
      allow      = has_role("controller")
      transition = "open"
    }
  }

  # A month or year. What lies in a closed one cannot change.
  entity Period {
    name   = string(20)
    starts = date(immutable)
    ends   = date(immutable)

    lifecycle status {
      initial = "open"
      transitions = {
        open   = ["closed"]
        closed = ["open"]
      }
    }

    invariant "A period ends after it starts" { check = this.ends >= this.starts }

    unique { on = [name] }
    volume { rows = 40000 }
    index { on = [starts] }

    access {
      read   = has_role("bookkeeper", "controller", "auditor", "system_of_record")
      create = has_role("controller")
    }

    command close {
      allow      = has_role("controller")
      transition = "closed"
      emit       = PeriodClosed
    }

    # Only for a correction that an auditor asks for; the journal keeps who did it.
    command reopen {
      allow      = has_role("controller")
      transition = "open"
    }

    event PeriodClosed { carries = [name, starts, ends] }
  }

  # An entry and its postings: what came from where. One transaction, one version.
  entity Entry {
    number = sequence("E-{year}-{n}")
    # What the writing system calls it: writing it twice books it once.
    reference  = string(80, unique, immutable)
    period     = ref(Period, immutable)
    on         = date(immutable)
    text       = string(300, immutable)
    postings   = many(Posting, max(200))
    debit      = computed(sum([for p in this.postings : p.debit]))
    credit     = computed(sum([for p in this.postings : p.credit]))
    reverses   = optional(ref(Entry, immutable))
    written_by = optional(ref(firm.Bookkeeper, immutable, on_delete("set_null"), default(caller.user)))
    posted_at  = optional(timestamp)

    lifecycle status {
      initial = "draft"
      transitions = {
        draft    = ["posted", "discarded"]
        posted   = ["reversed"]
        reversed = []
      }
    }

    invariant "A posted entry is balanced" { check = contains(["draft", "discarded"], this.status) || this.debit == this.credit }
    invariant "A posted entry has at least two postings" { check = contains(["draft", "discarded"], this.status) || length(this.postings) >= 2 }

    # An entry is reversed once.
    unique {
      on    = [reverses]
      where = this.reverses != null
    }
    volume { rows = 30000000 }
    index { on = [period, on] }
    index { on = [status, desc(created_at)] }
    index { on = [written_by] }
    search { on = [weight(reference, 4), text] }

    writes { idempotency_key = "required" }

    access {
      read   = has_role("bookkeeper", "controller", "auditor")
      create = has_role("bookkeeper", "controller", "system_of_record")
      # What is posted is never changed.
      update = has_role("bookkeeper", "controller") && this.status == "draft"
      field posted_at { write = false }
    }

    command post {
      allow      = has_role("bookkeeper", "controller", "system_of_record")
      transition = "posted"
      set        = { posted_at = now }
      emit       = EntryPosted
      rate_limit = rate("600/min", caller.id)

      guard unbalanced {
        check   = this.debit == this.credit
        message = "Debit and credit differ."
      }
      guard empty {
        check   = length(this.postings) >= 2
        message = "An entry needs at least two postings."
      }
      guard period_closed {
        check   = this.period.status == "open"
        message = "The period is closed."
      }
      guard outside_period {
        check   = this.on >= this.period.starts && this.on <= this.period.ends
        message = "The day lies outside of the period."
      }
      guard account_closed {
        check   = alltrue([for p in this.postings : p.account.status == "open"])
        message = "One of the accounts is closed."
      }
    }

    # The other way round is another entry, which says that it reverses this one.
    command reverse {
      allow      = has_role("controller")
      transition = "reversed"
      emit       = EntryReversed

      guard period_closed {
        check   = this.period.status == "open"
        message = "The period is closed."
      }
    }

    command discard {
      allow      = has_role("bookkeeper", "controller")
      transition = "discarded"
    }

    event EntryPosted { carries = [number, reference, on, postings, debit] }
    event EntryReversed { carries = [number, reference, postings] }
  }

  # One side of an entry: an amount on an account, on one of the two sides.
  entity Posting {
    account = ref(Account)
    debit   = money(min(0), default("0.00"))
    credit  = money(min(0), default("0.00"))
    memo    = optional(string(120))

    index { on = [account] }
    invariant "An amount stands on one side" { check = (this.debit == "0.00") != (this.credit == "0.00") }
  }

  # Balances follow from what was posted. Applying an amount is undone by applying its opposite.
  saga Balances {
    on       = Entry.EntryPosted
    deadline = "10m"

    step apply {
      for_each = event.postings
      run      = Account.apply
      target   = each.account
      input    = { amount = each.debit - each.credit }
      pivot    = true
    }
  }

  saga ReverseBalances {
    on       = Entry.EntryReversed
    deadline = "10m"

    step apply {
      for_each = event.postings
      run      = Account.apply
      target   = each.account
      input    = { amount = each.credit - each.debit }
      pivot    = true
    }
  }

  projection PostedPerDay {
    from = Entry.EntryPosted
    key  = { day = event.on }
    set  = { entries = count(), amount = sum(event.debit) }

    access { read = has_role("controller", "auditor") }
  }

  # Tax and reporting systems follow along.
  webhook book_events {
    events    = [Entry.EntryPosted, Entry.EntryReversed, Period.PeriodClosed]
    subscribe = has_role("controller")
    signing   = "ed25519"
    retry     = { attempts = 12, backoff = "exponential", first = "10s", max = "6h" }
  }
}
