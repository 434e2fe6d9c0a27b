//! Makes a seed of a document: what it says is checked, and files are fetched from where they lie.

use std::path::Path;

use bytes::Bytes;
use strum::VariantNames;
use ulid::Ulid;

use crate::core::account::Account;
use crate::core::attachments::NewFile;
use crate::core::blobs::{Blob, Exhausted};
use crate::core::bucket::PutBody;
use crate::core::ids::{ImageName, Token};
use crate::core::malware::ScanResult;
use crate::core::media;
use crate::core::seed::{
    Ends, Misfit, Names, Seed, SeedAudit, SeedBrand, SeedClock, SeedComment, SeedFile, SeedImage,
    SeedReservation, SeedTicket, SeedUpload, SeedUser, Who as Somebody,
};
use crate::core::tickets::audit::{self, Text, What};
use crate::core::tickets::past::PastEvent;
use crate::core::tickets::properties::{
    self, Kind, Priority, Property, Status, Value as CoreValue,
};
use crate::core::users::{self, Login, Requester, Secret};
use crate::seed::base64::Contents;
use crate::seed::model::{
    Brand, Clock, Comment, Document, File, Image, Thumbnail, Ticket, Upload, User,
};
use crate::seed::values::{
    Audit, CustomField, Event, FieldValue, Instant, Life, Published, Role, Told, Who,
};
use crate::seed::{Files, misfit};

const TOKEN: &str = "takes 25 letters and digits";
const ULID: &str = "takes a ULID: 26 letters and digits";
/// The longest name of a file, in characters.
const LONGEST_NAME: usize = 1_000;
/// The longest type, host or name of a program, in bytes.
const LONGEST_LINE: usize = 255;
const CONTENTS: &str = "takes one of path, base64 and text";

impl Document {
    /// What it says, with its files in the memory of the account that will hold it.
    pub(super) fn into_seed(self, account: &Account, files: Files<'_>) -> Result<Seed, Misfit> {
        let reader = Reader { account, files };
        let clock = match self.clock {
            Some(Clock { now: None, frozen: None }) | None => None,
            Some(Clock { now, frozen }) => {
                let at = now.map_or_else(|| account.clock().now(), Into::into);
                Some(SeedClock { at, stands: frozen.unwrap_or(true) })
            }
        };
        Ok(Seed {
            clock,
            chance: self.chance,
            users: each("users", self.users, |user, at| reader.user(user, at))?,
            brands: each("brands", self.brands, |brand, at| reader.brand(brand, at))?,
            uploads: each("uploads", self.uploads, |upload, at| reader.upload(upload, at))?,
            next_ticket_id: self.next_ticket_id,
            tickets: each("tickets", self.tickets, |ticket, at| reader.ticket(ticket, at))?,
            images: each("images", self.images, |image, at| reader.image(image, at))?,
        })
    }
}

fn each<T, U>(
    at: &str,
    all: Vec<T>,
    read: impl Fn(T, &str) -> Result<U, Misfit>,
) -> Result<Vec<U>, Misfit> {
    let read = |(number, one)| read(one, &format!("{at}[{number}]"));
    all.into_iter().enumerate().map(read).collect()
}

/// Where files come from, and where they go.
struct Reader<'a> {
    account: &'a Account,
    files: Files<'a>,
}

