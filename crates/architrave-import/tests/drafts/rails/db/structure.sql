CREATE TABLE public.accounts (id bigint NOT NULL, subdomain character varying NOT NULL, created_at timestamp(6) without time zone NOT NULL, updated_at timestamp(6) without time zone NOT NULL);
CREATE TABLE public.ar_internal_metadata (key character varying NOT NULL, value character varying);
CREATE TABLE public.posts (
    id bigint NOT NULL, account_id bigint NOT NULL, author_id bigint, title character varying NOT NULL, body text, "position" integer DEFAULT 0 NOT NULL,
    published boolean DEFAULT false NOT NULL, metadata jsonb DEFAULT '{}'::jsonb NOT NULL, type character varying, commentable_type character varying, commentable_id bigint,
    created_at timestamp(6) without time zone NOT NULL, updated_at timestamp(6) without time zone NOT NULL, discarded_at timestamp(6) without time zone
);
CREATE TABLE public.users (id bigint NOT NULL, email character varying DEFAULT ''::character varying NOT NULL, encrypted_password character varying NOT NULL, reset_password_token character varying, confirmation_token character varying, sign_in_count integer DEFAULT 0 NOT NULL, created_at timestamp(6) without time zone NOT NULL, updated_at timestamp(6) without time zone NOT NULL);
CREATE TABLE public.schema_migrations (version character varying NOT NULL);
ALTER TABLE ONLY public.posts ADD CONSTRAINT posts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX index_users_on_email ON public.users USING btree (email);
CREATE INDEX index_posts_on_account_id_and_created_at ON public.posts USING btree (account_id, created_at DESC);
CREATE INDEX index_posts_on_commentable ON public.posts USING btree (commentable_type, commentable_id);
ALTER TABLE ONLY public.posts ADD CONSTRAINT fk_rails_1 FOREIGN KEY (author_id) REFERENCES public.users(id);
SET search_path TO "$user", public;
INSERT INTO "schema_migrations" (version) VALUES ('20240101000000');
