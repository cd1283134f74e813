//! What is asked of the catalogue, and what it answers.

use architrave_engine::Fault;

use super::Reader;

/// A row of texts.
pub(super) struct Cells {
    cells: std::vec::IntoIter<Option<String>>,
}

impl Cells {
    pub(super) fn new(cells: Vec<Option<String>>) -> Self {
        Self { cells: cells.into_iter() }
    }

    /// The next cell; none where it is null.
    fn maybe(&mut self) -> Option<String> {
        self.cells.next().flatten()
    }

    fn text(&mut self) -> String {
        self.maybe().unwrap_or_default()
    }

    /// How the protocol writes a boolean.
    fn is_true(&mut self) -> bool {
        self.maybe().is_some_and(|it| it == "t")
    }
}

/// What a schema consists of. Names are quoted where they must be; everything is in the order of writing.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    /// Schemas other than `public`.
    pub(super) schemas: Vec<String>,
    /// Enumerations: name, texts as a list of literals.
    pub(super) enumerations: Vec<(String, String)>,
    /// Domains: name, and all that stands behind `AS`.
    pub(super) domains: Vec<(String, String)>,
    /// Sequences that belong to no column.
    pub(super) sequences: Vec<String>,
    pub(super) tables: Vec<Table>,
    /// References, and checks that existing rows need not obey: table, name, definition.
    pub(super) late_constraints: Vec<(String, String, String)>,
    pub(super) indexes: Vec<Index>,
    /// Row rules, as whole statements without the end.
    pub(super) policies: Vec<String>,
}

/// A table.
#[derive(Debug, Default)]
pub(super) struct Table {
    oid: String,
    pub(super) name: String,
    pub(super) is_unlogged: bool,
    /// What stands behind `PARTITION BY`.
    pub(super) partitioned_by: Option<String>,
    /// What stands behind `PARTITION OF parent`.
    pub(super) bound: Option<String>,
    /// Names of the tables it inherits from or is a part of.
    pub(super) parents: Option<String>,
    pub(super) has_row_security: bool,
    pub(super) forces_row_security: bool,
    /// As the statistics have it; none where nobody looked yet.
    pub(super) rows: Option<u64>,
    /// As a literal.
    pub(super) comment: Option<String>,
    pub(super) columns: Vec<Column>,
    /// Keys, uniqueness, checks, exclusions: name, definition.
    pub(super) constraints: Vec<(String, String)>,
}

/// A column.
#[derive(Debug, Default)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) type_text: String,
    pub(super) collation: Option<String>,
    pub(super) is_required: bool,
    /// An expression: of the default, or of what is worked out.
    pub(super) value: Option<String>,
    pub(super) role: Role,
    /// As a literal.
    pub(super) comment: Option<String>,
}

/// Where a column's values come from.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    #[default]
    Plain,
    /// A sequence of its own as the default.
    Serial,
    IdentityAlways,
    IdentityByDefault,
    /// Worked out and kept.
    Stored,
    /// Worked out when it is read.
    Virtual,
}

/// An index that no constraint brings.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) definition: String,
    /// What a failed `CREATE INDEX CONCURRENTLY` leaves behind.
    pub(super) is_valid: bool,
}

/// Ours to read: no catalogue, no table of an extension, nothing temporary.
const OURS: &str = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

const SCHEMAS: &str = "SELECT quote_ident(n.nspname) FROM pg_namespace n \
    WHERE {ours} AND n.nspname <> 'public' AND NOT {extension:pg_namespace:n} \
    ORDER BY n.nspname COLLATE \"C\"";

const ENUMERATIONS: &str = "SELECT quote_ident(n.nspname) || '.' || quote_ident(t.typname), \
      (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) \
       FROM pg_enum e WHERE e.enumtypid = t.oid) \
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
    WHERE t.typtype = 'e' AND {ours} AND NOT {extension:pg_type:t} \
    ORDER BY n.nspname COLLATE \"C\", t.typname COLLATE \"C\"";

const DOMAINS: &str = "SELECT quote_ident(n.nspname) || '.' || quote_ident(t.typname), \
      format_type(t.typbasetype, t.typtypmod) || coalesce(' DEFAULT ' || t.typdefault, '') \
      || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END \
      || coalesce((SELECT string_agg(' CONSTRAINT ' || quote_ident(c.conname) || ' ' \
           || pg_get_constraintdef(c.oid), '' ORDER BY c.conname COLLATE \"C\") \
         FROM pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c'), '') \
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
    WHERE t.typtype = 'd' AND {ours} AND NOT {extension:pg_type:t} ORDER BY t.oid";

const SEQUENCES: &str = "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind = 'S' AND {ours} AND NOT {extension:pg_class:c} AND NOT EXISTS \
      (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid \
       AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')) \
    ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\"";

