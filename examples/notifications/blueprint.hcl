# Tells 100,000 people what they asked to be told, by e-mail, push and SMS: a million notifications a day.
#
# Other services ask for a notification by an idempotent request; Courier looks up what the person wants, keeps quiet
# at night, sends, and remembers what became of it.
system Courier {
  edition  = "2026"
  currency = "EUR"
  regions  = ["eu-west"]
}

# ── What it must withstand ───────────────────────────────────────────────────────────────────────

# A million a day is 11.6 a second. Most are asked for within two hours in the morning, each request for one is
# followed by two commands and a look at its state.
workload {
  users        = 100000
  from         = ["europe"]
  peak         = "280/s"
  read_share   = "30%"
  peak_to_mean = 6
  busy         = "70%"
  growth       = "4%/month"
  horizon      = "2y"
  spike        = 3
}

# What a caller waits for is that the request is kept, not that the mail has left.
slo request {
  covers       = [delivery.Notice.create]
  availability = "99.9%"
  latency      = { p50 = "20ms", p99 = "200ms" }
  window       = "30d"
}

slo inbox {
  covers       = [delivery.Notice.read]
  availability = "99.9%"
  latency      = { p99 = "150ms" }
  window       = "30d"
}

recovery {
  rpo    = "1h"
  rto    = "30m"
  backup = "30m"
}

compliance {
  regimes         = ["gdpr"]
  audit_retention = "1y"
  history         = "log"
}

constraints {
  team          = 3
  release_teams = 1
  domain        = "stable"
  on_call       = "extended_hours"
  budget        = "900 EUR/month"
  first_release = "10w"
}

# ── Who calls it, and how often ──────────────────────────────────────────────────────────────────

identity {
  user  = directory.Person
  roles = ["sender", "author", "support"]

  provision = { email = claim("email"), locale = claim("locale") }

  login oidc {
    issuer   = env("OIDC_ISSUER")
    audience = "courier"
    roles    = claim("roles")
  }

  # Other services send by key.
  login api_key { roles = ["sender"] }
}

limits {
  anonymous = rate("30/min", caller.ip)
  signed_in = rate("12000/min", caller.id)
  max_body  = "64KB"
}

# ── Whom to tell, and how ────────────────────────────────────────────────────────────────────────

context directory {
  owner = "team-courier"

  # Somebody who is told things.
  entity Person {
    email       = email(unique, pii("contact"), encrypted(lookup))
    phone       = optional(phone(pii("contact"), encrypted))
    locale      = locale(default("en"))
    quiet_from  = int(min(0), max(23), default(22))
    quiet_until = int(min(0), max(23), default(7))
    preferences = many(Preference, max(200))

    volume { rows = 100000 }

    privacy {
      subject     = this
      retain_for  = "1y"
      retain_from = this.updated_at
    }

    access {
      read   = this == caller.user || has_role("sender", "support")
      update = this == caller.user || has_role("sender")
      create = has_role("sender")
    }
  }

  # What a person wants to be told about a topic, and by which way. Without one the topic's own ways are used.
  entity Preference {
    topic   = ref(Topic, on_delete("cascade"))
    by_mail = bool(default(true))
    by_push = bool(default(true))
    by_sms  = bool(default(false))

    index { on = [topic] }
  }

  # Something that one can be told about, e.g. "a parcel has left".
  entity Topic {
    slug = slug(unique)
    name = string(120)
    # Cannot be switched off: the law or the contract asks for it.
    is_required = bool(default(false))

    volume { rows = 200 }

    access {
      read  = caller.is_authenticated
      write = has_role("author")
    }
  }
}

# ── What to say ──────────────────────────────────────────────────────────────────────────────────

