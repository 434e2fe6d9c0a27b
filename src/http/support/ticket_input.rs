//! Reads tickets, requests and comments that clients send.

use serde_json::Value;

use crate::core::account::{NewTicket, TicketChange};
use crate::core::clock::Timestamp;
use crate::core::tickets::NewComment;
use crate::core::tickets::audit::Text;
use crate::core::tickets::properties::{
    CustomField, Kind, Priority, Property, Status, Value as Field,
};
use crate::core::users::Requester;
use crate::http::exchange::problem::Problem;
use crate::http::support::json_input::{self, Object, Shape};

/// How many custom fields, tags or upload tokens come at once, at most.
const MOST: usize = 1_000;
/// What is said of more.
pub const TOO_MANY: &str = "must have at most 1000 items";

const REQUESTER: Shape = Shape(&[("name", None), ("email", None), ("locale_id", None)]);
const COMMENT: Shape = Shape(&[
    ("type", None),
    ("body", None),
    ("html_body", None),
    ("value", None),
    ("public", None),
    ("author_id", None),
    ("uploads", None),
]);
const IMPORTED_COMMENT: Shape = Shape(&[
    ("type", None),
    ("body", None),
    ("html_body", None),
    ("value", None),
    ("public", None),
    ("author_id", None),
    ("uploads", None),
    ("created_at", None),
]);

macro_rules! ticket_shape {
    ($($more:expr),* $(,)?) => {
        Shape(&[
            ("subject", None),
            ("description", None),
            ("requester_id", None),
            ("requester", Some(REQUESTER)),
            ("assignee_id", None),
            ("group_id", None),
            ("organization_id", None),
            ("brand_id", None),
            ("ticket_form_id", None),
            ("external_id", None),
            ("problem_id", None),
            ("due_at", None),
            ("status", None),
            ("priority", None),
            ("type", None),
            ("tags", None),
            ("custom_fields", None),
            ("fields", None),
            $($more),*
        ])
    };
}

/// What is known of `{"ticket": …}`.
pub const TICKET: Shape = Shape(&[("ticket", Some(ticket_shape!(("comment", Some(COMMENT)))))]);
/// What is known of an imported one.
pub const IMPORT: Shape = Shape(&[(
    "ticket",
    Some(ticket_shape!(("comment", Some(COMMENT)), ("comments", Some(IMPORTED_COMMENT)))),
)]);
/// What is known of `{"request": …}`.
pub const REQUEST: Shape = Shape(&[(
    "request",
    Some(Shape(&[
        ("subject", None),
        ("comment", Some(COMMENT)),
        ("requester", Some(REQUESTER)),
        ("priority", None),
        ("type", None),
        ("custom_fields", None),
        ("fields", None),
        ("due_at", None),
        ("ticket_form_id", None),
        ("solved", None),
    ])),
)]);

/// What is known of a change of a request.
pub const REQUEST_CHANGE: Shape =
    Shape(&[("request", Some(Shape(&[("comment", Some(COMMENT)), ("solved", None)])))]);

/// Reads a new ticket.
pub fn ticket(body: &Value) -> Result<NewTicket, Problem> {
    let sent = wrapped(body, "ticket")?;
    Ok(NewTicket {
        comments: described(sent)?.into_iter().collect(),
        properties: properties(sent)?,
        requester: requester(sent)?,
    })
}

/// Reads a ticket that brings its history with it.
pub fn import(body: &Value) -> Result<NewTicket, Problem> {
    let sent = wrapped(body, "ticket")?;
    let mut comments: Vec<_> = described(sent)?.into_iter().collect();
    for said in json_input::objects(sent, "comments")? {
        let created_at = instant(said, "created_at")?.flatten();
        comments.push(NewComment { created_at, ..comment(said)? });
    }
    Ok(NewTicket { comments, properties: properties(sent)?, requester: requester(sent)? })
}

/// Reads a change of a ticket. A description cannot be changed and is not looked at.
pub fn change(body: &Value) -> Result<TicketChange, Problem> {
    let sent = wrapped(body, "ticket")?;
    Ok(TicketChange {
        comment: said(sent)?,
        properties: properties(sent)?,
        requester: requester(sent)?,
    })
}

/// Reads a new request: a ticket whose comment is public.
pub fn request(body: &Value) -> Result<NewTicket, Problem> {
    let sent = wrapped(body, "request")?;
    Ok(NewTicket {
        comments: said(sent)?.map(public).into_iter().collect(),
        properties: asked(sent)?,
        requester: requester(sent)?,
    })
}

