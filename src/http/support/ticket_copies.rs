//! Reads CCs, followers and collaborators that clients send, in their documented forms.

use serde_json::Value;

use crate::core::id::Id;
use crate::core::tickets::copies::{CopiedUser, CopyChange, CopyChanges, CopyList};
use crate::core::users::Requester;
use crate::http::exchange::problem::Problem;
use crate::http::support::json_input::{self, JsonMap};

/// Reads what a ticket or a request changes about copies.
pub fn read_copies(sent: &JsonMap) -> Result<CopyChanges, Problem> {
    let mut collaborators = people(sent, "collaborators")?;
    if let Some(ids) = people(sent, "collaborator_ids")? {
        collaborators.get_or_insert_default().extend(ids);
    }
    let mut changes = Vec::new();
    let more = people(sent, "additional_collaborators")?.unwrap_or_default();
    changes.extend(more.into_iter().map(|person| CopyChange {
        list: CopyList::EmailCcs,
        person,
        removes: false,
    }));
    let lists = [("email_ccs", CopyList::EmailCcs), ("followers", CopyList::Followers)];
    for (name, list) in lists {
        for copy in json_input::bounded(name, json_input::objects(sent, name)?)? {
            if let Some(person) = person(copy, "user_id", "user_name", "user_email")? {
                let removes = match json_input::present_text(copy, "action")? {
                    None | Some("put" | "") => false,
                    Some("delete") => true,
                    Some(_) => return wrong("action", "must be put or delete"),
                };
                changes.push(CopyChange { list, person, removes });
            }
        }
    }
    Ok(CopyChanges { collaborators, changes })
}

/// People in a list: ids, addresses, or objects with a name and an address. `None` is missing.
fn people(sent: &JsonMap, name: &str) -> Result<Option<Vec<CopiedUser>>, Problem> {
    let one = |value: &Value| match value {
        Value::Object(object) => person(object, "id", "name", "email"),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        value => match (json_input::whole_number(value).and_then(Id::new), value) {
            (Some(id), _) => Ok(Some(CopiedUser::Id(id.get()))),
            // Whether it is an address is checked with those of objects.
            (None, Value::String(text)) => {
                let email = Some(text.trim().to_owned());
                Ok(Some(CopiedUser::Named(Requester { name: None, email })))
            }
            (None, _) => wrong(name, "must be an array of ids, addresses or objects"),
        },
    };
    let list = match sent.get(name) {
        None => return Ok(None),
        Some(Value::Null) => &[],
        Some(Value::Array(list)) => &**list,
        Some(value) => std::slice::from_ref(value),
    };
    let people = list.iter().filter_map(|value| one(value).transpose());
    json_input::bounded(name, people.collect::<Result<_, _>>()?).map(Some)
}

/// A person in an object, if it names one.
fn person(
    object: &JsonMap,
    id: &str,
    name: &str,
    email: &str,
) -> Result<Option<CopiedUser>, Problem> {
    if let Some(id) = json_input::id(object, id)?.flatten() {
        return Ok(Some(CopiedUser::Id(id.get())));
    }
    let text = |name| {
        let text = json_input::present_text(object, name)?.map(str::trim);
        Ok::<_, Problem>(text.filter(|text| !text.is_empty()).map(ToOwned::to_owned))
    };
    let (name, email) = (text(name)?, text(email)?);
    Ok(email.map(|email| CopiedUser::Named(Requester { name, email: Some(email) })))
}

fn wrong<T>(attribute: &str, must: &'static str) -> Result<T, Problem> {
    Err(Problem::WrongType { attribute: attribute.to_owned(), must })
}
