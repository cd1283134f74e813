//! The table of everything that can be asked for: the plan's operations, pages and health.

use architrave_engine::Fault;
use architrave_plan::{Method, Operation, OperationId};
use http::HeaderValue;

/// What a path and a method lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// An operation of the plan.
    Operation(OperationId),
    /// A page, by position.
    Page(usize),
    /// Whether the process runs.
    Live,
    /// Whether it can serve.
    Ready,
}

/// What a path offers.
#[derive(Debug)]
pub(crate) struct Route {
    get: Option<Target>,
    post: Option<Target>,
    patch: Option<Target>,
    delete: Option<Target>,
    /// `Allow`, with what we add ourselves (`HEAD`, `OPTIONS`).
    pub(crate) allow: HeaderValue,
}

impl Route {
    fn new() -> Self {
        let allow = HeaderValue::from_static("OPTIONS");
        Self { get: None, post: None, patch: None, delete: None, allow }
    }

    /// What a method leads to; `HEAD` is `GET` without the body.
    pub(crate) fn target(&self, method: &http::Method) -> Option<Target> {
        match *method {
            http::Method::GET | http::Method::HEAD => self.get,
            http::Method::POST => self.post,
            http::Method::PATCH => self.patch,
            http::Method::DELETE => self.delete,
            _ => None,
        }
    }

    fn place(&mut self, method: Method) -> &mut Option<Target> {
        match method {
            Method::Get => &mut self.get,
            Method::Post => &mut self.post,
            Method::Patch => &mut self.patch,
            Method::Delete => &mut self.delete,
        }
    }

    fn write_allow(&mut self) {
        let names = [
            (self.get.is_some(), "GET, HEAD"),
            (self.post.is_some(), "POST"),
            (self.patch.is_some(), "PATCH"),
            (self.delete.is_some(), "DELETE"),
            (true, "OPTIONS"),
        ];
        let names: Vec<&str> = names.iter().filter(|it| it.0).map(|it| it.1).collect();
        if let Ok(value) = HeaderValue::from_str(&names.join(", ")) {
            self.allow = value;
        }
    }
}

/// Finds routes by path.
#[derive(Debug)]
pub(crate) struct Router {
    paths: matchit::Router<usize>,
    routes: Vec<Route>,
}

impl Router {
    /// The table of a plan's operations and of pages (their paths, in order).
    pub(crate) fn new<'a>(
        operations: &[Operation],
        pages: impl Iterator<Item = &'a str>,
    ) -> Result<Self, Fault> {
        let mut it = Self { paths: matchit::Router::new(), routes: Vec::new() };
        it.add("/health/live", Method::Get, Target::Live)?;
        it.add("/health/ready", Method::Get, Target::Ready)?;
        for (position, path) in pages.enumerate() {
            it.add(path, Method::Get, Target::Page(position))?;
        }
        for (id, operation) in (0_u32..).zip(operations) {
            let target = Target::Operation(OperationId(id));
            it.add(&operation.path, operation.method, target)?;
        }
        for route in &mut it.routes {
            route.write_allow();
        }
        Ok(it)
    }

    fn add(&mut self, path: &str, method: Method, target: Target) -> Result<(), Fault> {
        let clash =
            |why: &str| Fault::new(format!("the path `{path}` cannot be served: {why}"), "");
        let known = self.paths.at(path).ok().map(|it| *it.value);
        // A path with `{id}` may match itself, or a literal neighbour that must stay apart.
        let position = match self.paths.insert(path, self.routes.len()) {
            Ok(()) => {
                self.routes.push(Route::new());
                self.routes.len() - 1
            }
            Err(_) => known.ok_or_else(|| clash("another path looks the same"))?,
        };
        let place = self.routes.get_mut(position).map(|it| it.place(method));
        match place {
            Some(place @ None) => {
                *place = Some(target);
                Ok(())
            }
            _ => Err(clash("it is taken")),
        }
    }

    /// The route of a (decoded) path, and its `{id}`.
    pub(crate) fn find<'a>(&self, path: &'a str) -> Option<(&Route, Option<&'a str>)> {
        let found = self.paths.at(path).ok()?;
        let id = found.params.iter().next().map(|(_, value)| value);
        Some((self.routes.get(*found.value)?, id))
    }
}