/// Reads a change of a request, which must say something.
pub fn request_change(body: &Value) -> Result<TicketChange, Problem> {
    let sent = wrapped(body, "request")?;
    let comment = said(sent)?.map(public).ok_or(Problem::CommentRequired)?;
    let is_solved = json_input::flag(sent, "solved")?.unwrap_or(false);
    let properties = is_solved.then_some(Property::Status(Status::Solved)).into_iter().collect();
    Ok(TicketChange { comment: Some(comment), properties, requester: None })
}

fn public(comment: NewComment) -> NewComment {
    NewComment { public: true, author_id: None, ..comment }
}

/// The object under its wrapper. Without a wrapper there is nothing in it.
fn wrapped<'a>(body: &'a Value, name: &str) -> Result<&'a Object, Problem> {
    static NOTHING: std::sync::LazyLock<Object> = std::sync::LazyLock::new(Object::new);
    match body {
        Value::Object(body) => Ok(json_input::object(body, name)?.unwrap_or(&NOTHING)),
        _ => Ok(&NOTHING),
    }
}

/// What is said in `comment`. Nothing at all is no comment.
fn said(sent: &Object) -> Result<Option<NewComment>, Problem> {
    let said = match sent.get("comment") {
        Some(Value::String(text)) => Some(plain(text)),
        _ => json_input::object(sent, "comment")?.map(comment).transpose()?,
    };
    Ok(said.filter(|said| !said.text.is_blank() || !said.uploads.is_empty()))
}

/// What a new ticket says first: its comment, in the words of its description if it has none of its own.
fn described(sent: &Object) -> Result<Option<NewComment>, Problem> {
    let description = json_input::present_text(sent, "description")?;
    let said = said(sent)?;
    Ok(match (said, description) {
        (Some(said), Some(description)) if said.text.is_blank() => {
            Some(NewComment { text: Text::Plain(description.to_owned()).into(), ..said })
        }
        (Some(said), _) => Some(said),
        (None, Some(description)) => Some(plain(description)),
        (None, None) => None,
    })
}

fn plain(text: &str) -> NewComment {
    NewComment {
        text: Text::Plain(text.to_owned()).into(),
        public: true,
        author_id: None,
        created_at: None,
        uploads: Vec::new(),
    }
}

fn comment(sent: &Object) -> Result<NewComment, Problem> {
    let html = json_input::present_text(sent, "html_body")?.filter(|html| !html.trim().is_empty());
    let body = json_input::present_text(sent, "body")?.filter(|body| !body.trim().is_empty());
    let text = match (html, body, json_input::present_text(sent, "value")?) {
        (Some(html), ..) => Text::Html(html.to_owned()),
        (None, Some(body), _) => Text::Plain(body.to_owned()),
        (None, None, value) => Text::Plain(value.unwrap_or_default().to_owned()),
    };
    let uploads = json_input::texts(sent, "uploads", |token| vec![token.to_owned()])?;
    let uploads = at_most(MOST, "uploads", uploads.unwrap_or_default())?;
    Ok(NewComment {
        text: text.into(),
        public: json_input::flag(sent, "public")?.unwrap_or(true),
        author_id: json_input::id(sent, "author_id")?.flatten(),
        created_at: None,
        uploads: uploads.into_iter().filter(|token| !token.is_empty()).collect(),
    })
}

fn requester(sent: &Object) -> Result<Option<Requester>, Problem> {
    let Some(sent) = json_input::object(sent, "requester")? else {
        return Ok(None);
    };
    let given = |name| {
        let text =
            json_input::present_text(sent, name)?.map(str::trim).filter(|text| !text.is_empty());
        Ok::<_, Problem>(text.map(ToOwned::to_owned))
    };
    let requester = Requester { name: given("name")?, email: given("email")? };
    Ok((requester.name.is_some() || requester.email.is_some()).then_some(requester))
}

/// What a ticket sets.
fn properties(sent: &Object) -> Result<Vec<Property>, Problem> {
    let mut all = asked(sent)?;
    type OfId = fn(Option<u64>) -> Property;
    let ids: [(&str, OfId); 5] = [
        ("assignee_id", Property::Assignee),
        ("group_id", Property::Group),
        ("organization_id", Property::Organization),
        ("brand_id", Property::Brand),
        ("problem_id", Property::Problem),
    ];
    for (name, property) in ids {
        all.extend(json_input::id(sent, name)?.map(property));
    }
    all.extend(json_input::id(sent, "requester_id")?.flatten().map(Property::Requester));
    let external_id = json_input::text(sent, "external_id")?;
    all.extend(external_id.map(|id| Property::ExternalId(id.map(ToOwned::to_owned))));
    if let Some(status) = json_input::present_text(sent, "status")? {
        let status = Status::parse(status).ok_or_else(|| not_allowed("status", status))?;
        all.push(Property::Status(status));
    }
    let words = |text: &str| {
        let words = text.split([' ', ',']).filter(|word| !word.is_empty());
        words.map(ToOwned::to_owned).collect()
    };
    if let Some(tags) = json_input::texts(sent, "tags", words)? {
        all.push(Property::Tags(at_most(MOST, "tags", tags)?));
    }
    Ok(all)
}

