//! The route table: one row for each method and path, and one for each service's unknown ones.
//!
//! Every later step takes what it needs from the matched row.
//!
//! Long because it is one table.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, request};
use axum::response::Response;
use serde_json::Value;
use tower::service_fn;

use crate::core::faults::Operation;
use crate::http::exchange::route::{Access, AccountIn, LimitRule, Route, Service};
use crate::http::exchange::row::{Handler, Row};
use crate::http::guide::user_images;
use crate::http::support::{
    attachments, brands, bulk, comment_changes, comments, counts, deleted_tickets, exports,
    job_statuses, named_objects, request_lists, requests, search, search_export, sessions,
    side_conversations, ticket_parts, tickets, uploads, user_changes, user_lists, users,
};
use crate::http::unknown_endpoint::unknown_endpoint;
use crate::http::{bucket, control, emulated_openapi, files, page};

macro_rules! rows {
    (@method ANY) => { None };
    (@method $method:ident) => { Some(Method::$method) };
    (@account) => { AccountIn::Nothing };
    (@account $account:expr) => { $account };
    ($service:ident, is_rate_limited: $is_rate_limited:literal;
     $($method:ident $pattern:literal $operation:ident $access:ident $limit:ident
       $handler:path $(, $account:expr)?;)+) => {
        &[$(Row {
            route: Route {
                method: rows!(@method $method),
                pattern: Some($pattern),
                is_for_browsers: false,
                service: Service::$service,
                operation: Some(Operation::$operation),
                access: Access::$access,
                limit: LimitRule::$limit,
                is_rate_limited: $is_rate_limited,
                account: rows!(@account $($account)?),
            },
            handler: |request, exchange| {
                axum::handler::Handler::call($handler, request, exchange)
            },
            handler_path: stringify!($handler),
        }),+]
    };
}

// method, pattern, operation, access, limit, handler. Access has the roles that Zendesk's OpenAPI
// document gives (August 2026).

