create index concurrently if not exists messages_user_idx on public.messages using btree (user_id);
create index messages_channel on public.messages (channel_id, inserted_at desc);
create index channels_created_by on public.channels (created_by);
