//! The OpenAPI document of the emulated endpoints, made from the route table and from what the
//! services say of their handlers.

use std::collections::HashMap;

use schemars::SchemaGenerator;
use schemars::generate::Contract;
use serde_json::{Map, Value, json};

use crate::core::id::Id;
use crate::http::exchange::endpoint::{EndpointDescription, schema_generator};
use crate::http::exchange::route::{Access, LimitRule, Route, Service};
use crate::http::exchange::row::Row;
use crate::http::{bucket, files, guide, support};

const DESCRIPTION: &str = "What zendesk-mock emulates of Zendesk and of S3. Every request is for \
    the account that it is addressed to: by a path prefix such as /@acme, by host, or by the mail \
    domain of a Basic user. GET serves HEAD too, and .json may follow a path below /api. Unknown \
    parameters and properties are ignored.";

/// The names of parameters in paths that are no ids.
const TEXTS: [&str; 5] = ["token", "name", "key", "job", "conversation"];

pub fn document(rows: &[&'static [Row]]) -> Value {
    let mut schemas = schema_generator(Contract::Serialize);
    let endpoints: HashMap<_, _> =
        describe(&mut schemas).into_iter().map(|endpoint| (endpoint.handler, endpoint)).collect();
    let mut refusals = Refusals {
        support: support::endpoints::refusal(&mut schemas),
        guide: guide::endpoints::refusal(&mut schemas),
        responses: Map::new(),
    };
    let (mut paths, mut ids) = (Map::new(), HashMap::new());
    for row in rows.iter().copied().flatten() {
        let (Some(pattern), Some(endpoint)) = (row.route.pattern, endpoints.get(&*row.name()))
        else {
            continue;
        };
        let repeated = ids.entry(endpoint.handler).and_modify(|count| *count += 1).or_insert(1);
        let mut operation = operation(&row.route, pattern, endpoint, &mut refusals);
        let id = endpoint.handler.replace("::", "_");
        operation["operationId"] = match repeated {
            1 => id.into(),
            count => format!("{id}_{count}").into(),
        };
        let operations = paths.entry(pattern.replace("{*", "{")).or_insert_with(|| json!({}));
        operations[method(&row.route)] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "zendesk-mock emulated endpoints",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
        },
        "paths": paths,
        "components": {
            "schemas": schemas.take_definitions(true),
            "responses": refusals.responses,
            "securitySchemes": security_schemes(),
        },
    })
}

/// What all services say of their handlers.
fn describe(schemas: &mut SchemaGenerator) -> Vec<EndpointDescription> {
    let mut all = support::endpoints::describe(schemas);
    all.extend(guide::endpoints::describe(schemas));
    all.extend(files::endpoints::describe());
    all.push(bucket::endpoints::describe());
    all
}

/// The method of a row as OpenAPI has it. Of those of the bucket, PUT alone stores.
fn method(route: &Route) -> String {
    route.method.as_ref().map_or_else(|| "put".to_owned(), |own| own.as_str().to_lowercase())
}

/// Refusals, which operations share.
struct Refusals {
    support: Value,
    guide: Value,
    responses: Map<String, Value>,
}

impl Refusals {
    /// Refers to the refusal of a service for this reason. Some are plain text or a page.
    fn refer(&mut self, service: Service, name: &str, description: &str, types: &[&str]) -> Value {
        let name = format!("{service:?}{name}");
        self.responses.entry(&*name).or_insert_with(|| {
            let (json, support, guide) = ("application/json", &self.support, &self.guide);
            let mut content = match service {
                Service::Bucket => json!({"application/xml": {"schema": {"type": "string"}}}),
                Service::Guide => json!({json: {"schema": guide}}),
                _ => json!({json: {"schema": support}}),
            };
            for media_type in types {
                content[media_type] = json!({"schema": {"type": "string"}});
            }
            json!({"description": description, "content": content})
        });
        json!({"$ref": format!("#/components/responses/{name}")})
    }
}

