//! The input of the control API: JSON objects whose fields are declared once, for reading them, for
//! errors that name what they accept, and for the OpenAPI document.

use std::str::FromStr;
use std::time::Duration;

use axum::extract::{FromRequest, Request};
use serde_json::{Value, json};

use crate::config::values::Notation as _;
use crate::core::clock::Timestamp;
use crate::http::exchange::context::Exchange;
use crate::http::exchange::json_body::read_json;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;
use crate::seed::Object;

/// The longest text, in characters. Errors repeat it.
pub const LONGEST_TEXT: usize = 1_000;

#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// An empty name is the whole body.
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
    pub about: &'static str,
}

/// What a field accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Time,
    Instant,
    /// A whole number from 0 on.
    Number,
    Fraction,
    /// From 400 to 599.
    Status,
    Flag,
    AccountName,
    OneOf(&'static [&'static str]),
    Settings,
    /// An account as a document.
    Seed,
    /// At most [`LONGEST_TEXT`] characters.
    Text,
    /// A status such as 201, or a class such as `4xx`.
    StatusOrClass,
    Objects,
}

impl Field {
    pub const fn required(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self { name, kind, required: true, about }
    }

    pub const fn optional(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self { name, kind, required: false, about }
    }

    /// Its name in the docs.
    #[cfg(test)]
    pub fn label(&self) -> String {
        match (self.name, self.kind) {
            ("", Kind::Seed) => "a seed".to_owned(),
            ("", _) => "settings".to_owned(),
            (name, _) => format!("`{name}`"),
        }
    }

    /// The error for a value that cannot be used.
    pub fn refused(&self) -> Problem {
        Problem::field(self.name, self.kind.accepts())
    }
}

impl Kind {
    fn accepts(self) -> String {
        match self {
            Self::Time => {
                "takes a time such as \"90s\", \"60m\" or \"72h\", or a number of seconds"
                    .to_owned()
            }
            Self::Instant => format!(
                "takes an instant such as \"2026-01-01T00:00:00Z\", from {:.0} to {:.0}",
                Timestamp::UNIX_EPOCH,
                Timestamp::MAX
            ),
            Self::Number => "takes a whole number from 0 on".to_owned(),
            Self::Fraction => "takes a number from 0 to 1".to_owned(),
            Self::Status => "takes a status from 400 to 599".to_owned(),
            Self::Flag => "takes true or false".to_owned(),
            Self::AccountName => {
                "takes a name of at most 63 letters, digits, hyphens and underscores".to_owned()
            }
            Self::OneOf(words) => format!("takes one of: {}", words.join(", ")),
            Self::Settings => "takes an object, as GET /_mock/settings shows it".to_owned(),
            Self::Seed => "takes an object, as docs/seeds.md describes a seed".to_owned(),
            Self::Text => format!("takes a text of at most {LONGEST_TEXT} characters"),
            Self::StatusOrClass => {
                "takes a status such as 201, or a class such as \"4xx\"".to_owned()
            }
            Self::Objects => {
                "takes a list of at least one object, each with fields of a filter".to_owned()
            }
        }
    }
}

/// The input of a call. Unknown fields are ignored; an empty body is an empty object.
#[derive(Debug)]
pub struct Input(pub Object);

impl FromRequest<Exchange> for Input {
    type Rejection = Refusal;

    async fn from_request(request: Request, exchange: &Exchange) -> Result<Self, Refusal> {
        match read_json(request, &exchange.context).await? {
            Value::Null => Ok(Self(Object::new())),
            Value::Object(object) => Ok(Self(object)),
            _ => Err(Problem::JsonMalformed("it is another kind of JSON".to_owned()).into()),
        }
    }
}

impl Input {
    /// Reads a query, in which numbers are texts.
    pub fn from_query(query: Option<&str>, fields: &[Field]) -> Self {
        let is_number = |name: &str| {
            fields.iter().any(|field| field.name == name && field.kind == Kind::Number)
        };
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let values = pairs.map(|(name, value)| {
            let number = is_number(&name).then(|| value.parse::<u64>().ok()).flatten();
            let value = number.map_or_else(|| json!(value), |number| json!(number));
            (name.into_owned(), value)
        });
        Self(values.collect())
    }

    fn read<'a, T>(
        &'a self,
        field: &Field,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        match self.0.get(field.name).filter(|value| !value.is_null()) {
            None if field.required => Err(field.refused()),
            None => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| field.refused()),
        }
    }

    pub fn time(&self, field: &Field) -> Result<Option<Duration>, Problem> {
        self.read(field, Duration::from_json)
    }

    pub fn instant(&self, field: &Field) -> Result<Option<Timestamp>, Problem> {
        self.read(field, |value| {
            let at: Timestamp = value.as_str()?.parse().ok()?;
            (at >= Timestamp::UNIX_EPOCH).then_some(at)
        })
    }

    pub fn number(&self, field: &Field) -> Result<Option<u64>, Problem> {
        self.read(field, Value::as_u64)
    }

    pub fn fraction(&self, field: &Field) -> Result<Option<f64>, Problem> {
        self.read(field, |value| value.as_f64().filter(|number| (0.0..=1.0).contains(number)))
    }

    pub fn status(&self, field: &Field) -> Result<Option<u16>, Problem> {
        let status = |value: &Value| u16::try_from(value.as_u64()?).ok();
        self.read(field, |value| status(value).filter(|status| (400..600).contains(status)))
    }

    pub fn flag(&self, field: &Field) -> Result<Option<bool>, Problem> {
        self.read(field, Value::as_bool)
    }

    pub fn text(&self, field: &Field) -> Result<Option<&str>, Problem> {
        let is_short = |text: &&str| text.chars().count() <= LONGEST_TEXT;
        self.read(field, |value| value.as_str().filter(is_short))
    }

    /// One of the words that a field accepts.
    pub fn word(&self, field: &Field) -> Result<Option<&'static str>, Problem> {
        let Kind::OneOf(words) = field.kind else { return Ok(None) };
        self.read(field, |value| words.iter().copied().find(|word| value.as_str() == Some(*word)))
    }

    /// The meaning of the word in a field.
    pub fn parsed<T: FromStr>(&self, field: &Field) -> Result<Option<T>, Problem> {
        self.read(field, |value| value.as_str()?.parse().ok())
    }

    pub fn object(&self, field: &Field) -> Result<Option<&Object>, Problem> {
        self.read(field, Value::as_object)
    }
}