static SUPPORT: &[Row] = rows! {
    Support, is_rate_limited: true;
    POST   "/api/v2/uploads" Upload EndUsersOrAnonymous None uploads::create;
    GET    "/api/v2/uploads/{token}" Other EndUsersUnlessFaithful None uploads::show;
    DELETE "/api/v2/uploads/{token}" Other EndUsersOrSession None uploads::delete;
    GET    "/api/v2/attachments/{id}" Other Agents None attachments::show;
    PUT    "/api/v2/attachments/{id}" Other Admins None attachments::update;
    DELETE "/api/v2/attachments/{id}" Other Agents None attachments::delete;
    GET    "/api/v2/tickets" Other Agents ListTickets tickets::list;
    POST   "/api/v2/tickets" Ticket Agents CreateTicket tickets::create;
    GET    "/api/v2/tickets/count" Other Agents None counts::tickets;
    GET    "/api/v2/tickets/recent" Other Agents None ticket_parts::list_recent;
    GET    "/api/v2/tickets/show_many" Other Agents None tickets::show_many;
    POST   "/api/v2/tickets/create_many" Ticket Agents None bulk::create;
    PUT    "/api/v2/tickets/update_many" Ticket Agents None bulk::update;
    DELETE "/api/v2/tickets/destroy_many" Other Agents None deleted_tickets::delete_many;
    GET    "/api/v2/tickets/{id}" Other Agents None tickets::show;
    PUT    "/api/v2/tickets/{id}" Ticket Agents UpdateTicket tickets::update;
    DELETE "/api/v2/tickets/{id}" Other Agents None tickets::delete;
    GET    "/api/v2/tickets/{id}/comments" Other Agents None comments::list;
    GET    "/api/v2/tickets/{id}/comments/count" Other Agents None counts::comments;
    GET    "/api/v2/tickets/{id}/audits" Other Agents None comments::list_audits;
    GET    "/api/v2/tickets/{id}/audits/count" Other Agents None counts::audits;
    GET    "/api/v2/tickets/{id}/audits/{audit}" Other Agents None ticket_parts::show_audit;
    PUT    "/api/v2/tickets/{id}/audits/{audit}/make_private"
           Ticket Agents TouchTicket ticket_parts::make_audit_private;
    GET    "/api/v2/tickets/{id}/collaborators"
           Other Agents None ticket_parts::list_collaborators;
    GET    "/api/v2/tickets/{id}/email_ccs" Other Agents None ticket_parts::list_email_ccs;
    GET    "/api/v2/tickets/{id}/followers" Other Agents None ticket_parts::list_followers;
    GET    "/api/v2/tickets/{id}/tags" Other Agents None ticket_parts::list_tags;
    POST   "/api/v2/tickets/{id}/tags" Ticket Agents TouchTicket ticket_parts::set_tags;
    PUT    "/api/v2/tickets/{id}/tags" Ticket Agents TouchTicket ticket_parts::add_tags;
    DELETE "/api/v2/tickets/{id}/tags" Ticket Agents TouchTicket ticket_parts::remove_tags;
    PUT    "/api/v2/tickets/{id}/comments/{comment}/attachments/{attachment}/redact"
           Ticket Agents TouchTicket comment_changes::redact_file;
    PUT    "/api/v2/tickets/{id}/comments/{comment}/redact"
           Ticket Agents TouchTicket comment_changes::redact_string;
    PUT    "/api/v2/tickets/{id}/comments/{comment}/make_private"
           Ticket Agents TouchTicket comment_changes::make_private;
    POST   "/api/v2/tickets/side_conversations/attachments"
           Upload Agents None side_conversations::upload;
    GET    "/api/v2/tickets/{id}/side_conversations" Other Agents None side_conversations::list;
    POST   "/api/v2/tickets/{id}/side_conversations" Other Agents None side_conversations::create;
    GET    "/api/v2/tickets/{id}/side_conversations/{conversation}"
           Other Agents None side_conversations::show;
    POST   "/api/v2/tickets/{id}/side_conversations/{conversation}/reply"
           Other Agents None side_conversations::reply;
    GET    "/api/v2/tickets/{id}/side_conversations/{conversation}/events"
           Other Agents None side_conversations::list_events;
    PUT    "/api/v2/comment_redactions/{comment}"
           Ticket Agents None comment_changes::redact_comment;
    GET    "/api/v2/deleted_tickets" Other Agents ListDeleted deleted_tickets::list;
    PUT    "/api/v2/deleted_tickets/restore_many"
           Other Agents None deleted_tickets::restore_many;
    DELETE "/api/v2/deleted_tickets/destroy_many"
           Other Agents None deleted_tickets::destroy_many;
    DELETE "/api/v2/deleted_tickets/{id}" Other Agents None deleted_tickets::destroy;
    PUT    "/api/v2/deleted_tickets/{id}/restore" Other Agents None deleted_tickets::restore;
    POST   "/api/v2/imports/tickets" Ticket Admins None tickets::import;
    POST   "/api/v2/imports/tickets/create_many" Ticket Admins None bulk::import;
    GET    "/api/v2/incremental/tickets" Other Admins Export exports::list_tickets;
    GET    "/api/v2/incremental/tickets/cursor" Other Admins Export exports::list_tickets_by_cursor;
    GET    "/api/v2/incremental/ticket_events" Other Admins Export exports::list_ticket_events;
    GET    "/api/v2/job_statuses" Other Agents None job_statuses::list;
    GET    "/api/v2/job_statuses/show_many" Other Agents None job_statuses::show_many;
    GET    "/api/v2/job_statuses/{job}" Other Agents None job_statuses::show;
    GET    "/api/v2/requests" Other EndUsers None request_lists::list;
    GET    "/api/v2/requests/open" Other EndUsers None request_lists::list_open;
    GET    "/api/v2/requests/solved" Other EndUsers None request_lists::list_solved;
    GET    "/api/v2/requests/ccd" Other EndUsers None request_lists::list_copied;
    GET    "/api/v2/requests/search" Other EndUsers None search::search_requests;
    POST   "/api/v2/requests" Ticket Optional CreateTicket requests::create;
    GET    "/api/v2/requests/{id}" Other EndUsers None requests::show;
    PUT    "/api/v2/requests/{id}" Ticket EndUsers TouchTicket requests::update;
    GET    "/api/v2/requests/{id}/comments" Other EndUsers None requests::list_comments;
    GET    "/api/v2/requests/{id}/comments/{comment}" Other EndUsers None requests::show_comment;
    GET    "/api/v2/search" Other Agents None search::search;
    GET    "/api/v2/search/count" Other Agents None search::count;
    GET    "/api/v2/search/export" Other Agents SearchExport search_export::export;
    GET    "/api/v2/brands" Other Agents None brands::list;
    GET    "/api/v2/brands/{id}" Other Agents None brands::show;
    GET    "/api/v2/groups" Other Agents None named_objects::list_groups;
    GET    "/api/v2/groups/{id}" Other Agents None named_objects::show_group;
    GET    "/api/v2/organizations" Other Agents None named_objects::list_organizations;
    GET    "/api/v2/organizations/{id}" Other Agents None named_objects::show_organization;
    GET    "/api/v2/ticket_forms" Other Agents None named_objects::list_forms;
    GET    "/api/v2/ticket_forms/{id}" Other Agents None named_objects::show_form;
    GET    "/api/v2/ticket_fields" Other Agents None named_objects::list_fields;
    GET    "/api/v2/ticket_fields/{id}" Other Agents None named_objects::show_field;
    GET    "/api/v2/users" Other Agents None user_lists::list;
    POST   "/api/v2/users" Other Agents None user_changes::create;
    POST   "/api/v2/users/create_or_update" Other Agents None user_changes::create_or_update;
    GET    "/api/v2/users/show_many" Other Agents None user_lists::show_many;
    GET    "/api/v2/users/autocomplete" Other Agents None user_lists::autocomplete;
    GET    "/api/v2/users/me" Other Optional None users::me;
    GET    "/api/v2/users/search" Other Agents None users::search;
    GET    "/api/v2/users/{id}" Other Agents None users::show;
    PUT    "/api/v2/users/{id}" Other Agents None user_changes::update;
    GET    "/api/v2/users/{id}/requests" Other EndUsers None request_lists::list_of_user;
    GET    "/api/v2/users/{id}/tickets/requested" Other Agents None user_lists::list_requested;
    GET    "/api/v2/users/{id}/tickets/assigned" Other Agents None user_lists::list_assigned;
    GET    "/api/v2/users/{id}/tickets/assigned/count" Other Agents None counts::assigned;
    GET    "/api/v2/users/{id}/tickets/ccd" Other Agents None user_lists::list_copied;
    GET    "/api/v2/users/{id}/tickets/ccd/count" Other Agents None counts::copied;
};