impl Reader<'_> {
    fn user(&self, user: User, at: &str) -> Result<SeedUser, Misfit> {
        let User { id, name, email, role, created_at, password, api_tokens, access_tokens } = user;
        let login = email.as_deref().map(Login::email);
        let needs_email =
            || misfit(&format!("{at}.email"), "must be there for a password or an API token");
        let mut secrets: Vec<_> = access_tokens.into_iter().map(Secret::AccessToken).collect();
        if let Some(password) = password {
            let login = login.clone().ok_or_else(needs_email)?;
            secrets.push(Secret::Password(login, password));
        }
        for token in api_tokens {
            let login = login.clone().ok_or_else(needs_email)?;
            secrets.push(Secret::ApiToken(login, token));
        }
        let role = role.map(|role| match role {
            Role::Admin => users::Role::Admin,
            Role::EndUser => users::Role::EndUser,
        });
        let created_at = created_at.map(Into::into);
        Ok(SeedUser { id, name, email, role, created_at, secrets })
    }

    fn brand(&self, brand: Brand, at: &str) -> Result<SeedBrand, Misfit> {
        let Brand { id, name, subdomain, default, created_at } = brand;
        let name = name.ok_or_else(|| misfit(&format!("{at}.name"), "must be there"))?;
        let (is_default, created_at) = (default.unwrap_or(false), created_at.map(Into::into));
        Ok(SeedBrand { id, name, subdomain, is_default, created_at })
    }

    fn upload(&self, upload: Upload, at: &str) -> Result<SeedUpload, Misfit> {
        let Upload { token, life, expires_at, files, attached_to } = upload;
        Ok(SeedUpload {
            token: token.map(|token| url_token(&token, at)).transpose()?,
            ends: ends(life, expires_at, at)?,
            files: self.files(files, at)?,
            attached_to,
        })
    }

    fn files(&self, files: Vec<File>, at: &str) -> Result<Vec<SeedFile>, Misfit> {
        each(&format!("{at}.files"), files, |file, at| self.file(file, at))
    }

    fn file(&self, mut file: File, at: &str) -> Result<SeedFile, Misfit> {
        let name = match (file.name.take(), file.path.as_deref()) {
            (Some(name), _) => name,
            (None, Some(path)) => {
                let last = Path::new(path).file_name().unwrap_or_default();
                last.to_string_lossy().into_owned()
            }
            (None, None) => return Err(misfit(&format!("{at}.name"), "must be there")),
        };
        if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(misfit(&format!("{at}.name"), "takes 1 to 1000 characters"));
        }
        bounded(file.content_type.as_deref(), &format!("{at}.content_type"))?;
        let content_type = file
            .content_type
            .take()
            .or_else(|| media::type_by_name(&name).map(ToOwned::to_owned))
            .unwrap_or_else(|| media::UNKNOWN_TYPE.to_owned());
        let thumbnail = file.thumbnail.take().unwrap_or_default();
        let blob = self.bytes(&mut file, at)?;
        let scan_result = match file.malware_scan_result.as_deref() {
            None => ScanResult::default(),
            Some(word) => word.parse().map_err(|_| {
                let accepts = format!("takes one of: {}", ScanResult::VARIANTS.join(", "));
                misfit(&format!("{at}.malware_scan_result"), accepts)
            })?,
        };
        let names = |Thumbnail { id, token }, at: &str| {
            let token = token.map(|token| url_token(&token, at)).transpose()?;
            Ok::<_, Misfit>(Names { id, token })
        };
        Ok(SeedFile {
            names: names(Thumbnail { id: file.id, token: file.token }, at)?,
            thumbnail: names(thumbnail, &format!("{at}.thumbnail"))?,
            file: NewFile::new(name, content_type, blob),
            scan_result,
            malware_access_override: file.malware_access_override.unwrap_or(false),
            inline: file.inline.unwrap_or(false),
        })
    }

    /// The bytes of a file, wherever they are.
    fn bytes(&self, file: &mut File, at: &str) -> Result<Blob, Misfit> {
        let bytes: Bytes = match (file.path.take(), file.base64.take(), file.text.take()) {
            (None, Some(Contents::Read(bytes)), None) => bytes,
            (None, Some(Contents::Stored(blob)), None) => return Ok(blob),
            (None, None, Some(text)) => text.into(),
            (Some(path), None, None) => self.beside(&path, at)?,
            _ => return Err(misfit(at, CONTENTS)),
        };
        let full = |Exhausted| self.account.out_of_memory();
        let mut writer = self.account.receive(bytes.len() as u64)?;
        writer.push(bytes).map_err(full)?;
        Ok(writer.finish())
    }

    fn beside(&self, path: &str, at: &str) -> Result<Bytes, Misfit> {
        let at = format!("{at}.path");
        match self.files {
            Files::Nowhere => {
                Err(misfit(&at, "is for a seed that the server loads itself; send base64 or text"))
            }
            Files::In(directory) => match std::fs::read(directory.join(path)) {
                Ok(bytes) => Ok(bytes.into()),
                Err(error) => {
                    Err(misfit(&at, format!("takes the path of a file that can be read: {error}")))
                }
            },
        }
    }

    fn ticket(&self, ticket: Ticket, at: &str) -> Result<SeedTicket, Misfit> {
        let properties = set(&ticket, at)?;
        let comments = each(&format!("{at}.comments"), ticket.comments, |comment, at| {
            self.comment(comment, at)
        })?;
        let audits = ticket.audits.map(|audits| {
            each(&format!("{at}.audits"), audits, |audit, at| {
                bounded(audit.client.as_deref(), &format!("{at}.client"))?;
                Ok(past(audit))
            })
        });
        let audits = audits.transpose()?;
        Ok(SeedTicket {
            id: ticket.id,
            created_at: ticket.created_at.map(Into::into),
            updated_at: ticket.updated_at.map(Into::into),
            requester: ticket.requester.map(somebody),
            submitter: ticket.submitter.map(somebody),
            properties,
            comments,
            audits,
        })
    }

    fn comment(&self, comment: Comment, at: &str) -> Result<SeedComment, Misfit> {
        let Comment { id, author, body, html_body, public, created_at, client, files } = comment;
        bounded(client.as_deref(), &format!("{at}.client"))?;
        let text = match (html_body, body) {
            (Some(html), _) => Text::Html(html),
            (None, body) => Text::Plain(body.unwrap_or_default()),
        };
        Ok(SeedComment {
            id,
            author: author.map(somebody),
            text,
            public: public.unwrap_or(true),
            created_at: created_at.map(Into::into),
            client,
            files: self.files(files, at)?,
        })
    }

    fn image(&self, image: Image, at: &str) -> Result<SeedImage, Misfit> {
        let missing = |what: &str| misfit(&format!("{at}.{what}"), "must be there");
        let content_type = image.content_type.ok_or_else(|| missing("content_type"))?;
        bounded(Some(&content_type), &format!("{at}.content_type"))?;
        bounded(image.host.as_deref(), &format!("{at}.host"))?;
        let object = match image.file {
            Some(mut file) => {
                bounded(file.content_type.as_deref(), &format!("{at}.file.content_type"))?;
                let blob = self.bytes(&mut file, &format!("{at}.file"))?;
                Some(PutBody { content_type: file.content_type, blob })
            }
            None => None,
        };
        let published = match image.published {
            None | Some(Published::Flag(false)) => None,
            Some(Published::Flag(true)) => Some(None),
            Some(Published::Name(name)) => {
                let name = ImageName::parse(&name);
                Some(Some(name.ok_or_else(|| misfit(&format!("{at}.published"), ULID))?))
            }
        };
        let token = match image.token {
            Some(token) => {
                let token = Ulid::from_string(&token);
                Some(token.map_err(|_| misfit(&format!("{at}.token"), ULID))?)
            }
            None => None,
        };
        let ends = ends(image.life, image.expires_at, at)?;
        let size = image.size.or_else(|| object.as_ref().map(|object| object.blob.len()));
        let is_reserved = token.is_some() || published.is_none();
        let reservation = is_reserved.then(|| SeedReservation {
            token,
            size: size.unwrap_or(0),
            host: image.host.unwrap_or_default(),
            reserved_at: image.reserved_at.map(Into::into),
            ends,
        });
        Ok(SeedImage { content_type, reservation, object, published })
    }
}