/// Those that others inherit from come first. Partitions are counted together: the whole has no rows of its own.
const TABLES: &str = "WITH RECURSIVE depth(oid, level) AS ( \
      SELECT c.oid, 0 FROM pg_class c WHERE NOT EXISTS \
        (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid) AND c.relkind IN ('r', 'p') \
      UNION SELECT i.inhrelid, d.level + 1 FROM depth d JOIN pg_inherits i ON i.inhparent = d.oid), \
    level(oid, level) AS (SELECT oid, max(level) FROM depth GROUP BY oid), \
    part(whole, oid) AS (SELECT c.oid, c.oid FROM pg_class c WHERE c.relkind = 'p' \
      UNION SELECT p.whole, i.inhrelid FROM part p JOIN pg_inherits i ON i.inhparent = p.oid) \
    SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname), \
      c.relpersistence = 'u', \
      CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END, \
      pg_get_expr(c.relpartbound, c.oid), \
      (SELECT string_agg(quote_ident(pn.nspname) || '.' || quote_ident(p.relname), ', ' \
          ORDER BY i.inhseqno) \
       FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent \
       JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE i.inhrelid = c.oid), \
      c.relrowsecurity, c.relforcerowsecurity, \
      CASE WHEN c.relkind = 'p' THEN \
        (SELECT sum(leaf.reltuples)::numeric(30, 0) FROM part p JOIN pg_class leaf \
         ON leaf.oid = p.oid WHERE p.whole = c.oid AND leaf.relkind <> 'p' \
         HAVING min(leaf.reltuples) >= 0) \
      WHEN c.reltuples >= 0 THEN c.reltuples::numeric(30, 0) END, \
      quote_literal(obj_description(c.oid, 'pg_class')) \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN level l ON l.oid = c.oid \
    WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND {ours} \
      AND NOT {extension:pg_class:c} \
    ORDER BY l.level, n.nspname COLLATE \"C\", c.relname COLLATE \"C\"";

/// Of parts and heirs, only the columns that are their own.
const COLUMNS: &str = "SELECT a.attrelid, quote_ident(a.attname), \
      format_type(a.atttypid, a.atttypmod), \
      CASE WHEN a.attcollation <> t.typcollation THEN \
        (SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname) FROM pg_collation co \
         JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation) END, \
      a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, \
      a.attidentity = '' AND a.attnotnull AND t.oid IN ('int2'::regtype, 'int4'::regtype, \
        'int8'::regtype) AND pg_get_expr(d.adbin, d.adrelid) \
        = 'nextval(' || quote_literal((SELECT s.oid::regclass FROM pg_depend o \
            JOIN pg_class s ON s.oid = o.objid AND s.relkind = 'S' \
            WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass \
            AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum AND o.deptype = 'a' \
            LIMIT 1)::text) || '::regclass)', \
      quote_literal(col_description(a.attrelid, a.attnum)) \
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid \
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
    WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND {ours} AND a.attnum > 0 \
      AND NOT a.attisdropped AND a.attislocal AND NOT c.relispartition \
    ORDER BY a.attrelid, a.attnum";

/// Keys first, then what keeps values apart, then checks. What a parent brings is not repeated.
const CONSTRAINTS: &str = "SELECT k.conrelid, quote_ident(n.nspname) || '.' || quote_ident(c.relname), \
      quote_ident(k.conname), pg_get_constraintdef(k.oid), k.contype = 'f' OR NOT k.convalidated \
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid \
    JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE k.contype IN ('p', 'u', 'x', 'c', 'f') AND k.conparentid = 0 AND k.conislocal \
      AND c.relkind IN ('r', 'p') AND {ours} AND NOT {extension:pg_class:c} \
    ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\", \
      position(k.contype::text IN 'puxcf'), k.conname COLLATE \"C\"";

/// That of a partitioned table is said to be of it `ONLY`, which is true while its parts are put on one by one.
const INDEXES: &str = "SELECT quote_ident(ic.relname), \
      CASE WHEN c.relkind = 'p' THEN replace(pg_get_indexdef(i.indexrelid), \
        quote_ident(ic.relname) || ' ON ONLY ', quote_ident(ic.relname) || ' ON ') \
      ELSE pg_get_indexdef(i.indexrelid) END, i.indisvalid \
    FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid \
    JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p') AND NOT ic.relispartition AND {ours} \
      AND NOT {extension:pg_class:c} \
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid \
        AND k.contype IN ('p', 'u', 'x')) \
    ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\", ic.relname COLLATE \"C\"";