static GUIDE: &[Row] = rows! {
    Guide, is_rate_limited: true;
    POST   "/api/v2/guide/user_images/uploads" Reserve Optional None user_images::reserve;
    POST   "/api/v2/guide/user_images" Publish Optional None user_images::publish;
};

static SESSIONS: &[Row] = rows! {
    Support, is_rate_limited: false;
    GET    "/api/v2/help_center/sessions" Other Optional None sessions::show;
    GET    "/hc/api/v2/integration/token" Other Optional None sessions::integration_token;
};

static FILES: &[Row] = rows! {
    Files, is_rate_limited: false;
    GET    "/attachments/token/{token}/" Download Open Content files::attachment;
    GET    "/attachments/token/{token}" Download Open Content files::attachment;
    GET    "/attachment/{account}/{token}" Download Open None files::signed,
           AccountIn::Segment(0);
    GET    "/hc/user_images/{name}" Download Open None files::user_image,
           AccountIn::PublishedName;
};

// The bucket answers all methods and preflights itself.
static BUCKET: &[Row] = rows! {
    Bucket, is_rate_limited: false;
    ANY    "/aus-uploaded-assets" Put Open None bucket::object;
    ANY    "/aus-uploaded-assets/" Put Open None bucket::object;
    ANY    "/aus-uploaded-assets/{*key}" Put Open None bucket::object, AccountIn::Segment(1);
};

