insert into public.channels (slug, created_by) values ('public', '8d0fd2b3-9ca7-4d9e-a95f-9e13dded323e');
