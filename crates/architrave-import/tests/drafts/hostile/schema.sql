CREATE TABLE "a""b'; } system X {" ("id" int, "version" text, "tenant" int, "order" int NOT NULL DEFAULT 5, "Ordér" text, "${x}" text NOT NULL DEFAULT '${env("X")}', "# not a comment" text, "true" bool NOT NULL DEFAULT true);
CREATE TABLE users ("x" enum_unknown, status text CHECK (status IN ('a b', '"; }', '')), state text NOT NULL CHECK (state IN ('true', 'for')));
CREATE TABLE "Users" (id int PRIMARY KEY, users_id int);
CREATE TABLE "系统" ("名前" text UNIQUE, "値" numeric(40,20) NOT NULL, "价" numeric(0,0), z numeric(5,9));
CREATE TABLE system (caller int, "this" text, input json NOT NULL DEFAULT '{}', a_very_long_name_that_goes_on_and_on_and_on_until_it_is_longer_than_allowed int, a_very_long_name_that_goes_on_and_on_and_on_until_it_is_longer_than_allowed2 int);
CREATE TABLE a (b_id int NOT NULL REFERENCES b(id), id int PRIMARY KEY);
CREATE TABLE b (a_id int NOT NULL REFERENCES a(id), id int PRIMARY KEY);
CREATE TABLE empty ();
CREATE TABLE x (id int PRIMARY KEY REFERENCES a(id), n int CHECK (n >= 99999999999999), m int NOT NULL DEFAULT -3 CHECK (m >= 0), big varchar(99999999), tiny varchar(0), f float NOT NULL DEFAULT 'NaN');