/// The rows of all services that are emulated.
static EMULATED_ROWS: [&[Row]; 5] = [SUPPORT, GUIDE, FILES, BUCKET, SESSIONS];

static EMULATED_DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| emulated_openapi::document(&EMULATED_ROWS));

/// The OpenAPI document of the rows that are emulated.
pub fn emulated_document() -> &'static Value {
    &EMULATED_DOCUMENT
}

/// The page calls the control API, which checks where a call comes from. The page itself is open,
/// so that it can say why a call is refused.
const fn page_row(pattern: &'static str, handler: Handler) -> Row {
    Row {
        route: Route {
            method: Some(Method::GET),
            pattern: Some(pattern),
            is_for_browsers: false,
            service: Service::Page,
            operation: None,
            access: Access::Open,
            limit: LimitRule::None,
            is_rate_limited: false,
            account: AccountIn::Nothing,
        },
        handler,
        handler_path: "page",
    }
}

static PAGE: &[Row] = &[
    {
        let mut row = page_row("/", |request, exchange| {
            axum::handler::Handler::call(page::redirect, request, exchange)
        });
        row.route.is_for_browsers = true;
        row
    },
    page_row("/_mock/ui", |request, exchange| {
        axum::handler::Handler::call(page::redirect, request, exchange)
    }),
    page_row("/_mock/ui/", |request, exchange| {
        axum::handler::Handler::call(page::index, request, exchange)
    }),
    page_row("/_mock/ui/{*asset}", |request, exchange| {
        axum::handler::Handler::call(page::asset, request, exchange)
    }),
];

/// What no row has: a path or a method.
const fn unknown(service: Service, operation: Option<Operation>, access: Access) -> Row {
    Row {
        route: Route {
            method: None,
            pattern: None,
            is_for_browsers: false,
            service,
            operation,
            access,
            limit: LimitRule::None,
            is_rate_limited: matches!(service, Service::Support | Service::Guide),
            account: AccountIn::Nothing,
        },
        handler: |request, exchange| {
            axum::handler::Handler::call(unknown_endpoint, request, exchange)
        },
        handler_path: "unknown_endpoint",
    }
}

/// The first service whose path a request's begins with has its unknown paths and methods.
static UNKNOWN: [(&[&str], Row); 4] = [
    (&["/api/v2/guide"], unknown(Service::Guide, Some(Operation::Other), Access::Open)),
    (&["/api/"], unknown(Service::Support, Some(Operation::Other), Access::Open)),
    (
        &["/attachments", "/attachment", "/hc"],
        unknown(Service::Files, Some(Operation::Download), Access::Open),
    ),
    (&["/_mock"], {
        let mut row = unknown(Service::Control, None, Access::OwnPages);
        row.handler = |request, exchange| {
            axum::handler::Handler::call(control::unknown_call::unknown_call, request, exchange)
        };
        row
    }),
];

/// Every other path.
static ELSEWHERE: Row = {
    let mut row = unknown(Service::Support, Some(Operation::Other), Access::Open);
    row.route.is_rate_limited = false;
    row
};

