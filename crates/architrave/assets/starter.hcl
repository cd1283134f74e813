# A small backend to start from: people keep notes, and share them if they like.
#
# How to read this file
#   name = value              a setting; inside `entity` it is a field and its type
#   text in quotes            a value; a bare name always refers to something declared
#   the comment right above   documents what follows, in the API's description too
#   what has no rule          does not exist: without an access rule an operation is not in the API
#
# Try:  architrave check .       everything there is to say about this file
#       architrave serve . --dev serve it, with one person per role and ready-to-paste requests

system Notebook { edition = "2026" }

# Who calls. Without `--dev`, tokens come from your OpenID Connect issuer.
identity {
  user  = notes.User
  roles = ["writer", "moderator"]

  # A person's first sign-in creates their User from these claims.
  provision = { email = claim("email") }

  login oidc {
    issuer   = env("OIDC_ISSUER")
    audience = "notebook"
    roles    = claim("roles")
  }
}

# How often.
limits {
  anonymous = rate("60/min", caller.ip)
  signed_in = rate("600/min", caller.id)
}

context notes {

  # Someone who writes. The e-mail address is encrypted at rest and can still be looked up.
  entity User {
    email = email(unique, pii("contact"), encrypted(lookup))

    access { read = this == caller.user }
  }

  # A note belongs to whoever wrote it.
  entity Note {
    owner  = ref(User, immutable, default(caller.user))
    title  = string(120)
    body   = optional(text)
    public = bool(default(false))

    # A note is a draft until it is published, and can be taken back.
    lifecycle status {
      initial = "draft"
      transitions = {
        draft     = ["published"]
        published = ["draft"]
      }
    }

    # Lists are answered from an index, or refused with the index to add.
    index { on = [owner, desc(created_at)] }
    index { on = [status, desc(created_at)] }
    search { on = [weight(title, 4), body] }

    access {
      read   = this.owner == caller.user || (this.public && this.status == "published")
      create = this.owner == caller.user
      update = this.owner == caller.user
      delete = this.owner == caller.user || has_role("moderator")
    }

    # Named intents: POST /v1/notes/{id}/publish
    command publish {
      allow      = this.owner == caller.user
      transition = "published"
      emit       = NotePublished

      guard untitled {
        check   = length(this.title) > 0
        message = "A note needs a title before others can find it."
      }
    }

    command take_back {
      allow      = this.owner == caller.user || has_role("moderator")
      transition = "draft"
    }

    event NotePublished { carries = [owner, title] }
  }
}
