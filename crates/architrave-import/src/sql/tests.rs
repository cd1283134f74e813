//! Schemas and migrations in the manner of real ones, and hostile ones.

use architrave_model::{
    SourceFile,
    graph::{Known, Table},
};
use proptest::prelude::*;

use crate::Import;

fn import(files: &[(&str, &str)]) -> Import {
    let files: Vec<SourceFile> = files
        .iter()
        .map(|(name, text)| SourceFile { name: (*name).to_owned(), text: (*text).to_owned() })
        .collect();
    crate::read(&files, 0)
}

/// A table in a few lines.
fn shown(table: &Table) -> String {
    let mut lines = vec![table.node.name.clone()];
    for it in &table.columns {
        let mut words = vec![format!("  {} {}", it.name, it.type_text)];
        words.push(it.kind.value().map_or("?".to_owned(), |it| format!("{it:?}")));
        if it.is_nullable.value() == Some(&true) {
            words.push("null".to_owned());
        }
        if it.is_unique.value() == Some(&true) {
            words.push("unique".to_owned());
        }
        if let Some(length) = it.length_max.value() {
            words.push(format!("max {length}"));
        }
        if let Some(value) = it.default_text.value() {
            words.push(format!("default {value}"));
        }
        if !it.values.is_empty() {
            words.push(format!("of {}", it.values.join("|")));
        }
        if let Some(number) = &it.at_least {
            words.push(format!("from {number}"));
        }
        lines.push(words.join(" · "));
    }
    match &table.primary_key {
        Known::Is(columns, _) => lines.push(format!("  key {}", columns.join(", "))),
        Known::Absent(_) => lines.push("  no key".to_owned()),
        Known::Unknown => {}
    }
    for it in &table.foreign_keys {
        let cascades = if it.cascades { " cascades" } else { "" };
        let (from, to) = (it.columns.join(", "), it.to_columns.join(", "));
        lines.push(format!("  {from} -> {} ({to}){cascades}", it.to));
    }
    for it in &table.indexes {
        let columns: Vec<String> = it
            .columns
            .iter()
            .map(|(name, down)| if *down { format!("{name} desc") } else { name.clone() })
            .collect();
        let mut words = format!("  index {} ({})", it.name, columns.join(", "));
        if it.is_unique {
            words.push_str(" unique");
        }
        if it.is_full_text {
            words.push_str(" full text");
        }
        if let Some(condition) = &it.condition {
            words.push_str(&format!(" where {condition}"));
        }
        lines.push(words);
    }
    lines.join("\n")
}

fn check_tables(files: &[(&str, &str)], expected: &str) {
    let import = import(files);
    let found: Vec<String> = import.graph.tables.iter().map(shown).collect();
    assert_eq!(import.findings, [], "{:?}", files[0].0);
    assert_eq!(found.join("\n").trim(), unindented(expected).trim());
}

fn unindented(text: &str) -> String {
    let lines = text.lines().map(|it| it.strip_prefix("        ").unwrap_or(it));
    lines.collect::<Vec<_>>().join("\n")
}