fn find_unknown(path: &str) -> &'static Row {
    let is_below = |prefix: &&str| {
        path.strip_prefix(*prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || prefix.ends_with('/'))
    };
    let found = UNKNOWN.iter().find(|(prefixes, _)| prefixes.iter().any(is_below));
    found.map_or(&ELSEWHERE, |(_, row)| row)
}

/// The rows of one pattern, or of the paths that no pattern matches.
#[derive(Debug)]
pub struct Methods {
    rows: Vec<&'static Row>,
    /// The `Allow` header of a response to other methods.
    allow: Option<HeaderValue>,
}

impl Methods {
    fn new(rows: Vec<&'static Row>) -> Self {
        let for_all = rows.iter().filter(|row| !row.route.is_for_browsers);
        let names = for_all.filter_map(|row| match &row.route.method {
            Some(Method::GET) => Some("GET,HEAD"),
            method => method.as_ref().map(Method::as_str),
        });
        let names = names.collect::<Vec<_>>().join(",");
        let allow = HeaderValue::try_from(names).ok().filter(|names| !names.is_empty());
        Self { rows, allow }
    }

    /// The row of a request, and the `Allow` header of its response if no row takes its method.
    pub fn find(&self, parts: &request::Parts) -> (&'static Row, Option<&HeaderValue>) {
        match self.rows.iter().find(|row| row.route.takes(&parts.method, &parts.headers)) {
            Some(row) => (row, None),
            None => (find_unknown(parts.uri.path()), self.allow.as_ref()),
        }
    }
}

/// A router that calls `run` with the rows of the pattern that a request matches.
///
/// Axum's own `MethodRouter` is not used: it adds headers and drops bodies behind its handlers,
/// which here would be behind the last step of the pipeline.
pub fn router<F, R>(run: F) -> Router
where
    F: Fn(Arc<Methods>, Request) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Response> + Send + 'static,
{
    let service = |rows: Vec<&'static Row>| {
        let (run, methods) = (run.clone(), Arc::new(Methods::new(rows)));
        service_fn(move |request| {
            // A future that awaits another has room for it twice, and is copied unless it is boxed.
            let response = Box::pin(run(Arc::clone(&methods), request));
            async { Ok(response.await) }
        })
    };
    let mut router = Router::new().fallback_service(service(Vec::new()));
    for (pattern, rows) in by_pattern() {
        router = router.route_service(pattern, service(rows));
    }
    router
}

#[cfg(test)]
pub fn emulated() -> &'static [&'static [Row]] {
    &EMULATED_ROWS
}

/// The patterns of the rows that the journal records.
pub fn patterns() -> Vec<&'static str> {
    let mut patterns: Vec<_> = EMULATED_ROWS.into_iter().flatten().collect();
    patterns.dedup_by_key(|row| row.route.pattern);
    patterns.into_iter().filter_map(|row| row.route.pattern).collect()
}