/// What a request may set too.
fn asked(sent: &Object) -> Result<Vec<Property>, Problem> {
    let mut all = Vec::new();
    let subject = json_input::text(sent, "subject")?;
    all.extend(subject.map(|text| Property::Subject(text.map(ToOwned::to_owned))));
    if let Some(text) = json_input::text(sent, "priority")? {
        let text = text.filter(|text| !text.is_empty());
        let known = |text| Priority::parse(text).ok_or_else(|| not_allowed("priority", text));
        all.push(Property::Priority(text.map(known).transpose()?));
    }
    if let Some(text) = json_input::text(sent, "type")? {
        let text = text.filter(|text| !text.is_empty());
        let known = |text| Kind::parse(text).ok_or_else(|| not_allowed("type", text));
        all.push(Property::Type(text.map(known).transpose()?));
    }
    all.extend(json_input::id(sent, "ticket_form_id")?.map(Property::Form));
    all.extend(instant(sent, "due_at")?.map(Property::DueAt));
    for name in ["custom_fields", "fields"] {
        let fields = custom_fields(sent, name)?;
        all.extend(at_most(MOST, name, fields)?.into_iter().map(Property::Custom));
    }
    Ok(all)
}

/// Custom fields: a list of ids and values, or an object whose names are the ids.
fn custom_fields(sent: &Object, name: &str) -> Result<Vec<CustomField>, Problem> {
    if let Some(Value::Object(by_id)) = sent.get(name) {
        let fields = by_id.iter().map(|(id, value)| match id.parse() {
            Ok(id) => Ok(CustomField { id, value: field(value)? }),
            Err(_) => {
                Err(Problem::WrongType { attribute: "id".into(), must: "must be an integer" })
            }
        });
        return fields.collect();
    }
    let fields = json_input::objects(sent, name)?.into_iter().map(|sent| {
        let missing = || Problem::WrongType { attribute: "id".into(), must: "must be an integer" };
        let id = json_input::id(sent, "id")?.flatten().ok_or_else(missing)?;
        Ok(CustomField { id, value: field(sent.get("value").unwrap_or(&Value::Null))? })
    });
    fields.collect()
}

fn field(value: &Value) -> Result<Field, Problem> {
    let wrong = || Problem::WrongType {
        attribute: "value".to_owned(),
        must: "must be a string, a number, a boolean, null or an array of strings",
    };
    Ok(match value {
        Value::Null => Field::Null,
        Value::Bool(flag) => Field::Flag(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Field::Integer(number),
            None => Field::Decimal(number.as_f64().ok_or_else(wrong)?),
        },
        Value::String(text) => Field::Text(text.clone()),
        Value::Array(list) => {
            let texts = list.iter().map(|item| item.as_str().map(ToOwned::to_owned));
            Field::List(texts.collect::<Option<_>>().ok_or_else(wrong)?)
        }
        Value::Object(_) => return Err(wrong()),
    })
}

/// A time, or a day, which begins at midnight UTC. `None` if it is missing.
fn instant(sent: &Object, name: &str) -> Result<Option<Option<Timestamp>>, Problem> {
    let Some(text) = json_input::text(sent, name)? else {
        return Ok(None);
    };
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(Some(None));
    };
    let read = text.parse().or_else(|_| format!("{text}T00:00:00Z").parse::<Timestamp>());
    match read {
        Ok(at) if at >= Timestamp::UNIX_EPOCH => Ok(Some(Some(at))),
        _ => {
            let must = "must be a datetime";
            Err(Problem::WrongType { attribute: name.to_owned(), must })
        }
    }
}

fn at_most<T>(most: usize, name: &str, list: Vec<T>) -> Result<Vec<T>, Problem> {
    if list.len() <= most {
        return Ok(list);
    }
    Err(Problem::WrongType { attribute: name.to_owned(), must: TOO_MANY })
}

fn not_allowed(field: &'static str, value: &str) -> Problem {
    Problem::NotAllowed { field, value: value.chars().take(100).collect() }
}