/// Steps as `line kind table.column`, with their marks.
fn check_steps(files: &[(&str, &str)], expected: &[&str]) {
    let found: Vec<String> = import(files)
        .graph
        .migrations
        .iter()
        .map(|it| {
            let mut text = format!("{} {:?}", it.node.name, it.kind);
            for more in it.table.iter().chain(&it.column) {
                text.push_str(&format!(" {more}"));
            }
            for (is_so, word) in [
                (it.table_is_new, "new"),
                (it.has_lock_timeout, "timeout"),
                (it.has_backfill, "filled"),
            ] {
                if is_so {
                    text.push_str(&format!(" +{word}"));
                }
            }
            text
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_dump_of_postgresql_is_read() {
    let dump = r#"--
-- PostgreSQL database dump
--
\restrict x8s
SET statement_timeout = 0;
SET lock_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
CREATE TYPE public.mpaa_rating AS ENUM (
    'G',
    'PG'
);
ALTER TYPE public.mpaa_rating OWNER TO postgres;
CREATE DOMAIN public.year AS integer
	CONSTRAINT year_check CHECK (((VALUE >= 1901) AND (VALUE <= 2155)));

CREATE FUNCTION public.last_updated() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    CREATE TABLE oops (id int);
    RETURN NEW;
END $$;

CREATE TABLE public.film (
    film_id integer NOT NULL,
    title character varying(255) NOT NULL,
    description text,
    release_year public.year,
    rental_rate numeric(4,2) DEFAULT 4.99 NOT NULL,
    rating public.mpaa_rating DEFAULT 'G'::public.mpaa_rating,
    email public.citext,
    last_update timestamp without time zone DEFAULT now() NOT NULL,
    special_features text[],
    fulltext tsvector NOT NULL,
    status character varying(20) NOT NULL,
    CONSTRAINT film_status_check CHECK (((status)::text = ANY ((ARRAY['draft'::character varying, 'out'::character varying])::text[]))),
    CONSTRAINT rate CHECK ((rental_rate >= (0)::numeric))
);
ALTER TABLE public.film OWNER TO postgres;
CREATE SEQUENCE public.film_film_id_seq START WITH 1;
ALTER SEQUENCE public.film_film_id_seq OWNED BY public.film.film_id;
ALTER TABLE ONLY public.film ALTER COLUMN film_id SET DEFAULT nextval('public.film_film_id_seq'::regclass);

CREATE TABLE public.payment (
    payment_id bigint NOT NULL,
    film_id integer NOT NULL,
    amount numeric(5,2) NOT NULL,
    payment_date timestamp with time zone NOT NULL
)
PARTITION BY RANGE (payment_date);
CREATE TABLE public.payment_p2022_01 (
    payment_id bigint NOT NULL,
    film_id integer NOT NULL,
    amount numeric(5,2) NOT NULL,
    payment_date timestamp with time zone NOT NULL
);
ALTER TABLE public.payment ALTER COLUMN payment_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ONLY public.payment ATTACH PARTITION public.payment_p2022_01 FOR VALUES FROM ('2022-01-01 00:00:00+00') TO ('2022-02-01 00:00:00+00');

COPY public.film (film_id, title) FROM stdin;
1	ACADEMY; DINOSAUR 'x
2	don't
\.

ALTER TABLE ONLY public.film
    ADD CONSTRAINT film_pkey PRIMARY KEY (film_id);
CREATE INDEX film_fulltext_idx ON public.film USING gin (fulltext);
CREATE INDEX idx_title ON public.film USING btree (title, last_update DESC) WHERE (description IS NOT NULL);
CREATE UNIQUE INDEX idx_email ON public.film USING btree (lower((email)::text));
CREATE TRIGGER last_updated BEFORE UPDATE ON public.film FOR EACH ROW EXECUTE FUNCTION public.last_updated();
ALTER TABLE ONLY public.payment
    ADD CONSTRAINT payment_film_id_fkey FOREIGN KEY (film_id) REFERENCES public.film(film_id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public.film ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON TABLE public.film TO reader;
"#;
    check_tables(
        &[("db/structure.sql", dump)],
        "
        public.film
          film_id integer · SmallInteger · unique · default nextval('public.film_film_id_seq'::REGCLASS)
          title character varying(255) · Text · max 255
          description text · Text · null
          release_year public.year · SmallInteger · null
          rental_rate numeric(4,2) · Decimal · default 4.99 · from 0
          rating public.mpaa_rating · Enumeration · null · default 'G'::public.mpaa_rating · of G|PG
          email public.citext · Text · null
          last_update timestamp without time zone · LocalTime · default now()
          special_features text[] · List · null
          fulltext tsvector · ?
          status character varying(20) · Enumeration · max 20 · of draft|out
          key film_id
          index film_fulltext_idx (fulltext) full text
          index idx_title (title, last_update desc) where (description IS NOT NULL)
          index idx_email (lower((email)::TEXT)) unique
        public.payment
          payment_id bigint · Integer · default identity
          film_id integer · SmallInteger
          amount numeric(5,2) · Decimal
          payment_date timestamp with time zone · Instant
          no key
          film_id -> table:public.film (film_id) cascades
        ",
    );
    let import = import(&[("db/structure.sql", dump)]);
    assert!(import.graph.migrations.is_empty(), "a dump is no migration");
    let facts: Vec<&str> = import.graph.manifests[0].facts.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(facts, ["row_level_security", "grant"]);
}

#[test]
fn mysql_is_read() {
    check_tables(
        &[(
            "northwind.sql",
            "SET FOREIGN_KEY_CHECKS=0;
            /*!40101 SET NAMES utf8 */;
            CREATE TABLE IF NOT EXISTS `northwind`.`orders` (
              `id` INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
              `customer_id` INT(11) NULL DEFAULT NULL,
              `ship_name` VARCHAR(50) NULL DEFAULT NULL COMMENT 'who; gets it',
              `status` ENUM('new', 'Shipped') NOT NULL DEFAULT 'new',
              `is_paid` tinyint(1) NOT NULL DEFAULT '0',
              `note` text CHARACTER SET utf8mb4,
              `created` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
              PRIMARY KEY (`id`),
              UNIQUE KEY `name` (`ship_name`(10)),
              KEY `status` (`status`, `created` DESC),
              FULLTEXT KEY `note` (`note`),
              CONSTRAINT `fk_customer` FOREIGN KEY (`customer_id`) REFERENCES `northwind`.`customers` (`id`) ON DELETE NO ACTION
            ) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8;
            INSERT INTO `orders` VALUES (1, 'it\\'s; fine');",
        )],
        "
        northwind.orders
          id int(11) unsigned · SmallInteger · unique · default identity
          customer_id int(11) · SmallInteger · null · default NULL
          ship_name varchar(50) · Text · null · unique · max 50 · default NULL
          status enum('new', 'Shipped') · Enumeration · default 'new' · of new|Shipped
          is_paid tinyint(1) · Boolean · default '0'
          note text · Text · null
          created datetime · LocalTime · default CURRENT_TIMESTAMP
          key id
          customer_id -> table:northwind.customers (id)
          index name (ship_name) unique
          index status (status, created desc)
          index note (note) full text
          index  (customer_id)
        ",
    );
}

#[test]
fn sqlite_is_read() {
    check_tables(
        &[(
            "schema.sql",
            r#"PRAGMA foreign_keys = ON;
            CREATE TABLE [Order Details] (Id INTEGER PRIMARY KEY AUTOINCREMENT, anything, at DATETIME);
            CREATE TABLE tags (name TEXT PRIMARY KEY COLLATE NOCASE, n INT CHECK (n > 0)) WITHOUT ROWID, STRICT;
            CREATE TABLE marks (
              tag TEXT NOT NULL REFERENCES tags ON DELETE CASCADE,
              detail INTEGER NOT NULL REFERENCES "Order Details"(Id),
              size INTEGER GENERATED ALWAYS AS (length(tag)) STORED,
              UNIQUE (tag, detail)
            ) STRICT;
            CREATE VIRTUAL TABLE words USING fts5(name);
            CREATE TRIGGER t AFTER INSERT ON tags BEGIN INSERT INTO words VALUES (new.name); END;
            CREATE INDEX marks_detail ON marks (detail) WHERE detail > 0;"#,
        )],
        "
        Order Details
          Id integer · Integer · unique · default identity
          anything  · ? · null
          at datetime · ? · null
          key Id
        tags
          name text · Text · unique
          n int · Integer · null · from 1
          key name
        marks
          tag text · Text
          detail integer · Integer
          size integer · Integer · null
          no key
          tag -> table:tags (name) cascades
          detail -> table:Order Details (Id)
          index marks_tag_detail_key (tag, detail) unique
          index marks_detail (detail) where detail > 0
        ",
    );
}

#[test]
fn migrations_are_replayed_in_their_order_and_never_back() {
    check_tables(
        &[
            (
                "db/V10__more.sql",
                "ALTER TABLE users RENAME COLUMN mail TO email; ALTER TABLE users DROP COLUMN age;",
            ),
            (
                "db/V2__people.sql",
                "CREATE TABLE users (id bigserial PRIMARY KEY, mail text NOT NULL UNIQUE, age int);",
            ),
            ("db/U2__people.sql", "DROP TABLE users;"),
            (
                "db/V11__gone.sql",
                "CREATE TABLE old (id int); DROP TABLE old; ALTER TABLE users RENAME TO people;",
            ),
        ],
        "
        public.people
          id bigserial · Integer · unique · default nextval()
          email text · Text · unique
          key id
          index users_mail_key (email) unique
        ",
    );
}

#[test]
fn steps_say_what_they_do_to_a_running_system() {
    check_steps(
        &[
            (
                "migrations/001_a.up.sql",
                "CREATE TABLE t (id bigint PRIMARY KEY, a text);\nCREATE INDEX i ON t (a);",
            ),
            (
                "migrations/002_b.up.sql",
                "SET LOCAL lock_timeout = '5s';
ALTER TABLE t ADD COLUMN b int, ADD COLUMN c int NOT NULL;
ALTER TABLE t ADD COLUMN d uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE t ADD COLUMN e timestamptz NOT NULL DEFAULT now();
CREATE UNIQUE INDEX CONCURRENTLY j ON t (b);
SET lock_timeout TO 0;
ALTER TABLE t ALTER COLUMN b SET NOT NULL;
UPDATE t SET b = 0 WHERE b IS NULL;
ALTER TABLE t ALTER COLUMN b SET NOT NULL;
ALTER TABLE t ALTER COLUMN a TYPE varchar(10);
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES u (id) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT f;
ALTER TABLE t ADD CONSTRAINT n CHECK (a IS NOT NULL) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT n;
ALTER TABLE t ALTER a SET NOT NULL;
DELETE FROM t WHERE id BETWEEN 1 AND 1000;
TRUNCATE TABLE t;
DROP INDEX j;
ALTER TABLE t DROP COLUMN c;
DROP TABLE IF EXISTS t CASCADE;",
            ),
            ("migrations/002_b.down.sql", "DROP TABLE everything;"),
        ],
        &[
            "migrations/001_a.up.sql:1 CreateTable table:public.t +new",
            "migrations/001_a.up.sql:2 CreateIndex table:public.t a +new",
            "migrations/002_b.up.sql:2 AddColumn table:public.t b +timeout",
            "migrations/002_b.up.sql:2:2 AddColumnNotNull table:public.t c +timeout",
            "migrations/002_b.up.sql:3 AddColumnVolatileDefault table:public.t d +timeout +filled",
            "migrations/002_b.up.sql:4 AddColumn table:public.t e +timeout +filled",
            "migrations/002_b.up.sql:5 CreateIndexConcurrently table:public.t b +timeout",
            "migrations/002_b.up.sql:5:2 AddUnique table:public.t b +timeout",
            "migrations/002_b.up.sql:7 SetNotNull table:public.t b",
            "migrations/002_b.up.sql:8 UpdateAll table:public.t",
            "migrations/002_b.up.sql:9 SetNotNull table:public.t b +filled",
            "migrations/002_b.up.sql:10 ChangeType table:public.t a",
            "migrations/002_b.up.sql:11 AddForeignKeyNotValid table:public.t b +filled",
            "migrations/002_b.up.sql:12 Other table:public.t",
            "migrations/002_b.up.sql:13 AddCheckNotValid table:public.t a",
            "migrations/002_b.up.sql:14 Other table:public.t +filled",
            "migrations/002_b.up.sql:15 SetNotNull table:public.t a +filled",
            "migrations/002_b.up.sql:16 UpdateBatch table:public.t",
            "migrations/002_b.up.sql:17 Truncate table:public.t",
            "migrations/002_b.up.sql:18 DropIndex table:public.t",
            "migrations/002_b.up.sql:19 DropColumn table:public.t c",
            "migrations/002_b.up.sql:20 DropTable table:public.t",
        ],
    );
}

#[test]
fn a_table_that_is_rebuilt_is_not_lost() {
    check_steps(
        &[
            (
                "prisma/migrations/2024_a/migration.sql",
                "CREATE TABLE \"User\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT);",
            ),
            (
                "prisma/migrations/2025_b/migration.sql",
                "PRAGMA foreign_keys=OFF;
CREATE TABLE \"new_User\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"name\" TEXT);
INSERT INTO \"new_User\" (\"id\") SELECT \"id\" FROM \"User\";
DROP TABLE \"User\";
ALTER TABLE \"new_User\" RENAME TO \"User\";",
            ),
        ],
        &[
            "prisma/migrations/2024_a/migration.sql:1 CreateTable table:User +new",
            "prisma/migrations/2025_b/migration.sql:2 CreateTable table:new_User +new",
            "prisma/migrations/2025_b/migration.sql:4 Other table:User",
            "prisma/migrations/2025_b/migration.sql:5 Other table:new_User +new",
        ],
    );
}

#[test]
fn tables_of_different_databases_are_told_apart() {
    let names = |files: &[(&str, &str)]| -> Vec<String> {
        import(files).graph.tables.iter().map(|it| it.node.id.clone()).collect()
    };
    let users = "CREATE TABLE users (id bigint PRIMARY KEY, name text);";
    let others = "CREATE TABLE users (id bigint PRIMARY KEY, email text);";
    assert_eq!(names(&[("a/schema.sql", users), ("b/schema.sql", users)]), ["table:public.users"]);
    assert_eq!(
        names(&[("a/schema.sql", users), ("b/schema.sql", others)]),
        ["table:public.users", "table:b/public.users"]
    );
    assert_eq!(
        names(&[("a/migrations/001.sql", users), ("b/migrations/001.sql", others)]),
        ["table:public.users", "table:b/migrations/public.users"]
    );
    // The dump beside the migrations is the truth.
    assert_eq!(
        names(&[("db/migrations/001.sql", users), ("db/structure.sql", others)]),
        ["table:public.users"]
    );
}

#[test]
fn what_cannot_be_read_is_one_finding_and_reading_goes_on() {
    let import = import(&[(
        "schema.sql",
        "CREATE TABLE a (id int;\nCREATE TABLE b (id int);\nCREATE TABLE c (id int, ,);\nCREATE TABLE d (id int);",
    )]);
    let names: Vec<&str> = import.graph.tables.iter().map(|it| it.node.name.as_str()).collect();
    assert_eq!(names, ["public.b", "public.d"]);
    assert_eq!(import.findings.len(), 2);
    assert_eq!(import.findings[0].code.0, "AR0911");
    assert_eq!(import.findings[0].span().start, 0);
}

#[test]
fn rows_are_those_that_a_server_counted() {
    let check = |head: &str, above: &str, expected: Option<u64>| {
        let text = format!("{head}\n\n{above}\nCREATE TABLE public.t (id bigint);");
        let import = import(&[("postgres://db/shop", &text)]);
        assert_eq!(import.graph.tables[0].rows.value().copied(), expected, "{text}");
    };
    let live = "-- PostgreSQL schema of postgres://db/shop";
    check(live, "-- about 1500000 rows", Some(1_500_000));
    check(live, "-- about 0 rows", Some(0));
    check(live, "-- about many rows", None);
    check(live, "", None);
    check("-- our shop", "-- about 1500000 rows", None);
}

#[test]
fn places_point_at_names() {
    let text = "-- ö ü\nCREATE TABLE shop.\"Örders\" (\n  \"größe\" int,\n  b int);";
    let import = import(&[("schema.sql", text)]);
    let table = &import.graph.tables[0];
    let at = |span: Option<architrave_model::Span>| {
        let span = span.unwrap();
        &text[span.start as usize..span.end as usize]
    };
    assert_eq!(at(table.node.origin.span), "\"Örders\"");
    assert_eq!(at(table.columns[0].origin.span), "\"größe\"");
    assert_eq!(at(table.columns[1].origin.span), "b");
}

#[test]
fn hostile_texts_take_neither_the_stack_nor_the_afternoon() {
    let deep = |open: &str, close: &str| {
        format!("CREATE TABLE t (id int CHECK ({}1{}));", open.repeat(20_000), close.repeat(20_000))
    };
    for text in [
        deep("(", ")"),
        deep("- ", ""),
        deep("NOT ", ""),
        deep("1+", ""),
        deep("f(1)+", ""),
        deep("CASE WHEN ", ""),
        deep("ARRAY[", "]"),
        format!("CREATE TABLE t (id int{});", "[]".repeat(50_000)),
        format!("CREATE TABLE t (id {}int{});", "ARRAY<".repeat(500), ">".repeat(500)),
        format!("CREATE TABLE t (id {}int{});", "STRUCT<a ".repeat(290), ">".repeat(290)),
        format!("CREATE TABLE t (id int DEFAULT {}1);", "- ".repeat(590)),
        format!("CREATE TABLE t (id int DEFAULT {}1);", "NOT ".repeat(590)),
        format!("CREATE TABLE t (id int DEFAULT 1{});", "+1".repeat(290)),
        format!("CREATE TABLE t (id int DEFAULT 1{});", "::int".repeat(190)),
        "CREATE TRIGGER t BEGIN a;".repeat(100_000),
        "a;".repeat(500_000),
        "/*".repeat(500_000),
        "$a$".repeat(300_001),
        "'".repeat(1_000_001),
        "CREATE TABLE t (".repeat(50_000),
        format!(
            "CREATE TABLE t ({});",
            (0..50_000).map(|it| format!("c{it} int,")).collect::<String>()
        ),
        "DELIMITER x\n".repeat(50_000),
    ] {
        let import = import(&[("schema.sql", &text)]);
        assert!(import.graph.tables.len() <= 1);
    }
}

proptest! {
    #[test]
    fn whatever_the_text_reading_ends_well(text in "\\PC{0,300}") {
        let _ = import(&[("schema.sql", &text)]);
    }

    #[test]
    fn words_of_sql_in_any_order_are_survived(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "CREATE", "TABLE", "INDEX", "ALTER", "ADD", "COLUMN", "DROP", "t", "a", "int", "(", ")", ",", ";",
                "'", "\"", "`", "$$", "--", "/*", "*/", "\n", "CHECK", "REFERENCES", "PRIMARY", "KEY", "UNIQUE",
                "RENAME", "TO", "ONLY", "IF", "EXISTS", "TYPE", "ENUM", "AS", "SET", "=", "1", "[", "]", "BEGIN",
                "END", "TRIGGER", ".", "ATTACH", "PARTITION", "UPDATE", "DELETE", "FROM", "WHERE", "COPY", "stdin",
                "\\", "é", "CONSTRAINT", "FOREIGN", "ENGINE=InnoDB", "MODIFY", "CHANGE", "NOT", "NULL", "DEFAULT",
            ]),
            0..60,
        )
    ) {
        let text = words.join(" ");
        let _ = import(&[("migrations/001.sql", &text)]);
    }
}
