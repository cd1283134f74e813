//! List queries: `?status=paid&total[gte]=10&sort=-created_at&limit=50&q=shoe&cursor=…`.

use architrave_model::{EntityId, Value};
use architrave_plan::{
    CallerClass, ColumnId, ColumnRole, Condition, Direction, FieldVisibility, FilterOperator,
    ListPlan, ListQuery, Shape, SortKey,
};

use super::{
    Choice, Cursor, Selections, bad::Bad, choose::choose, search_tokens, value::filter_value,
};
use crate::{Caller, Problem, ports::Filter, prepared::Prepared};

/// Longest search text in characters; OpenAPI names it too.
const SEARCH_LENGTH_MAX: usize = 200;

/// Most sort keys; an index with more is rare, and each makes the cursor's condition longer.
const SORT_KEYS_MAX: usize = 8;

/// A list query, checked.
#[derive(Debug)]
pub(crate) struct ListRequest {
    pub(crate) choice: Choice,
    pub(crate) filters: Vec<Filter>,
    pub(crate) search: Option<Vec<(String, bool)>>,
    pub(crate) sort: Vec<SortKey>,
    pub(crate) limit: u32,
    pub(crate) cursor: Option<Cursor>,
    /// What a cursor belongs to.
    pub(crate) bound_to: Vec<u8>,
    /// What the statement depends on, see [`crate::ports::ReadList::query_key`].
    pub(crate) query_key: u64,
}

/// The parameters by name.
#[derive(Default)]
struct Parameters<'a> {
    fields: Option<&'a str>,
    expand: Option<&'a str>,
    sort: Option<&'a str>,
    limit: Option<&'a str>,
    cursor: Option<&'a str>,
    q: Option<&'a str>,
    /// (key, value)
    filters: Vec<(&'a str, &'a str)>,
}

/// Who asks which list.
pub(crate) struct Asker<'a> {
    pub(crate) prepared: &'a Prepared,
    pub(crate) selections: &'a Selections,
    pub(crate) entity: EntityId,
    pub(crate) operation: &'a str,
    pub(crate) caller: &'a Caller,
}

