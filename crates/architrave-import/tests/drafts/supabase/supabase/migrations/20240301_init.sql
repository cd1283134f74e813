create table public.profiles (id uuid references auth.users on delete cascade not null primary key, updated_at timestamp with time zone, username text unique, avatar_url text, constraint username_length check (char_length(username) <= 40));
create table public.tenants (id uuid primary key default gen_random_uuid(), name text not null);
create table billing.invoices (id uuid primary key default gen_random_uuid(), tenant_id uuid not null references public.tenants (id), owner uuid references public.profiles (id), state text check (state in ('open','paid','void')) default 'open', amount_cents bigint not null, due date, lines jsonb, unique (tenant_id, due));
alter table public.profiles enable row level security;
create policy "Public profiles are viewable by everyone." on profiles for select using (true);
create function public.handle_new_user() returns trigger language plpgsql as $$ begin insert into public.profiles (id) values (new.id); return new; end; $$;
