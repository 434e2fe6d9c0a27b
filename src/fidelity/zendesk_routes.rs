//! The routes that Zendesk documents, for the refusal of those that this server does not emulate.

use std::fmt;
use std::sync::LazyLock;

static ROUTES: LazyLock<Vec<ZendeskRoute>> = LazyLock::new(|| {
    let lines = include_str!("zendesk_routes.tsv").lines().filter(|line| !line.starts_with('#'));
    let route = |line: &'static str| {
        let (path, methods) = line.split_once('\t')?;
        Some(ZendeskRoute { path, methods })
    };
    lines.filter_map(route).collect()
});

/// A path that Zendesk documents, with its parameters in braces.
#[derive(Debug, PartialEq, Eq)]
pub struct ZendeskRoute {
    pub path: &'static str,
    /// The methods, with spaces between.
    methods: &'static str,
}

impl ZendeskRoute {
    /// Finds the documented path that a path is, and of several the most literal one.
    pub fn find(path: &str) -> Option<&'static Self> {
        let fitting = ROUTES.iter().filter_map(|route| Some((route.fit(path)?, route)));
        fitting.max_by_key(|(literals, _)| *literals).map(|(_, route)| route)
    }

    /// How many literal segments of the pattern a path has, if it fits.
    fn fit(&self, path: &str) -> Option<usize> {
        let mut literals = 0;
        let (mut sent, mut own) = (path.split('/'), self.path.split('/'));
        loop {
            match (sent.next(), own.next()) {
                (None, None) => return Some(literals),
                (Some(sent), Some(own)) if sent == own => literals += 1,
                (Some(sent), Some(own)) if own.starts_with('{') && !sent.is_empty() => {}
                _ => return None,
            }
        }
    }

    pub fn has_method(&self, method: &str) -> bool {
        let method = if method == "HEAD" { "GET" } else { method };
        self.methods.split(' ').any(|own| own == method)
    }

    /// Whether a segment of the path is this text and not a parameter.
    pub fn has_literal(&self, segment: &str) -> bool {
        self.path.split('/').any(|own| own == segment)
    }

    /// Says that this server does not emulate it. `method` is the one of a request.
    pub fn explain(&self, method: &str) -> String {
        let has = if self.has_method(method) { method } else { "" };
        let (endpoint, has) = match has {
            "" => ("path", self.methods.replace(' ', ", ")),
            method => ("endpoint", method.to_owned()),
        };
        format!("Zendesk has this {endpoint} ({has} {self}); zendesk-mock does not emulate it")
    }
}

impl fmt::Display for ZendeskRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_route() {
        assert_eq!(ROUTES.len(), 563);
        for route in ROUTES.iter() {
            assert!(route.path.starts_with('/') && !route.path.contains(".json"), "{route}");
            let known = ["GET", "POST", "PUT", "PATCH", "DELETE"];
            assert!(route.methods.split(' ').all(|method| known.contains(&method)), "{route:?}");
        }
    }

    #[test]
    fn the_most_literal_route_is_found() {
        for (path, found) in [
            ("/api/v2/tickets/recent", Some("/api/v2/tickets/recent")),
            ("/api/v2/tickets/7", Some("/api/v2/tickets/{ticket_id}")),
            ("/api/v2/tickets/7/tags", Some("/api/v2/tickets/{ticket_id}/tags")),
            ("/api/v2/tickets//tags", None),
            ("/api/v2/uplaods", None),
            ("/oauth/tokens", Some("/oauth/tokens")),
        ] {
            assert_eq!(ZendeskRoute::find(path).map(|route| route.path), found, "{path}");
        }
    }

    #[test]
    fn a_route_is_named_with_the_method_or_with_those_it_has() {
        let tags = ZendeskRoute::find("/api/v2/tickets/7/tags").expect("a route");
        let end = "/api/v2/tickets/{ticket_id}/tags); zendesk-mock does not emulate it";
        for (method, start) in [
            ("HEAD", "Zendesk has this endpoint (HEAD "),
            ("PUT", "Zendesk has this endpoint (PUT "),
            ("PATCH", "Zendesk has this path (DELETE, GET, POST, PUT "),
        ] {
            assert_eq!(tags.explain(method), format!("{start}{end}"));
        }
        assert!(tags.has_literal("tags") && !tags.has_literal("7"));
    }
}