impl Asker<'_> {
    /// Checks a list query.
    ///
    /// # Errors
    /// 400 with everything that is wrong.
    pub(crate) fn list(&self, query: &[(String, String)]) -> Result<ListRequest, Problem> {
        let mut bad = Bad::default();
        let Some(plan) = self.prepared.plan.lists.get(self.entity.0 as usize) else {
            return Err(Problem::of("not-found", "There is no such list."));
        };
        let parameters = parameters(query, &mut bad);
        let class = self.caller.class;
        let shape = self.selections.shape(self.entity, class);
        let choice = choose(
            self.prepared,
            self.selections,
            self.entity,
            class,
            parameters.fields,
            parameters.expand,
            &mut bad,
        );
        let filters = self.filters(plan, &shape, &parameters, &mut bad);
        let search = self.search(plan, &shape, parameters.q, &mut bad);
        let asked = self.sort(plan, &shape, parameters.sort, &mut bad);
        let limit = limit(plan, parameters.limit, &mut bad);
        bad.into_result()?;
        let sort = self.served(&filters, &asked, search.is_some())?;
        let bound_to = self.bound_to(query);
        let cursor = self.cursor(parameters.cursor, &bound_to)?;
        let query_key = self.query_key(&filters, &sort, search.as_deref(), cursor.as_ref());
        Ok(ListRequest { choice, filters, search, sort, limit, cursor, bound_to, query_key })
    }

    fn filters(
        &self,
        plan: &ListPlan,
        shape: &Shape,
        parameters: &Parameters<'_>,
        bad: &mut Bad,
    ) -> Vec<Filter> {
        let mut filters = Vec::new();
        for (key, text) in &parameters.filters {
            let (name, operator) = split(key);
            let Some((column, visibility)) = self.column(shape, name) else {
                bad.unknown(key);
                continue;
            };
            if *visibility == FieldVisibility::Hidden {
                bad.unreadable(key, name);
                continue;
            }
            let Some(operator) = operator else {
                bad.unknown(key);
                continue;
            };
            let offered = plan.filters.iter().find(|it| it.column == column);
            let Some(offered) = offered else {
                bad.unserved(key, self.index_to_add(column));
                continue;
            };
            if !offered.operators.contains(&operator) {
                bad.invalid(key, "The field does not take this operator.".to_owned());
                continue;
            }
            match filter_value(self.prepared, self.entity, column, operator, text) {
                Ok(value) => {
                    let is_guarded = matches!(visibility, FieldVisibility::Where(_));
                    filters.push(Filter { column, operator, value, is_guarded });
                }
                Err(misfit) => bad.invalid(key, misfit.detail),
            }
        }
        filters
    }

    /// A column by its path, with who sees it. Columns that nobody can ask for are not there.
    fn column<'s>(&self, shape: &'s Shape, path: &str) -> Option<(ColumnId, &'s FieldVisibility)> {
        let table = &self.prepared.plan[self.entity];
        let id = table.column_at(path)?;
        let column = table.column(id)?;
        match column.role {
            ColumnRole::Field { field, .. } => Some((id, shape.fields.get(field)?)),
            ColumnRole::Id
            | ColumnRole::Version
            | ColumnRole::CreatedAt
            | ColumnRole::UpdatedAt => Some((id, &FieldVisibility::Visible)),
            ColumnRole::Tenant
            | ColumnRole::Parent
            | ColumnRole::Position
            | ColumnRole::DeletedAt => None,
        }
    }

    fn index_to_add(&self, column: ColumnId) -> String {
        let value = Value::Null;
        let condition = Condition { column, operator: FilterOperator::Eq, value: &value };
        let query = ListQuery {
            entity: self.entity,
            conditions: &[condition],
            sort: &[],
            has_search: false,
        };
        match self.prepared.plan.serve(&query) {
            Ok(_) => "No index serves this.".to_owned(),
            Err(missing) => missing.detail,
        }
    }

    /// Words to search for. Who cannot see every searched field cannot search: a hit would tell.
    fn search(
        &self,
        plan: &ListPlan,
        shape: &Shape,
        question: Option<&str>,
        bad: &mut Bad,
    ) -> Option<Vec<(String, bool)>> {
        let question = question?;
        if !plan.has_search {
            bad.unknown("q");
            return None;
        }
        let table = &self.prepared.plan[self.entity];
        let columns = table.search.as_ref().map(|it| it.columns.as_slice()).unwrap_or_default();
        for column in columns.iter().filter_map(|it| table.column(it.column)) {
            if let ColumnRole::Field { field, .. } = column.role
                && shape.fields.get(field) != Some(&FieldVisibility::Visible)
            {
                bad.unreadable("q", &column.path);
            }
        }
        if question.chars().count() > SEARCH_LENGTH_MAX {
            bad.invalid("q", format!("Must have at most {SEARCH_LENGTH_MAX} characters."));
        }
        let words = search_tokens(question);
        if words.is_empty() {
            bad.invalid("q", "Must hold at least one word.".to_owned());
        }
        Some(words)
    }

    fn sort(
        &self,
        plan: &ListPlan,
        shape: &Shape,
        text: Option<&str>,
        bad: &mut Bad,
    ) -> Vec<SortKey> {
        let mut sort: Vec<SortKey> = Vec::new();
        for name in text.into_iter().flat_map(|it| it.split(',')).map(str::trim) {
            let (path, direction) = match name.strip_prefix('-') {
                Some(path) => (path, Direction::Descending),
                None => (name, Direction::Ascending),
            };
            match self.column(shape, path) {
                None | Some((_, FieldVisibility::Hidden)) => bad.unreadable("sort", path),
                Some((column, _)) if !plan.sorts.contains(&column) => {
                    bad.unserved("sort", format!("No index is ordered by `{path}`."));
                }
                Some((column, _)) if sort.iter().any(|it| it.column == column) => {
                    bad.invalid("sort", format!("`{path}` stands there more than once."));
                }
                Some((column, _)) => sort.push(SortKey { column, direction }),
            }
        }
        if sort.len() > SORT_KEYS_MAX {
            bad.invalid("sort", format!("Must have at most {SORT_KEYS_MAX} keys."));
        }
        sort
    }

    /// The whole order, or the index that is missing.
    fn served(
        &self,
        filters: &[Filter],
        sort: &[SortKey],
        has_search: bool,
    ) -> Result<Vec<SortKey>, Problem> {
        let conditions: Vec<Condition<'_>> = filters
            .iter()
            .map(|it| Condition { column: it.column, operator: it.operator, value: &it.value })
            .collect();
        let query = ListQuery { entity: self.entity, conditions: &conditions, sort, has_search };
        let served = self.prepared.plan.serve(&query).map(|it| it.sort);
        served.map_err(|missing| Problem::of("index-missing", missing.detail))
    }

    /// Everything but the cursor and the page's size, and who asks. Lengths stand before texts, so that no
    /// two queries are written alike.
    fn bound_to(&self, query: &[(String, String)]) -> Vec<u8> {
        let Caller { tenant, id, user, class, .. } = self.caller;
        let CallerClass { roles, is_authenticated, is_system, has_id, has_user, has_tenant } =
            *class;
        let mut bound = Vec::with_capacity(256);
        write_text(&mut bound, self.operation);
        for id in [tenant, id, user] {
            bound.extend_from_slice(id.unwrap_or_default().as_bytes());
        }
        bound.extend_from_slice(&roles.to_be_bytes());
        let bits = [is_authenticated, is_system, has_id, has_user, has_tenant];
        bound.extend(bits.map(u8::from));
        let mut pairs: Vec<&(String, String)> =
            query.iter().filter(|(name, _)| !matches!(&**name, "cursor" | "limit")).collect();
        pairs.sort_unstable();
        for (name, value) in pairs {
            write_text(&mut bound, name);
            write_text(&mut bound, value);
        }
        bound
    }

    fn cursor(&self, text: Option<&str>, bound_to: &[u8]) -> Result<Option<Cursor>, Problem> {
        let Some(text) = text else { return Ok(None) };
        match Cursor::open(text, self.selections.key(), bound_to) {
            Some(cursor) => Ok(Some(cursor)),
            None => Err(Problem::of("invalid-cursor", "Start again without `cursor`.")),
        }
    }

    fn query_key(
        &self,
        filters: &[Filter],
        sort: &[SortKey],
        search: Option<&[(String, bool)]>,
        cursor: Option<&Cursor>,
    ) -> u64 {
        // As bytes, with counts before lists: writing them as text takes longer than the query's own checks.
        let mut key = Vec::with_capacity(64);
        key.extend_from_slice(&self.entity.0.to_be_bytes());
        key.push(counted(filters.len()));
        for it in filters {
            let wants_null = it.operator == FilterOperator::Null && it.value == Value::Bool(true);
            key.extend_from_slice(&it.column.0.to_be_bytes());
            key.extend([it.operator as u8, u8::from(it.is_guarded), u8::from(wants_null)]);
        }
        key.push(counted(sort.len()));
        for it in sort {
            key.extend_from_slice(&it.column.0.to_be_bytes());
            key.push(it.direction as u8);
        }
        key.push(search.map_or(u8::MAX, |it| counted(it.len())));
        key.extend(search.into_iter().flatten().map(|(_, is_prefix)| u8::from(*is_prefix)));
        if let Some(cursor) = cursor {
            key.push(u8::from(cursor.is_backward));
            key.extend(cursor.values.iter().map(|it| u8::from(it.is_null())));
        }
        self.selections.seal(&key)
    }

    /// The choice of members for a single row.
    ///
    /// # Errors
    /// 400 with everything that is wrong.
    pub(crate) fn row(&self, query: &[(String, String)]) -> Result<Choice, Problem> {
        let mut bad = Bad::default();
        let parameters = parameters(query, &mut bad);
        for (name, _) in query {
            if !matches!(name.as_str(), "fields" | "expand") {
                bad.unknown(name);
            }
        }
        let choice = choose(
            self.prepared,
            self.selections,
            self.entity,
            self.caller.class,
            parameters.fields,
            parameters.expand,
            &mut bad,
        );
        bad.into_result()?;
        Ok(choice)
    }
}