/// All rows, in the order of the table, those of one pattern together.
fn by_pattern() -> Vec<(&'static str, Vec<&'static Row>)> {
    let mut all: Vec<(&str, Vec<&Row>)> = Vec::new();
    let own = PAGE.iter().chain(control::rows());
    for row in EMULATED_ROWS.into_iter().flatten().chain(own) {
        let Some(pattern) = row.route.pattern else { continue };
        match all.iter_mut().find(|(known, _)| *known == pattern) {
            Some((_, rows)) => rows.push(row),
            None => all.push((pattern, vec![row])),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use axum::body::Body;
    use tower::Service as _;

    use super::*;
    use crate::fidelity::ZendeskRoute;

    /// The row that a request matches. Matching waits for nothing.
    fn matched(method: Method, path: &str) -> &'static Row {
        #[derive(Clone, Copy)]
        struct Matched(&'static Row);
        let mut router = router(|methods, request| async move {
            let mut response = Response::default();
            response.extensions_mut().insert(Matched(methods.find(&request.into_parts().0).0));
            response
        });
        let request = axum::http::Request::builder().method(method).uri(path);
        let call = router.call(request.body(Body::empty()).expect("a request"));
        let response: Poll<Result<Response, Infallible>> =
            pin!(call).poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Ok(response)) = response else { panic!("{path} waits") };
        response.extensions().get::<Matched>().expect("a row").0
    }

    #[test]
    fn a_request_matches_the_row_of_its_path_and_method() {
        for (method, path, pattern) in [
            (Method::POST, "/api/v2/uploads", "/api/v2/uploads"),
            (Method::GET, "/api/v2/uploads/x", "/api/v2/uploads/{token}"),
            (Method::HEAD, "/api/v2/tickets/1", "/api/v2/tickets/{id}"),
            (Method::GET, "/api/v2/users/me", "/api/v2/users/me"),
            (Method::GET, "/attachments/token/x/", "/attachments/token/{token}/"),
            (Method::GET, "/attachment/1/x", "/attachment/{account}/{token}"),
            (Method::DELETE, "/aus-uploaded-assets/1/2/3", "/aus-uploaded-assets/{*key}"),
            (Method::PATCH, "/_mock/settings", "/_mock/settings"),
            (Method::GET, "/_mock/ui/", "/_mock/ui/"),
            (Method::HEAD, "/_mock/ui/vendor/htm.js", "/_mock/ui/{*asset}"),
        ] {
            assert_eq!(matched(method, path).route.pattern, Some(pattern), "{path}");
        }
    }

    #[test]
    fn what_no_row_has_belongs_to_the_service_of_its_path() {
        for (method, path, service, is_rate_limited) in [
            (Method::PUT, "/api/v2/uploads", Service::Support, true),
            (Method::GET, "/api/v2/uploads/x/y", Service::Support, true),
            (Method::GET, "/api/v2/tickets/1/comments/2", Service::Support, true),
            (Method::GET, "/api/", Service::Support, true),
            (Method::GET, "/", Service::Support, false),
            (Method::GET, "/api", Service::Support, false),
            (Method::GET, "/attachmentss", Service::Support, false),
            (Method::OPTIONS, "*", Service::Support, false),
            (Method::GET, "/api/v2/guide", Service::Guide, true),
            (Method::GET, "/api/v2/guide/user_images", Service::Guide, true),
            (Method::GET, "/api/v2/guide/x/y", Service::Guide, true),
            (Method::GET, "/attachments/token/x/y", Service::Files, false),
            (Method::PUT, "/attachments/token/x", Service::Files, false),
            (Method::GET, "/attachments/", Service::Files, false),
            (Method::GET, "/attachment/1", Service::Files, false),
            (Method::GET, "/attachment/1/2/3", Service::Files, false),
            (Method::GET, "/hc", Service::Files, false),
            (Method::GET, "/hc/user_images/a/b", Service::Files, false),
            (Method::PUT, "/_mock/reset", Service::Control, false),
            (Method::GET, "/_mock/journal/1/x", Service::Control, false),
        ] {
            let route = &matched(method, path).route;
            assert_eq!((route.pattern, route.service), (None, service), "{path}");
            assert_eq!(route.is_rate_limited, is_rate_limited, "{path}");
            assert_eq!(route.operation.is_none(), service == Service::Control, "{path}");
        }
    }

    #[test]
    fn zendesk_documents_what_is_emulated() {
        for Row { route, .. } in SUPPORT.iter().chain(GUIDE) {
            if route.access == Access::EndUsersUnlessFaithful {
                continue;
            }
            let (pattern, method) = (route.pattern.expect("a pattern"), route.method.as_ref());
            // Zendesk documents them on pages, and not in its OpenAPI document.
            if pattern.contains("/side_conversations") {
                continue;
            }
            let documented = ZendeskRoute::find(pattern);
            let method = method.map_or("GET", Method::as_str);
            assert!(documented.is_some_and(|route| route.has_method(method)), "{method} {pattern}");
        }
    }
}
