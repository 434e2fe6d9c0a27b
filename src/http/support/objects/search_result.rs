//! Results of a search: tickets and users, which say what they are.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::account::FoundObject;
use crate::http::exchange::urls::Urls;
use crate::http::support::objects::ticket::TicketJson;
use crate::http::support::objects::user::UserJson;

#[derive(Debug, Serialize, JsonSchema)]
pub struct SearchResultJson<'a> {
    #[serde(flatten)]
    object: ObjectJson<'a>,
    result_type: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum ObjectJson<'a> {
    Ticket(Box<TicketJson<'a>>),
    User(Box<UserJson<'a>>),
}

impl<'a> SearchResultJson<'a> {
    pub fn new(found: &'a FoundObject, urls: &Urls) -> Self {
        let (object, result_type) = match found {
            FoundObject::Ticket(ticket) => {
                (ObjectJson::Ticket(Box::new(TicketJson::new(ticket, urls))), "ticket")
            }
            FoundObject::User(user) => {
                (ObjectJson::User(Box::new(UserJson::new(user, urls))), "user")
            }
        };
        Self { object, result_type }
    }
}