/// A length in front of a list in a key. Filters, sort keys and words have far lower bounds of their own.
fn counted(length: usize) -> u8 {
    u8::try_from(length).unwrap_or(u8::MAX)
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&text.len().to_be_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn parameters<'a>(query: &'a [(String, String)], bad: &mut Bad) -> Parameters<'a> {
    let mut found = Parameters::default();
    for (index, (name, value)) in query.iter().enumerate() {
        if query.iter().take(index).any(|(it, _)| plain(it) == plain(name)) {
            bad.repeated(name);
            continue;
        }
        match name.as_str() {
            "fields" => found.fields = Some(value),
            "expand" => found.expand = Some(value),
            "sort" => found.sort = Some(value),
            "limit" => found.limit = Some(value),
            "cursor" => found.cursor = Some(value),
            "q" => found.q = Some(value),
            _ => found.filters.push((name, value)),
        }
    }
    found
}

/// `price[eq]` asks the same as `price`.
fn plain(key: &str) -> &str {
    key.strip_suffix("[eq]").unwrap_or(key)
}

/// `total[gte]` → (`total`, greater or equal). No operator: equal; one that is none: none.
fn split(key: &str) -> (&str, Option<FilterOperator>) {
    let Some((path, rest)) = key.split_once('[') else { return (key, Some(FilterOperator::Eq)) };
    let operator = match rest.strip_suffix(']') {
        Some("eq") => Some(FilterOperator::Eq),
        Some("ne") => Some(FilterOperator::Ne),
        Some("lt") => Some(FilterOperator::Lt),
        Some("lte") => Some(FilterOperator::Lte),
        Some("gt") => Some(FilterOperator::Gt),
        Some("gte") => Some(FilterOperator::Gte),
        Some("in") => Some(FilterOperator::In),
        Some("prefix") => Some(FilterOperator::Prefix),
        Some("null") => Some(FilterOperator::Null),
        _ => None,
    };
    (path, operator)
}

