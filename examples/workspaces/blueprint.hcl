# Planning for teams, sold by the seat. One company's data never meets another's.
system Workspaces {
  edition  = "2026"
  currency = "USD"
  regions  = ["us-east"]
}

# ── What it must withstand ───────────────────────────────────────────────────────────────────────

workload {
  tenants        = 3000
  users          = 90000
  from           = ["north-america"]
  peak           = "1200/s"
  read_share     = "85%"
  growth         = "8%/month"
  horizon        = "2y"
  spike          = 4
  peak_to_mean   = 8
  largest_tenant = "6%"
  isolation      = "row"
}

slo boards {
  covers       = [planning.Task.read, planning.Project.read]
  availability = "99.9%"
  latency      = { p50 = "20ms", p99 = "200ms" }
  window       = "30d"
}

slo edits {
  covers       = [planning.Task.update, planning.Task.move]
  availability = "99.9%"
  latency      = { p99 = "300ms" }
  window       = "30d"
}

recovery {
  rpo    = "5m"
  rto    = "30m"
  backup = "5m"
}

compliance {
  regimes         = ["gdpr", "soc2"]
  audit_retention = "3y"
  history         = "log"
}

constraints {
  team          = 7
  release_teams = 2
  domain        = "changing"
  on_call       = "business_hours"
  budget        = "2500 USD/month"
  first_release = "16w"
}

# ── Who calls it, and how often ──────────────────────────────────────────────────────────────────

identity {
  user   = people.Member
  tenant = people.Company
  roles  = ["admin", "member", "guest", "billing"]

  tenant_from = [claim("company"), host(people.Company.domain)]
  provision   = { email = claim("email"), name = claim("name") }

  login oidc {
    issuer   = env("OIDC_ISSUER")
    audience = "workspaces"
    roles    = claim("roles")
  }

  # Integrations that a company writes itself.
  login api_key { roles = ["member"] }
}

limits {
  anonymous = rate("30/min", caller.ip)
  signed_in = rate("900/min", caller.id)
  cors      = ["https://app.workspaces.example"]
}

# ── Companies and their people ───────────────────────────────────────────────────────────────────

context people {
  owner = "team-accounts"

  # The tenant: whoever pays.
  entity Company {
    name   = string(120)
    domain = string(253, unique)
    plan   = enum("trial", "team", "business", default("trial"))
    seats  = int(min(1), max(20000), default(5))
    closes = optional(date)

    volume { rows = 3000 }

    access {
      read   = this == caller.tenant
      update = has_role("admin") && this == caller.tenant
      field plan { write = false }
      field seats { write = false }
      field closes { write = false }
    }

    command change_plan {
      input = {
        plan  = enum("trial", "team", "business")
        seats = int(min(1), max(20000))
      }
      allow = has_role("billing") && this == caller.tenant
      set   = { plan = input.plan, seats = input.seats }
      emit  = PlanChanged

      guard no_way_back {
        check   = input.plan != "trial"
        message = "A company does not go back to a trial."
      }
    }

    command lapse {
      input = { closes = date }
      allow = caller.is_system
      set   = { closes = input.closes }
    }

    event PlanChanged { carries = [plan, seats] }
  }

  # Somebody who works in a company, or is invited as a guest.
  entity Member {
    email     = email(unique, pii("contact"), encrypted(lookup))
    name      = string(120, pii("identity"), encrypted)
    time_zone = string(60, default("UTC"))
    locale    = locale(default("en"))
    is_active = bool(default(true))

    volume { rows = 90000 }

    privacy {
      subject     = this
      retain_for  = "2y"
      retain_from = this.updated_at
    }

    access {
      # Colleagues know each other by name. Rows of other companies are never seen.
      read   = this == caller.user || has_role("admin", "member", "guest", "billing")
      update = this == caller.user || has_role("admin")
      field email { read = has_role("admin") }
      field is_active { write = has_role("admin") }
    }

    command leave {
      allow = this == caller.user || has_role("admin")
      set   = { is_active = false }
      emit  = MemberLeft
    }

    event MemberLeft { carries = [locale] }
  }

  # A letter that lets somebody in. The secret part is only in the mail.
  entity Invitation {
    email   = email(pii("contact"), encrypted(lookup))
    role    = enum("member", "guest")
    sent_by = ref(Member, immutable, default(caller.user))
    ends_at = timestamp

    lifecycle status {
      initial = "open"
      transitions = {
        open     = ["accepted", "withdrawn"]
        accepted = []
      }
    }

    volume { rows = 200000 }
    index { on = [status, ends_at] }

    privacy {
      subject    = this.sent_by
      retain_for = "1y"
    }

    access {
      read   = has_role("admin") || this.sent_by == caller.user
      create = has_role("admin")
    }

    command accept {
      allow      = caller.is_system
      transition = "accepted"

      guard over {
        check   = this.ends_at > now
        message = "The invitation has ended. Ask for another."
      }
    }

    command withdraw {
      allow      = has_role("admin") || caller.is_system
      transition = "withdrawn"
    }
  }

  schedule withdraw_old_invitations {
    every    = "1h"
    for_each = [for i in Invitation : i if i.status == "open" && i.ends_at < now]
    run      = Invitation.withdraw
  }
}