/// Makes sure that a text which goes into a line, and is charged as a short one, is one.
fn bounded(text: Option<&str>, at: &str) -> Result<(), Misfit> {
    let is_line = |text: &str| text.len() <= LONGEST_LINE && !text.chars().any(char::is_control);
    match text {
        Some(text) if !is_line(text) => {
            Err(misfit(at, "takes at most 255 characters, none of which ends a line"))
        }
        _ => Ok(()),
    }
}

fn url_token(token: &str, at: &str) -> Result<Token, Misfit> {
    Token::parse(token).ok_or_else(|| misfit(&format!("{at}.token"), TOKEN))
}

fn ends(life: Option<Life>, at: Option<Instant>, path: &str) -> Result<Ends, Misfit> {
    match (life, at) {
        (None, None) => Ok(Ends::Never),
        (Some(Life(life)), None) => Ok(Ends::After(life)),
        (None, Some(Instant(at))) => Ok(Ends::At(at)),
        (Some(_), Some(_)) => {
            Err(misfit(&format!("{path}.life"), "cannot go together with expires_at"))
        }
    }
}

fn somebody(who: Who) -> Somebody {
    match who {
        Who::Id(id) => Somebody::Id(id),
        Who::Email(email) => Somebody::Person(Requester { name: None, email: Some(email) }),
        Who::Person { name, email } => Somebody::Person(Requester { name, email }),
    }
}