fn limit(plan: &ListPlan, text: Option<&str>, bad: &mut Bad) -> u32 {
    let Some(text) = text else { return plan.limit_default };
    match parse_limit(text, plan.limit_max) {
        Ok(limit) => limit,
        Err(detail) => {
            bad.invalid("limit", detail);
            plan.limit_default
        }
    }
}

/// A page's size; more than the most is the most.
///
/// # Errors
/// Why it is none.
pub(crate) fn parse_limit(text: &str, most: u32) -> Result<u32, String> {
    if text.is_empty() || !text.bytes().all(|it| it.is_ascii_digit()) {
        return Err("Must be a whole number.".to_owned());
    }
    // The format that the document names, `int32`, so that its typed clients can send every number.
    match text.parse::<i32>() {
        Ok(..=0) => Err("Must be at least 1.".to_owned()),
        Ok(limit) => Ok(limit.unsigned_abs().min(most)),
        Err(_) => Err(format!("Must be at most {}.", i32::MAX)),
    }
}

/// The path and query of another page: the same parameters with this cursor.
pub(crate) fn page_link(path: &str, query: &[(String, String)], cursor: &str) -> String {
    let mut link = String::with_capacity(path.len() + cursor.len() + 64);
    link.push_str(path);
    let kept = query.iter().filter(|(name, _)| name != "cursor");
    let cursor = ("cursor".to_owned(), cursor.to_owned());
    for (index, (name, value)) in kept.chain([&cursor]).enumerate() {
        link.push(if index == 0 { '?' } else { '&' });
        percent_encode(name, &mut link);
        link.push('=');
        percent_encode(value, &mut link);
    }
    link
}

/// Keeps what RFC 3986 calls unreserved, and commas and colons, which a query may hold.
fn percent_encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~,:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 0xf] {
                let digit = char::from_digit(u32::from(nibble), 16).unwrap_or('0');
                out.push(digit.to_ascii_uppercase());
            }
        }
    }
}