# ── Plans and tasks ──────────────────────────────────────────────────────────────────────────────

context planning {
  depends_on = [people]
  owner      = "team-planning"

  # What a team wants to reach. Only those who take part see it, unless it is open to the company.
  entity Project {
    name    = string(120)
    about   = optional(text(max(20000)))
    key     = string(6, unique, pattern("^[A-Z]{2,6}$"))
    lead    = ref(people.Member)
    is_open = bool(default(true))
    people  = many(Participant, max(500))
    due     = optional(date)

    lifecycle status {
      initial = "active"
      transitions = {
        active   = ["archived"]
        archived = ["active"]
      }
    }

    volume { rows = 60000 }
    index { on = [status, desc(updated_at)] }
    index { on = [lead] }
    search { on = [weight(name, 4), about] }

    soft_delete { keep_for = "30d" }

    access {
      read   = (this.is_open && has_role("member", "admin")) || this.lead == caller.user || anytrue([for p in this.people : p.member == caller.user])
      create = has_role("member", "admin")
      update = this.lead == caller.user || has_role("admin")
      delete = this.lead == caller.user || has_role("admin")
    }

    command archive {
      allow      = this.lead == caller.user || has_role("admin")
      transition = "archived"
      emit       = ProjectArchived
    }

    command revive {
      allow      = this.lead == caller.user || has_role("admin")
      transition = "active"
    }

    event ProjectArchived { carries = [key, name] }
  }

  entity Participant {
    member = ref(people.Member)
    may    = enum("look", "edit", default("edit"))

    index { on = [member] }
  }

  # Something to do.
  entity Task {
    project  = ref(Project, immutable)
    title    = string(200)
    about    = optional(text(max(50000)))
    assignee = optional(ref(people.Member, on_delete("set_null")))
    due      = optional(date)
    points   = optional(int(min(0), max(100)))
    rank     = int(default(0))
    labels   = list(string(40), max(20))
    steps    = many(Step, max(100))
    done_at  = optional(timestamp)

    lifecycle status {
      initial = "open"
      transitions = {
        open    = ["started", "done", "dropped"]
        started = ["open", "done", "dropped"]
        done    = ["started"]
        dropped = ["open"]
      }
    }

    invariant "What is done says when" { check = this.status != "done" || this.done_at != null }

    volume { rows = 12000000 }
    index { on = [project, status, rank] }
    index { on = [assignee, due] }
    index { on = [project, desc(updated_at)] }
    search { on = [weight(title, 4), about] }

    soft_delete { keep_for = "30d" }

    access {
      read   = (this.project.is_open && has_role("member", "admin")) || this.project.lead == caller.user || anytrue([for p in this.project.people : p.member == caller.user])
      create = has_role("member", "admin")
      update = (this.project.is_open && has_role("member", "admin")) || this.project.lead == caller.user || anytrue([for p in this.project.people : p.member == caller.user && p.may == "edit"])
      delete = this.project.lead == caller.user || has_role("admin")
      field done_at { write = false }
    }

    command start {
      allow      = (this.project.is_open && has_role("member", "admin")) || this.assignee != null && this.assignee == caller.user
      transition = "started"
    }

    command finish {
      allow      = (this.project.is_open && has_role("member", "admin")) || this.assignee != null && this.assignee == caller.user
      transition = "done"
      set        = { done_at = now }
      emit       = TaskFinished

      guard steps_left {
        check   = alltrue([for s in this.steps : s.is_done])
        message = "Some steps of this task are not done yet."
      }
    }

    command drop {
      allow      = this.project.lead == caller.user || has_role("admin")
      transition = "dropped"
    }

    command reopen {
      allow      = this.project.lead == caller.user || has_role("member", "admin")
      transition = "open"
    }

    # Puts it elsewhere in the list. Ranks have gaps, so that one task moves and no other changes.
    command move {
      input = { rank = int(min(-1000000000), max(1000000000)) }
      allow = (this.project.is_open && has_role("member", "admin")) || this.project.lead == caller.user
      set   = { rank = input.rank }
    }

    event TaskFinished { carries = [title, project, assignee] }
  }

  entity Step {
    text    = string(200)
    is_done = bool(default(false))
  }

  entity Comment {
    task   = ref(Task, on_delete("cascade"), immutable)
    author = ref(people.Member, immutable, default(caller.user))
    text   = text(max(10000))

    volume { rows = 40000000 }
    index { on = [task, created_at] }
    soft_delete { keep_for = "30d" }

    privacy {
      subject    = this.author
      retain_for = "5y"
    }

    access {
      read   = (this.task.project.is_open && has_role("member", "admin")) || anytrue([for p in this.task.project.people : p.member == caller.user])
      create = this.author == caller.user
      update = this.author == caller.user
      delete = this.author == caller.user || has_role("admin")
    }
  }

  projection FinishedPerDay {
    from = Task.TaskFinished
    key  = { day = date(event.time), project = event.project }
    set  = { tasks = count() }

    access { read = has_role("member", "admin") }
  }

  # Companies connect their own tools.
  webhook task_events {
    events    = [Task.TaskFinished, Project.ProjectArchived]
    subscribe = has_role("admin")
    signing   = "hmac-sha256"
    retry     = { attempts = 10, backoff = "exponential", first = "10s", max = "6h" }
  }
}

