//! Pages, filters and sorts of lists, by the parameters that everybody uses.

use architrave_model::graph::{Known, Origin};

use super::{Document, operation::Written, schema};

/// Most members of parameters that are looked at.
const MEMBERS_MAX: usize = 100;

/// Parameters that say how far: a number of rows or pages from the start.
const OFFSETS: &[&str] = &[
    "offset",
    "page",
    "skip",
    "pagenumber",
    "pageno",
    "start",
    "startindex",
    "startat",
    "from",
    "pageindex",
];
/// Parameters that say behind which row.
const CURSORS: &[&str] = &[
    "cursor",
    "after",
    "before",
    "startingafter",
    "endingbefore",
    "pagetoken",
    "nexttoken",
    "continuationtoken",
    "continuation",
    "marker",
    "since",
    "sinceid",
    "maxid",
    "pagecursor",
    "nextcursor",
    "pageafter",
    "starttoken",
];
/// Parameters that say how many.
const SIZES: &[&str] = &[
    "limit",
    "pagesize",
    "perpage",
    "size",
    "count",
    "first",
    "last",
    "top",
    "maxresults",
    "maxitems",
    "take",
    "max",
    "pagelimit",
    "resultsperpage",
];
/// Parameters that choose and order rows by a language of their own.
const QUERIES: &[&str] = &[
    "filter", "where", "query", "sort", "sortby", "orderby", "order", "search", "q", "expand",
    "filters",
];

/// How a list is cut into pages, and what of it callers may choose.
pub(super) struct Pages {
    pub(super) is_paginated: Known<bool>,
    pub(super) by_offset: Known<bool>,
    pub(super) has_allow_list: Known<bool>,
}

pub(super) fn of(
    document: &Document<'_>,
    written: &[Written<'_>],
    is_list: bool,
    origin: Origin,
) -> Pages {
    if !is_list {
        return Pages {
            is_paginated: Known::Unknown,
            by_offset: Known::Unknown,
            has_allow_list: Known::Unknown,
        };
    }
    let inside = members(document, written);
    let queries = || written.iter().chain(&inside).filter(|it| it.place == "query");
    let find = |names: &[&str]| queries().find(|it| names.contains(&plain(it.name).as_str()));
    let (offset, cursor, size) = (find(OFFSETS), find(CURSORS), find(SIZES));
    let place = |it: &Written<'_>| Origin::observed(it.node.span());
    let page = cursor.or(offset).or(size);
    // A language is a free text; a list of names to choose from is not.
    let free = queries().find(|it| {
        QUERIES.contains(&plain(it.name).as_str())
            && schema::type_of(it.schema) == Some("string")
            && it.schema.get("enum").is_none()
            && it.schema.get("pattern").is_none()
    });
    Pages {
        is_paginated: Known::Is(page.is_some(), page.map_or(origin, place)),
        by_offset: Known::Is(
            cursor.is_none() && offset.is_some(),
            offset.or(page).map_or(origin, place),
        ),
        has_allow_list: match free {
            // Searching words is not choosing columns.
            Some(it) if matches!(plain(it.name).as_str(), "q" | "search" | "query") => {
                Known::Unknown
            }
            Some(it) => Known::Is(false, place(it)),
            None => Known::Is(true, origin),
        },
    }
}

/// Members of parameters that are objects, as parameters of their own: `pageable` with `page`, `size` and `sort` is
/// sent as these three (form style, exploded, the default).
fn members<'a>(document: &Document<'a>, written: &[Written<'a>]) -> Vec<Written<'a>> {
    let objects = written.iter().filter(|it| it.place == "query");
    let inside = objects.filter_map(|it| {
        let schema = document.resolve(it.schema)?;
        Some((it.node, schema.get("properties")?))
    });
    inside
        .flat_map(|(node, properties)| {
            properties.named().map(move |(name, member)| (node, name, member))
        })
        .filter_map(|(node, name, member)| {
            Some(Written { node, name, place: "query", schema: document.resolve(member)? })
        })
        .take(MEMBERS_MAX)
        .collect()
}

/// `page[size]`, `page_size` and `pageSize` are `pagesize`.
fn plain(name: &str) -> String {
    name.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
