-- One of everything that a schema may hold, spelled as PostgreSQL itself spells it.
CREATE SCHEMA "Odd Names";
CREATE TYPE public.order_status AS ENUM ('draft', 'it''s paid', 'sent');
CREATE DOMAIN public.price AS numeric(12,2) CONSTRAINT price_check CHECK ((VALUE >= (0)::numeric));
CREATE SEQUENCE public.ticket_numbers;

CREATE TABLE "Odd Names"."Line; of ""order""" (
    "order" uuid NOT NULL,
    "line no" integer NOT NULL,
    "größe" text,
    CONSTRAINT lines_key PRIMARY KEY ("order", "line no")
);
CREATE TABLE public.events (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    kind text NOT NULL,
    body jsonb,
    CONSTRAINT events_pkey PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE public.orders (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    number bigint DEFAULT nextval('public.ticket_numbers'::regclass) NOT NULL,
    customer_id bigint NOT NULL,
    status public.order_status DEFAULT 'draft'::public.order_status NOT NULL,
    channel character varying(20) DEFAULT 'web'::character varying NOT NULL,
    total public.price NOT NULL,
    net numeric(12,2) GENERATED ALWAYS AS (((total)::numeric / 1.19)) STORED,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    words tsvector,
    placed_at timestamp with time zone DEFAULT now() NOT NULL,
    due date DEFAULT '2026-01-31'::date,
    deleted_at timestamp with time zone,
    CONSTRAINT orders_pkey PRIMARY KEY (id),
    CONSTRAINT orders_tenant_id_number_key UNIQUE (tenant_id, number),
    CONSTRAINT channel_is_known CHECK (((channel)::text = ANY (ARRAY[('web'::character varying)::text, ('shop'::character varying)::text]))),
    CONSTRAINT due_later CHECK ((due >= '2020-01-01'::date))
);
ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.orders FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE public.orders IS 'What people''s carts become; kept for ten years';
COMMENT ON COLUMN public.orders.total IS E'in euros \\ with tax';
CREATE TABLE public.people (
    id bigserial,
    email character varying(320) NOT NULL,
    name text COLLATE pg_catalog."C" NOT NULL,
    note character(3),
    weight double precision,
    is_known boolean DEFAULT false NOT NULL,
    photo bytea,
    waits interval DEFAULT '01:00:00'::interval,
    address inet,
    CONSTRAINT people_pkey PRIMARY KEY (id)
);
CREATE UNLOGGED TABLE public.sessions (
    token text NOT NULL,
    person_id bigint
);
CREATE TABLE public.events_2026 PARTITION OF public.events FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');
CREATE TABLE public.events_rest PARTITION OF public.events DEFAULT;
CREATE TABLE public.staff (
    desk smallint DEFAULT '-1'::integer NOT NULL
) INHERITS (public.people);

ALTER TABLE public.orders ADD CONSTRAINT total_is_low CHECK (((total)::numeric < (1000000)::numeric)) NOT VALID;
ALTER TABLE public.orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.people(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE public.sessions ADD CONSTRAINT sessions_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);
CREATE INDEX events_kind ON public.events USING btree (kind, at DESC);
CREATE INDEX orders_newest ON public.orders USING btree (customer_id, placed_at DESC NULLS LAST) INCLUDE (total) WHERE (deleted_at IS NULL);
CREATE INDEX orders_words ON public.orders USING gin (words);
CREATE UNIQUE INDEX people_email ON public.people USING btree (lower((email)::text));
CREATE UNIQUE INDEX people_name ON public.people USING btree (name) NULLS NOT DISTINCT;
CREATE POLICY of_tenant ON public.orders USING ((tenant_id = (current_setting('app.tenant'::text))::uuid));
CREATE POLICY only_new ON public.orders AS RESTRICTIVE FOR INSERT WITH CHECK ((status = 'draft'::public.order_status));