# ── Paying for it ────────────────────────────────────────────────────────────────────────────────

context billing {
  depends_on = [people]
  owner      = "team-accounts"

  # What a company agreed to pay. The card is with the provider.
  entity Subscription {
    number     = sequence("SUB-{year}-{n}")
    plan       = enum("team", "business")
    seats      = int(min(1), max(20000))
    per_seat   = money(min(0))
    monthly    = computed(this.per_seat * this.seats)
    paid_until = optional(date)

    lifecycle status {
      initial = "pending"
      transitions = {
        pending   = ["active", "cancelled"]
        active    = ["past_due", "cancelled"]
        past_due  = ["active", "cancelled"]
        cancelled = []
      }
    }

    # One of each plan at a time.
    unique {
      on    = [plan]
      where = this.status == "active"
    }
    volume { rows = 9000 }
    index { on = [status, paid_until] }

    access { read = has_role("billing", "admin") }

    command activate {
      input      = { paid_until = date }
      allow      = caller.is_system
      transition = "active"
      set        = { paid_until = input.paid_until }
      emit       = SubscriptionActive
    }

    command miss {
      allow      = caller.is_system
      transition = "past_due"
      emit       = PaymentMissed
    }

    command cancel {
      allow      = has_role("billing") || caller.is_system
      transition = "cancelled"
    }

    event SubscriptionActive { carries = [number, plan, seats] }
    event PaymentMissed { carries = [number, monthly] }
  }

  schedule note_missed_payments {
    every    = "1h"
    for_each = [for s in Subscription : s if s.status == "active" && s.paid_until != null && s.paid_until < date(now)]
    run      = Subscription.miss
  }

  # A changed plan is a changed bill.
  saga ChangeBill {
    on       = people.Company.PlanChanged
    deadline = "2h"

    step change {
      run   = provider.change
      input = { company = event.id, plan = event.plan, seats = event.seats }
      pivot = true
    }
  }

  integration provider {
    base_url             = env("BILLING_URL")
    auth                 = bearer(secret("BILLING_KEY"))
    timeout              = "5s"
    retry                = { attempts = 4, backoff = "exponential", first = "500ms", max = "10s" }
    circuit_breaker      = { failures = "50%", window = "1m", open_for = "30s" }
    bulkhead             = { concurrent = 10, queue = 100 }
    availability         = "99.9%"
    region               = "us-east"
    processing_agreement = "DPA of 2026-01-15, legal/billing.pdf"

    operation change {
      input           = { company = uuid, plan = enum("trial", "team", "business"), seats = int }
      request         = post("/v1/subscriptions", { customer = input.company, plan = input.plan, quantity = input.seats })
      output          = { subscription = response.body.id }
      idempotency_key = input.company

      error card_declined { when = response.status == 402 }
    }

    callback paid {
      verify  = hmac_sha256(header("Billing-Signature"), secret("BILLING_CALLBACK_KEY"))
      when    = body.type == "invoice.paid"
      dedupe  = body.id
      emit    = InvoicePaid
      payload = { company = body.customer, paid_until = body.period_end }
    }
  }

  event InvoicePaid {
    payload = {
      company    = uuid
      paid_until = date
    }
  }

  channel mail {
    provider             = smtp(env("SMTP_URL"))
    from                 = "billing@workspaces.example"
    region               = "us-east"
    processing_agreement = "DPA of 2026-01-15, legal/mail.pdf"
  }

  notification payment_missed {
    on      = Subscription.PaymentMissed
    to      = "collections@workspaces.example"
    via     = [mail]
    subject = "A payment is missing"
    text    = "${event.monthly} of the subscription ${event.number} were not paid."
  }
}

# ── What is known and accepted ───────────────────────────────────────────────────────────────────

# The auditors look at processes that no blueprint knows: who is let go and how, who reads the logs.
accept "CMP-10" {
  on     = "regime:soc2"
  reason = "the evidence for SOC 2 is kept in the controls register, which is audited each year"
  owner  = "team-accounts"
  until  = "2027-10-01"
}