context content {
  depends_on = [directory]
  owner      = "team-courier"

  # Words for a topic in one language. What was sent keeps its words: a notice has a copy.
  entity Template {
    topic   = ref(directory.Topic)
    locale  = locale
    subject = string(200)
    body    = text(max(8000))
    sms     = optional(string(480))

    lifecycle status {
      initial = "draft"
      transitions = {
        draft   = ["live", "retired"]
        live    = ["retired"]
        retired = ["live"]
      }
    }

    # One text is live for a topic and language.
    unique {
      on    = [topic, locale]
      where = this.status == "live"
    }
    volume { rows = 2000 }
    index { on = [topic, desc(updated_at)] }

    access {
      read   = has_role("author", "sender", "support")
      create = has_role("author")
      update = has_role("author") && this.status == "draft"
      delete = has_role("author") && this.status == "draft"
    }

    command publish {
      allow      = has_role("author")
      transition = "live"

      guard empty {
        check   = length(this.body) > 0
        message = "A text needs words before it goes live."
      }
    }

    command retire {
      allow      = has_role("author")
      transition = "retired"
    }
  }
}

# ── What was sent ────────────────────────────────────────────────────────────────────────────────

context delivery {
  depends_on = [content, directory]
  owner      = "team-courier"

  # One thing told to one person by one way.
  entity Notice {
    # What the asking service calls it: asking twice tells once.
    reference  = string(80, unique, immutable)
    person     = ref(directory.Person, immutable)
    topic      = ref(directory.Topic, immutable)
    way        = enum("mail", "push", "sms", immutable)
    urgency    = enum("now", "soon", "whenever", default("soon"), immutable)
    subject    = string(200, immutable, pii("message"), encrypted)
    body       = text(max(8000), immutable, pii("message"), encrypted)
    send_after = timestamp(default(now))
    attempts   = int(min(0), max(20), default(0))
    sent_at    = optional(timestamp)
    read_at    = optional(timestamp)
    reason     = optional(string(200))

    lifecycle status {
      initial = "queued"
      transitions = {
        queued    = ["sent", "sending", "held"]
        held      = ["queued"]
        sending   = ["sent", "failed"]
        sent      = ["delivered", "failed"]
        delivered = []
        failed    = ["queued"]
      }
    }

    invariant "A notice that was sent says when" { check = this.status != "sent" || this.sent_at != null }

    volume { rows = 90000000 }
    index { on = [person, desc(created_at)] }
    # What waits, the longest first. Most rows wait for nothing, hence the condition.
    index {
      on    = [send_after]
      where = this.status == "queued"
    }
    index {
      on    = [way, send_after]
      where = this.status == "queued"
    }

    privacy {
      subject    = this.person
      retain_for = "90d"
    }

    access {
      read   = this.person == caller.user || has_role("sender", "support")
      create = has_role("sender")
      field attempts { write = false }
      field sent_at { write = false }
      field read_at { write = false }
      field reason { write = false }
    }

    writes { idempotency_key = "required" }

    # Mail and push: what follows from the event is the message itself.
    command send {
      allow      = caller.is_system
      transition = "sent"
      set        = { attempts = this.attempts + 1, sent_at = now }
      emit       = NoticeSent

      guard other_way {
        check   = this.way != "sms"
        message = "Text messages go by their provider."
      }
      guard not_yet {
        check   = this.send_after <= now
        message = "It is not time for this notice yet."
      }
    }

    # Text messages: the provider's answer decides.
    command send_text {
      allow      = caller.is_system
      transition = "sending"
      set        = { attempts = min(this.attempts + 1, 20) }
      emit       = TextDue

      guard other_way {
        check   = this.way == "sms"
        message = "Only text messages go by the provider."
      }
      guard not_yet {
        check   = this.send_after <= now
        message = "It is not time for this notice yet."
      }
    }

    command confirm {
      allow      = caller.is_system
      transition = "sent"
      set        = { sent_at = now }
      emit       = TextSent
    }

    command deliver {
      allow      = caller.is_system
      transition = "delivered"
    }

    command fail {
      input      = { reason = string(200) }
      allow      = caller.is_system
      transition = "failed"
      set        = { reason = input.reason }
      emit       = NoticeFailed
    }

    # A person's own wish, or the support's: not now.
    command hold {
      allow      = this.person == caller.user || has_role("support")
      transition = "held"
    }

    command retry {
      input      = { send_after = timestamp }
      allow      = has_role("support", "sender")
      transition = "queued"
      set        = { send_after = input.send_after }
    }

    command mark_read {
      allow = this.person == caller.user
      set   = { read_at = now }

      guard not_sent {
        check   = contains(["sent", "delivered"], this.status)
        message = "Only what was sent can be read."
      }
    }

    event NoticeSent { carries = [person, topic, way] }
    event TextDue { carries = [person, topic] }
    event TextSent { carries = [person, topic, way] }
    event NoticeFailed { carries = [person, topic, way, reason] }
  }

  # Every ten seconds what has become due is handed on.
  schedule send_due {
    every    = "10s"
    for_each = [for n in Notice : n if n.status == "queued" && n.send_after <= now && n.way != "sms"]
    run      = Notice.send
  }

  schedule send_due_texts {
    every    = "10s"
    for_each = [for n in Notice : n if n.status == "queued" && n.send_after <= now && n.way == "sms"]
    run      = Notice.send_text
  }

  # A text message goes out by the provider. It cannot be taken back, so the provider's answer decides.
  saga TextMessage {
    on       = Notice.TextDue
    deadline = "1h"

    step hand_over {
      run   = provider.send
      input = { notice = event.id, person = event.person }
      pivot = true
    }

    step confirm {
      run    = Notice.confirm
      target = event.id
    }

    on_failure {
      run    = Notice.fail
      target = event.id
      input  = { reason = "the provider did not take it" }
    }
  }

  saga Report {
    on       = Reported
    deadline = "1h"

    step note {
      run    = Notice.deliver
      target = event.notice
      pivot  = true
    }
  }

  # What a day was like, for whoever pays for it.
  projection SentPerDay {
    from = [Notice.NoticeSent, Notice.TextSent]
    key  = { day = date(event.time), way = event.way }
    set  = { notices = count() }

    access { read = has_role("support", "author") }
  }

  channel mail {
    provider             = smtp(env("SMTP_URL"))
    from                 = "courier@courier.example"
    region               = "eu-west"
    processing_agreement = "DPA of 2026-03-01, legal/mail.pdf"
  }

  channel push { provider = webpush(secret("VAPID_KEY")) }

  notification told {
    on      = Notice.NoticeSent
    to      = event.person
    via     = [mail, push]
    subject = "Something about ${event.topic.name}"
    text    = "There is news about ${event.topic.name}. Sign in to read it."
  }

  # Services that asked are told what became of it.
  webhook outcomes {
    events    = [Notice.NoticeSent, Notice.TextSent, Notice.NoticeFailed]
    subscribe = has_role("sender")
    signing   = "hmac-sha256"
    retry     = { attempts = 10, backoff = "exponential", first = "5s", max = "2h" }
  }

  # The provider of text messages.
  integration provider {
    base_url             = env("SMS_URL")
    auth                 = bearer(secret("SMS_KEY"))
    timeout              = "3s"
    retry                = { attempts = 3, backoff = "exponential", first = "300ms", max = "5s" }
    circuit_breaker      = { failures = "50%", window = "30s", open_for = "20s" }
    bulkhead             = { concurrent = 30, queue = 300 }
    availability         = "99.9%"
    region               = "eu-west"
    processing_agreement = "DPA of 2026-03-01, legal/sms.pdf"

    operation send {
      input           = { notice = uuid, person = uuid }
      request         = post("/v1/messages", { recipient = input.person, reference = input.notice })
      output          = { message = response.body.id }
      idempotency_key = input.notice

      error number_unknown { when = response.status == 422 }
    }

    callback reported {
      verify  = hmac_sha256(header("Sms-Signature"), secret("SMS_CALLBACK_KEY"))
      when    = body.type == "message.delivered"
      dedupe  = body.id
      emit    = Reported
      payload = { notice = body.reference }
    }
  }

  event Reported { payload = { notice = ref(Notice) } }
}