const POLICIES: &str = "SELECT 'CREATE POLICY ' || quote_ident(p.polname) || ' ON ' \
      || quote_ident(n.nspname) || '.' || quote_ident(c.relname) \
      || CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END \
      || CASE p.polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' \
         WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' ELSE '' END \
      || CASE WHEN p.polroles = '{0}' THEN '' ELSE ' TO ' || (SELECT string_agg( \
         quote_ident(r.rolname), ', ' ORDER BY r.rolname COLLATE \"C\") \
         FROM pg_roles r WHERE r.oid = ANY (p.polroles)) END \
      || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') \
      || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') \
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid \
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {ours} \
    ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\", p.polname COLLATE \"C\"";

/// A query with what several of them say.
fn filled(query: &str) -> String {
    let mut query = query.replace("{ours}", OURS);
    for (catalogue, alias) in [("pg_namespace", "n"), ("pg_type", "t"), ("pg_class", "c")] {
        let belongs = format!(
            "EXISTS (SELECT FROM pg_depend x WHERE x.classid = '{catalogue}'::regclass \
             AND x.objid = {alias}.oid AND x.deptype = 'e')"
        );
        query = query.replace(&format!("{{extension:{catalogue}:{alias}}}"), &belongs);
    }
    query
}

impl Catalogue {
    /// Asks everything.
    pub(super) async fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let mut tables = reader.all(TABLES, Table::of).await?;
        // Binary search by what only the server orders: positions by oid.
        let mut by_oid: Vec<(String, usize)> =
            tables.iter().zip(0..).map(|(it, at)| (it.oid.clone(), at)).collect();
        by_oid.sort_unstable();
        let position = |oid: &String| {
            let found = by_oid.binary_search_by(|it| it.0.cmp(oid)).ok()?;
            by_oid.get(found).map(|it| it.1)
        };
        for (oid, column) in reader.all(COLUMNS, |it| (it.text(), Column::of(it))).await? {
            if let Some(table) = position(&oid).and_then(|it| tables.get_mut(it)) {
                table.columns.push(column);
            }
        }
        let mut late_constraints = Vec::new();
        let of = |it: &mut Cells| (it.text(), it.text(), it.text(), it.text(), it.is_true());
        for (oid, table, name, definition, is_late) in reader.all(CONSTRAINTS, of).await? {
            if is_late {
                late_constraints.push((table, name, definition));
            } else if let Some(table) = position(&oid).and_then(|it| tables.get_mut(it)) {
                table.constraints.push((name, definition));
            }
        }
        let pair = |it: &mut Cells| (it.text(), it.text());
        Ok(Self {
            schemas: reader.all(SCHEMAS, Cells::text).await?,
            enumerations: reader.all(ENUMERATIONS, pair).await?,
            domains: reader.all(DOMAINS, pair).await?,
            sequences: reader.all(SEQUENCES, Cells::text).await?,
            tables,
            late_constraints,
            indexes: reader.all(INDEXES, Index::of).await?,
            policies: reader.all(POLICIES, Cells::text).await?,
        })
    }
}

impl Reader<'_> {
    async fn all<T>(&mut self, query: &str, of: impl Fn(&mut Cells) -> T) -> Result<Vec<T>, Fault> {
        let rows = self.rows(&filled(query)).await?;
        Ok(rows.into_iter().map(|mut it| of(&mut it)).collect())
    }
}

impl Table {
    fn of(cells: &mut Cells) -> Self {
        Self {
            oid: cells.text(),
            name: cells.text(),
            is_unlogged: cells.is_true(),
            partitioned_by: cells.maybe(),
            bound: cells.maybe(),
            parents: cells.maybe(),
            has_row_security: cells.is_true(),
            forces_row_security: cells.is_true(),
            rows: cells.maybe().and_then(|it| it.parse().ok()),
            comment: cells.maybe(),
            ..Self::default()
        }
    }
}

impl Column {
    fn of(cells: &mut Cells) -> Self {
        let mut column = Self {
            name: cells.text(),
            type_text: cells.text(),
            collation: cells.maybe(),
            is_required: cells.is_true(),
            value: cells.maybe(),
            ..Self::default()
        };
        let (identity, generated) = (cells.text(), cells.text());
        column.role = match (identity.as_str(), generated.as_str(), cells.is_true()) {
            ("a", _, _) => Role::IdentityAlways,
            ("d", _, _) => Role::IdentityByDefault,
            (_, "s", _) => Role::Stored,
            (_, "v", _) => Role::Virtual,
            (_, _, true) => Role::Serial,
            _ => Role::Plain,
        };
        column.comment = cells.maybe();
        column
    }
}

impl Index {
    fn of(cells: &mut Cells) -> Self {
        Self { name: cells.text(), definition: cells.text(), is_valid: cells.is_true() }
    }
}