fn operation(
    route: &Route,
    pattern: &str,
    endpoint: &EndpointDescription,
    refusals: &mut Refusals,
) -> Value {
    let EndpointDescription { summary, parameters, request_body, responses, .. } = endpoint;
    let mut responses = responses.clone();
    let service = route.service;
    let mut refuse = |status: &str, name, description, types| {
        let refusal = refusals.refer(service, name, description, types);
        responses.insert(status.to_owned(), refusal);
    };
    if route.access.takes_users() {
        refuse("401", "Unauthorized", "The credentials are missing or wrong", &[]);
        refuse("403", "Forbidden", "The user may not do this", &[]);
    }
    if pattern.contains('{') && service != Service::Bucket {
        refuse("404", "NotFound", "There is no such object", &[]);
    }
    if route.is_rate_limited || route.limit != LimitRule::None {
        refuse("429", "Limited", "A limit of the rate is reached", &["text/plain"]);
    }
    refuse("default", "Refusal", "Another refusal", &["text/plain", "text/html"]);
    let mut all = path_parameters(pattern);
    all.extend(parameters.iter().cloned());
    let mut operation = json!({
        "summary": summary,
        "tags": [format!("{service:?}")],
        "parameters": all,
        "responses": responses,
        "security": security(route.access),
    });
    if let Some(needs) = needs(route.access) {
        operation["description"] = needs.into();
    }
    if let Some(body) = request_body {
        operation["requestBody"] = body.clone();
    }
    operation
}

/// The parameters in a path, such as `{id}`. That of the bucket has slashes.
fn path_parameters(pattern: &str) -> Vec<Value> {
    let names = pattern.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameter = |name: &str| {
        let name = name.trim_start_matches('*');
        let example = match name {
            "token" => Some(json!("SeededToken00000000000001")),
            name if TEXTS.contains(&name) => None,
            _ => Some(json!(1)),
        };
        let schema = if TEXTS.contains(&name) {
            json!({"type": "string", "pattern": "^[A-Za-z0-9._-]+$"})
        } else {
            json!({"type": "integer", "minimum": Id::FIRST, "maximum": Id::LARGEST})
        };
        let mut parameter = json!({"name": name, "in": "path", "required": true, "schema": schema});
        if let Some(example) = example {
            parameter["example"] = example;
        }
        parameter
    };
    names.map(parameter).collect()
}

/// The ways in which a request shows its user. Of several any is enough.
fn security(access: Access) -> Value {
    let credentials = [json!({"basic": []}), json!({"bearer": []}), json!({"accessToken": []})];
    let more = match access {
        Access::Open | Access::OwnPages => return json!([]),
        Access::Optional => Some(json!({})),
        Access::EndUsersOrSession | Access::EndUsersOrAnonymous => Some(json!({"session": []})),
        _ => None,
    };
    credentials.into_iter().chain(more).collect()
}

/// The user that a request needs, if that is not any.
fn needs(access: Access) -> Option<&'static str> {
    match access {
        Access::Agents => Some("Needs an agent or an admin."),
        Access::Admins => Some("Needs an admin."),
        Access::EndUsersOrAnonymous => {
            Some("Needs no credentials if the setting auth is anonymous-requests.")
        }
        Access::EndUsersUnlessFaithful => Some("Is left out if the setting faithful is true."),
        _ => None,
    }
}

fn security_schemes() -> Value {
    json!({
        "basic": {
            "type": "http", "scheme": "basic",
            "description": "ADDRESS/token:API_TOKEN, or ADDRESS:PASSWORD.",
        },
        "bearer": {"type": "http", "scheme": "bearer", "description": "An OAuth access token."},
        "accessToken": {
            "type": "apiKey", "in": "query", "name": "access_token",
            "description": "An OAuth access token, as the Ruby client sends it.",
        },
        "session": {
            "type": "apiKey", "in": "header", "name": "X-CSRF-Token",
            "description": "The token of a session of the help center.",
        },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::routes;

    #[test]
    fn every_handler_of_the_route_table_is_described_once() {
        let described = describe(&mut schema_generator(Contract::Serialize));
        let names: BTreeSet<_> = described.iter().map(|one| one.handler.to_owned()).collect();
        assert_eq!(names.len(), described.len());
        let rows = routes::emulated().iter().copied().flatten();
        assert_eq!(names, rows.map(Row::name).collect());
    }

    #[test]
    fn the_document_has_the_rows_of_the_route_table_and_no_others() {
        let document = document(routes::emulated());
        let paths = document["paths"].as_object().expect("paths");
        let documented = paths.iter().flat_map(|(path, methods)| {
            let methods = methods.as_object().expect("methods");
            methods.keys().map(move |method| (path.clone(), method.clone()))
        });
        let rows = routes::emulated().iter().copied().flatten().map(|row| {
            let pattern = row.route.pattern.expect("a pattern");
            (pattern.replace("{*", "{"), method(&row.route))
        });
        assert_eq!(documented.collect::<BTreeSet<_>>(), rows.collect());
    }
}
