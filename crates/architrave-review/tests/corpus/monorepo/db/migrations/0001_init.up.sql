CREATE TABLE tickets (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  title text NOT NULL,
  state text NOT NULL DEFAULT 'open',
  opened_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tickets_state_opened ON tickets (state, opened_at DESC);
