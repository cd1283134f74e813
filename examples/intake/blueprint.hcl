# Takes in log lines and measurements of other systems, two thousand writes a second, and shows the latest.
#
# Agents send batches by API key; people look at what came in, and are told when a measurement leaves its bounds.
system Intake {
  edition = "2026"
  regions = ["eu-central"]
}

# ── What it must withstand ───────────────────────────────────────────────────────────────────────

workload {
  users        = 400
  from         = ["europe"]
  peak         = "2000/s"
  read_share   = "4%"
  peak_to_mean = 2
  busy         = "100%"
  growth       = "3%/month"
  horizon      = "540d"
  spike        = 2
  staleness    = "10s"
}

slo intake {
  covers       = [signals.LogLine.create, signals.Sample.create]
  availability = "99.5%"
  latency      = { p50 = "20ms", p99 = "250ms" }
  window       = "30d"
}

slo look {
  covers       = [signals.LogLine.read, signals.Sample.read]
  availability = "99.5%"
  latency      = { p95 = "300ms" }
  window       = "30d"
}

# The agents keep what was not acknowledged for ten minutes and send it again.
recovery {
  rpo    = "10m"
  rto    = "2h"
  backup = "10m"
}

compliance {
  regimes = []
  history = "none"
}

constraints {
  team          = 3
  release_teams = 1
  domain        = "stable"
  on_call       = "business_hours"
  budget        = "1200 EUR/month"
}

# ── Who calls it, and how often ──────────────────────────────────────────────────────────────────

identity {
  user  = teams.Engineer
  roles = ["agent", "engineer", "owner"]

  provision = { email = claim("email") }

  login oidc {
    issuer   = env("OIDC_ISSUER")
    audience = "intake"
    roles    = claim("roles")
  }

  login api_key { roles = ["agent"] }
}

limits {
  anonymous = rate("10/min", caller.ip)
  # An agent sends some hundred batches a minute.
  signed_in = rate("60000/min", caller.id)
  max_body  = "1MB"
}

# ── Who looks ────────────────────────────────────────────────────────────────────────────────────

context teams {
  owner = "team-telemetry"

  entity Engineer {
    email = email(unique, pii("contact"), encrypted(lookup))
    pager = optional(phone(pii("contact"), encrypted))

    privacy {
      subject     = this
      retain_for  = "1y"
      retain_from = this.updated_at
    }

    access {
      read   = this == caller.user || has_role("owner")
      update = this == caller.user
    }
  }

  # A system that sends something.
  entity Source {
    name     = slug(unique)
    team     = string(80)
    contact  = optional(ref(Engineer, on_delete("set_null")))
    is_muted = bool(default(false))

    volume { rows = 2000 }
    index { on = [team] }

    access {
      read  = has_role("engineer", "owner", "agent")
      write = has_role("owner")
    }

    command mute {
      allow = has_role("engineer", "owner")
      set   = { is_muted = true }
    }

    command unmute {
      allow = has_role("engineer", "owner")
      set   = { is_muted = false }
    }
  }
}

# ── What comes in ────────────────────────────────────────────────────────────────────────────────

context signals {
  depends_on = [teams]
  owner      = "team-telemetry"

  # One line of a log. Written once, never changed.
  entity LogLine {
    source  = ref(teams.Source, immutable)
    level   = enum("debug", "info", "warning", "error", immutable)
    at      = timestamp(immutable)
    message = string(4000, immutable)
    trace   = optional(string(32, immutable, pattern("^[0-9a-f]{32}$")))
    details = optional(json(immutable, max(8000)))

    volume { rows = 400000000 }
    index { on = [source, desc(at)] }
    # Errors are few, and looked for most.
    index {
      on    = [source, desc(at)]
      where = this.level == "error"
    }
    index {
      on    = [trace]
      where = this.trace != null
    }

    access {
      read   = has_role("engineer", "owner")
      create = has_role("agent")
    }
  }

  # One measurement.
  entity Sample {
    series = ref(Series, immutable)
    at     = timestamp(immutable)
    value  = decimal(18, 6, immutable)

    volume { rows = 900000000 }
    index { on = [series, desc(at)] }

    access {
      read   = has_role("engineer", "owner")
      create = has_role("agent")
    }
  }

  # What is measured, and within which bounds it is well.
  entity Series {
    source = ref(teams.Source, immutable)
    name   = string(120, pattern("^[a-z][a-z0-9_.]*$"))
    unit   = string(20)
    low    = optional(decimal(18, 6))
    high   = optional(decimal(18, 6))

    unique { on = [source, name] }
    volume { rows = 60000 }

    access {
      read   = has_role("engineer", "owner", "agent")
      create = has_role("agent", "owner")
      update = has_role("owner")
    }
  }

  # Something is not as it should be, and somebody looks after it.
  entity Alarm {
    series = ref(Series, immutable)
    value  = decimal(18, 6, immutable)
    taken  = optional(ref(teams.Engineer, on_delete("set_null")))
    note   = optional(string(500))

    lifecycle status {
      initial = "raised"
      transitions = {
        raised = ["taken", "over"]
        taken  = ["over"]
        over   = []
      }
    }

    # One alarm at a time.
    unique {
      on    = [series]
      where = this.status == "raised"
    }
    volume { rows = 500000 }
    index { on = [status, desc(created_at)] }

    access {
      read   = has_role("engineer", "owner")
      create = has_role("agent", "engineer")
      field taken { write = false }
    }

    command take {
      allow      = has_role("engineer", "owner")
      transition = "taken"
      emit       = AlarmTaken
    }

    command close {
      input      = { note = string(500) }
      allow      = has_role("engineer", "owner")
      transition = "over"
      set        = { note = input.note }
    }

    event AlarmTaken { carries = [series, value] }
  }

  channel mail {
    provider = smtp(env("SMTP_URL"))
    from     = "intake@intake.example"
    region   = "eu-central"
  }

  notification alarm_taken {
    on      = Alarm.AlarmTaken
    to      = "on-call@intake.example"
    via     = [mail]
    subject = "Somebody looks after ${event.series.name}"
    text    = "The value was ${event.value}."
  }
}

# ── What is known and accepted ───────────────────────────────────────────────────────────────────

# A blueprint can say how long rows of a person are kept, not yet how long rows are that belong to nobody.
accept "DAT-10" {
  reason = "the team drops what is older than a quarter by hand, with the database offline for its restore drill"
  owner  = "team-telemetry"
  until  = "2027-06-30"
}

accept "CST-04" {
  reason = "agents and engineers are in the same data centre: answers to them do not cross the internet"
  owner  = "team-telemetry"
  until  = "2027-11-30"
}

# What a write takes was documented on another machine; five times as much would still fit, but nobody has tried.
accept "PRF-14" {
  reason = "a load run on the machine that is ordered comes before the first agent is switched on"
  owner  = "team-telemetry"
  until  = "2027-02-28"
}
