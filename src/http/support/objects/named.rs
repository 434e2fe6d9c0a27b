//! Groups, organizations, ticket forms and ticket fields, with the documented properties. What this
//! server does not keep is as in a fresh account.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::account::{NamedKind, SYSTEM_FIELDS};
use crate::core::clock::Timestamp;
use crate::http::exchange::urls::Urls;
use crate::http::support::objects::time::instant;
use crate::http::support::objects::via::Empty;

/// They are as old as the brand that each account begins with.
const INITIAL_TIME: Timestamp = Timestamp::constant(1_577_836_800, 0);

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum NamedJson {
    Group(GroupJson),
    Organization(OrganizationJson),
    Form(FormJson),
    Field(TicketFieldJson),
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct GroupJson {
    url: String,
    id: u64,
    is_public: bool,
    name: String,
    description: &'static str,
    default: bool,
    deleted: bool,
    created_at: String,
    updated_at: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct OrganizationJson {
    url: String,
    id: u64,
    name: String,
    shared_tickets: bool,
    shared_comments: bool,
    external_id: Option<()>,
    created_at: String,
    updated_at: String,
    domain_names: [String; 0],
    details: Option<()>,
    notes: Option<()>,
    group_id: Option<()>,
    tags: [String; 0],
    organization_fields: Empty,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct FormJson {
    url: String,
    name: String,
    display_name: String,
    id: u64,
    raw_name: String,
    raw_display_name: String,
    end_user_visible: bool,
    position: u32,
    ticket_field_ids: Vec<u64>,
    active: bool,
    default: bool,
    created_at: String,
    updated_at: String,
    in_all_brands: bool,
    restricted_brand_ids: [u64; 0],
    end_user_conditions: [(); 0],
    agent_conditions: [(); 0],
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct TicketFieldJson {
    url: String,
    id: u64,
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    raw_title: String,
    description: String,
    raw_description: String,
    position: u64,
    active: bool,
    required: bool,
    collapsed_for_agents: bool,
    regexp_for_validation: Option<()>,
    title_in_portal: String,
    raw_title_in_portal: String,
    visible_in_portal: bool,
    editable_in_portal: bool,
    required_in_portal: bool,
    tag: Option<()>,
    created_at: String,
    updated_at: String,
    removable: bool,
    agent_description: Option<()>,
}

impl NamedJson {
    /// The object of a kind with this id. `account` is the name of the account.
    pub fn new(kind: NamedKind, id: u64, account: &str, urls: &Urls) -> Self {
        let time = instant(INITIAL_TIME);
        let (created_at, updated_at) = (time.clone(), time);
        let is_initial = kind.initial_ids().contains(&id);
        let name = |initial: &str, other: &str| {
            if is_initial { initial.to_owned() } else { format!("{other} {id}") }
        };
        let url = urls.object(list_of(kind), id);
        match kind {
            NamedKind::Group => Self::Group(GroupJson {
                url,
                id,
                is_public: true,
                name: name("Support", "Group"),
                description: "",
                default: is_initial,
                deleted: false,
                created_at,
                updated_at,
            }),
            NamedKind::Organization => Self::Organization(OrganizationJson {
                url,
                id,
                name: name(account, "Organization"),
                shared_tickets: false,
                shared_comments: false,
                external_id: None,
                created_at,
                updated_at,
                domain_names: [],
                details: None,
                notes: None,
                group_id: None,
                tags: [],
                organization_fields: Empty {},
            }),
            NamedKind::Form => {
                let name = name("Default Ticket Form", "Ticket form");
                Self::Form(FormJson {
                    url,
                    display_name: name.clone(),
                    id,
                    raw_name: name.clone(),
                    raw_display_name: name.clone(),
                    name,
                    end_user_visible: true,
                    position: u32::from(!is_initial),
                    ticket_field_ids: NamedKind::Field.initial_ids().collect(),
                    active: true,
                    default: is_initial,
                    created_at,
                    updated_at,
                    in_all_brands: true,
                    restricted_brand_ids: [],
                    end_user_conditions: [],
                    agent_conditions: [],
                })
            }
            NamedKind::Field => Self::Field(field(url, id, (created_at, updated_at))),
        }
    }
}

fn field(url: String, id: u64, (created_at, updated_at): (String, String)) -> TicketFieldJson {
    let system = NamedKind::system_field(id);
    let (kind, title) =
        system.map_or_else(|| ("text", format!("Field {id}")), |(kind, name)| (kind, name.into()));
    let is_text = ["subject", "description"].contains(&kind);
    TicketFieldJson {
        url,
        id,
        kind,
        title: title.clone(),
        raw_title: title.clone(),
        description: String::new(),
        raw_description: String::new(),
        position: system
            .map_or(SYSTEM_FIELDS.len() as u64, |_| id - NamedKind::Field.initial_ids().start),
        active: true,
        required: false,
        collapsed_for_agents: false,
        regexp_for_validation: None,
        title_in_portal: title.clone(),
        raw_title_in_portal: title,
        visible_in_portal: is_text,
        editable_in_portal: is_text,
        required_in_portal: is_text,
        tag: None,
        created_at,
        updated_at,
        removable: system.is_none(),
        agent_description: None,
    }
}

/// The name of the list of a kind, which is that of its path.
pub fn list_of(kind: NamedKind) -> &'static str {
    match kind {
        NamedKind::Group => "groups",
        NamedKind::Organization => "organizations",
        NamedKind::Form => "ticket_forms",
        NamedKind::Field => "ticket_fields",
    }
}