/// What a ticket sets.
fn set(ticket: &Ticket, at: &str) -> Result<Vec<Property>, Misfit> {
    let word = |field: &str, accepts: &'static str| misfit(&format!("{at}.{field}"), accepts);
    let mut all = Vec::new();
    if let Some(status) = &ticket.status {
        let accepts = "takes new, open, pending, hold, solved or closed";
        all.push(Property::Status(Status::parse(status).ok_or_else(|| word("status", accepts))?));
    }
    if let Some(priority) = &ticket.priority {
        let accepts = "takes urgent, high, normal or low";
        let priority = Priority::parse(priority).ok_or_else(|| word("priority", accepts))?;
        all.push(Property::Priority(Some(priority)));
    }
    if let Some(kind) = &ticket.r#type {
        let accepts = "takes problem, incident, question or task";
        all.push(Property::Type(Some(Kind::parse(kind).ok_or_else(|| word("type", accepts))?)));
    }
    let mut given = |is_given: bool, property: Property| all.extend(is_given.then_some(property));
    given(ticket.subject.is_some(), Property::Subject(ticket.subject.clone()));
    given(!ticket.tags.is_empty(), Property::Tags(ticket.tags.clone()));
    given(ticket.external_id.is_some(), Property::ExternalId(ticket.external_id.clone()));
    given(ticket.assignee_id.is_some(), Property::Assignee(ticket.assignee_id));
    given(ticket.group_id.is_some(), Property::Group(ticket.group_id));
    given(ticket.organization_id.is_some(), Property::Organization(ticket.organization_id));
    given(ticket.brand_id.is_some(), Property::Brand(ticket.brand_id));
    given(ticket.ticket_form_id.is_some(), Property::Form(ticket.ticket_form_id));
    given(ticket.problem_id.is_some(), Property::Problem(ticket.problem_id));
    given(ticket.due_at.is_some(), Property::DueAt(ticket.due_at.map(Into::into)));
    all.extend(ticket.custom_fields.iter().map(|CustomField { id, value }| {
        let value = match value {
            FieldValue::Null(()) => CoreValue::Null,
            FieldValue::Flag(flag) => CoreValue::Flag(*flag),
            FieldValue::Integer(number) => CoreValue::Integer(*number),
            FieldValue::Decimal(number) => CoreValue::Decimal(*number),
            FieldValue::Text(text) => CoreValue::Text(text.clone()),
            FieldValue::List(texts) => CoreValue::List(texts.clone()),
        };
        Property::Custom(properties::CustomField { id: *id, value })
    }));
    Ok(all)
}

fn past(audit: Audit) -> SeedAudit {
    let Audit { id, created_at, author_id, client, events } = audit;
    let events = events.into_iter().map(event).collect();
    SeedAudit { id, created_at: created_at.into(), author_id, client, events }
}

fn event(event: Event) -> PastEvent {
    let (id, what) = match event {
        Event::Comment { id } => return PastEvent::Said(id),
        Event::Create { id, field_name, value } => {
            (id, What::Create { field_name, value: told(value) })
        }
        Event::Change { id, field_name, value, previous_value } => {
            (id, What::Change { field_name, value: told(value), previous: told(previous_value) })
        }
        Event::AttachmentRedaction { id, attachment_id, comment_id } => {
            (id, What::AttachmentRedaction { attachment_id, comment_id })
        }
    };
    PastEvent::Happened(audit::Event { id, what })
}

fn told(told: Told) -> properties::Told {
    match told {
        Told::Nothing(()) => properties::Told::Nothing,
        Told::Text(text) => properties::Told::Text(text),
        Told::List(texts) => properties::Told::List(texts),
    }
}
