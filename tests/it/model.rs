//! Random sequences of operations on three accounts, compared with a model: the status of each
//! answer and, at the end, the files of all tickets, the states of all tokens, and the memory that
//! the server charges for them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;

use crate::harness::images::{PNG, Reservation};
use crate::harness::*;

const ACCOUNTS: usize = 3;
/// Minutes that a token is valid.
const LIFE: i64 = 60;

#[derive(Debug, Clone)]
enum Operation {
    Upload,
    /// To a token of some account.
    Append(Index),
    Delete(Index),
    /// The client goes away within the body of a file that it appends.
    Cut(Index),
    CreateTicket(Vec<Index>),
    Comment(Index, Vec<Index>),
    Reserve,
    Put(Index),
    Publish(Index),
    /// In minutes.
    Advance(i64),
    Save(u8),
    Restore(u8),
    /// The next upload is refused.
    AddFault,
    Reset,
}

fn operation() -> impl Strategy<Value = Operation> {
    let token = any::<Index>;
    let tokens = || prop::collection::vec(token(), 0..3);
    prop_oneof![
        6 => Just(Operation::Upload),
        3 => token().prop_map(Operation::Append),
        2 => token().prop_map(Operation::Delete),
        1 => token().prop_map(Operation::Cut),
        4 => tokens().prop_map(Operation::CreateTicket),
        3 => (token(), tokens()).prop_map(|(ticket, tokens)| Operation::Comment(ticket, tokens)),
        3 => Just(Operation::Reserve),
        3 => token().prop_map(Operation::Put),
        3 => token().prop_map(Operation::Publish),
        2 => (1_i64..70).prop_map(Operation::Advance),
        1 => (0_u8..2).prop_map(Operation::Save),
        1 => (0_u8..2).prop_map(Operation::Restore),
        1 => Just(Operation::AddFault),
        1 => Just(Operation::Reset),
    ]
}

proptest! {
    // More with the variable PROPTEST_CASES.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn accounts_do_what_the_model_does(
        operations in prop::collection::vec((0..ACCOUNTS, operation()), 1..40),
    ) {
        let mut run = Run::start();
        for (account, operation) in operations {
            run.apply(account, &operation);
        }
        run.compare();
    }
}

/// All sequences use it, each with new accounts, so that starting it takes no time.
static SERVER: LazyLock<Server> = LazyLock::new(server);

#[derive(Debug, Clone, Default)]
struct Objects {
    /// In minutes.
    now: i64,
    uploads: BTreeMap<String, ModelUpload>,
    /// The files of each comment of each ticket.
    tickets: Vec<Vec<Vec<String>>>,
    images: BTreeMap<String, ModelImage>,
}

#[derive(Debug, Clone)]
struct ModelUpload {
    files: Vec<String>,
    expires: i64,
    is_attached: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum ImageState {
    Reserved,
    Stored,
    Published,
}

#[derive(Debug, Clone)]
struct ModelImage {
    state: ImageState,
    expires: i64,
}

#[derive(Debug, Default)]
struct ModelAccount {
    objects: Objects,
    saved: BTreeMap<u8, Objects>,
    faults: usize,
}

impl Objects {
    /// Expired tokens are forgotten, also those that were attached.
    fn live(&self, token: &str) -> Option<&ModelUpload> {
        self.uploads.get(token).filter(|upload| self.now < upload.expires)
    }

    fn is_open(&self, token: &str) -> bool {
        self.live(token).is_some_and(|upload| !upload.is_attached)
    }

    /// The files of tokens that are all open, and which are used up then.
    fn attach(&mut self, tokens: &[String]) -> Option<Vec<String>> {
        if !tokens.iter().all(|token| self.is_open(token)) {
            return None;
        }
        let mut files = Vec::new();
        for token in tokens {
            let upload = self.uploads.get_mut(token)?;
            upload.is_attached = true;
            files.extend(upload.files.iter().cloned());
        }
        Some(files)
    }
}

/// A connection to the server, and the model of its accounts.
struct Run {
    server: &'static Server,
    connection: Connection,
    accounts: [ModelAccount; ACCOUNTS],
    /// All tokens that were ever issued, of all accounts.
    tokens: Vec<String>,
    reservations: Vec<Reservation>,
    names: usize,
}

impl Run {
    fn start() -> Self {
        let server = &*SERVER;
        let connection = server.connect();
        let accounts = Default::default();
        Self { server, connection, accounts, tokens: vec![], reservations: vec![], names: 0 }
    }

    fn send(&mut self, account: usize, method: &str, path: &str, body: &[u8]) -> RawResponse {
        let is_json = body.first() == Some(&b'{');
        let content_type = if is_json { "application/json" } else { "application/binary" };
        let head = format!(
            "{method} /@model-{account}{path} HTTP/1.1\r\nHost: model\r\n{AGENT}\
             Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        self.connection.send(&[head.as_bytes(), body].concat());
        self.connection.read_response()
    }

    fn control(&mut self, account: usize, method: &str, path: &str, body: &[u8]) -> RawResponse {
        let response = self.send(account, method, &format!("/_mock/{path}"), body);
        assert!([200, 201, 404].contains(&response.status()), "{response}");
        response
    }

    fn pick(&self, indexes: &[Index]) -> Vec<String> {
        // A token may not be named twice.
        let mut picked: Vec<_> = match self.tokens.len() {
            0 => vec!["unknown".to_owned(); indexes.len().min(1)],
            length => {
                indexes.iter().map(|index| self.tokens[index.index(length)].clone()).collect()
            }
        };
        picked.sort();
        picked.dedup();
        picked
    }

    fn apply(&mut self, account: usize, operation: &Operation) {
        match operation {
            Operation::Upload => self.upload(account, None),
            Operation::Append(token) => {
                if let [token] = &*self.pick(&[*token]) {
                    self.upload(account, Some(token.clone()));
                }
            }
            Operation::Delete(token) => {
                let [token] = &*self.pick(&[*token]) else { return };
                let response =
                    self.send(account, "DELETE", &format!("/api/v2/uploads/{token}"), b"");
                let objects = &mut self.accounts[account].objects;
                let expected = if objects.live(token).is_some() { 204 } else { 404 };
                assert_eq!(response.status(), expected, "{response}");
                if objects.is_open(token) {
                    objects.uploads.remove(token);
                }
            }
            Operation::Cut(token) => self.cut(account, &self.pick(&[*token])),
            Operation::CreateTicket(tokens) => {
                let tokens = self.pick(tokens);
                let ticket = json!({"ticket": {"comment": {"body": "b", "uploads": tokens}}});
                let ticket = ticket.to_string();
                let response = self.send(account, "POST", "/api/v2/tickets", ticket.as_bytes());
                let objects = &mut self.accounts[account].objects;
                let files = objects.attach(&tokens);
                let expected = if files.is_some() { 201 } else { 422 };
                assert_eq!(response.status(), expected, "{response}");
                objects.tickets.extend(files.map(|files| vec![files]));
            }
            Operation::Comment(ticket, tokens) => {
                let tokens = self.pick(tokens);
                let count = self.accounts[account].objects.tickets.len();
                let Some(place) = (count > 0).then(|| ticket.index(count)) else { return };
                let comment = json!({"ticket": {"comment": {"body": "b", "uploads": tokens}}});
                let path = format!("/api/v2/tickets/{}", place + 1);
                let response = self.send(account, "PUT", &path, comment.to_string().as_bytes());
                let objects = &mut self.accounts[account].objects;
                let files = objects.attach(&tokens);
                let expected = if files.is_some() { 200 } else { 422 };
                assert_eq!(response.status(), expected, "{response}");
                objects.tickets[place].extend(files);
            }
            Operation::Reserve => self.reserve(account),
            Operation::Put(image) => self.put(image),
            Operation::Publish(image) => self.publish(account, image),
            Operation::Advance(minutes) => {
                let by = json!({"by": format!("{minutes}m")}).to_string();
                self.control(account, "POST", "clock/advance", by.as_bytes());
                self.accounts[account].objects.now += minutes;
            }
            Operation::Save(name) => {
                self.control(account, "PUT", &format!("snapshots/{name}"), b"");
                let model = &mut self.accounts[account];
                model.saved.insert(*name, model.objects.clone());
            }
            Operation::Restore(name) => {
                let path = format!("snapshots/{name}/restore");
                let response = self.control(account, "POST", &path, b"");
                let model = &mut self.accounts[account];
                assert_eq!(response.status() == 200, model.saved.contains_key(name), "{response}");
                if let Some(objects) = model.saved.get(name) {
                    model.objects = objects.clone();
                }
            }
            Operation::AddFault => {
                let fault = json!({"operation": "upload", "status": 503, "times": 1}).to_string();
                self.control(account, "POST", "faults", fault.as_bytes());
                self.accounts[account].faults += 1;
            }
            Operation::Reset => {
                self.control(account, "POST", "reset", b"");
                let model = &mut self.accounts[account];
                (model.objects, model.faults) = (Objects::default(), 0);
            }
        }
    }

    fn upload(&mut self, account: usize, token: Option<String>) {
        self.names += 1;
        let name = format!("{}.txt", self.names);
        let query = token.as_ref().map(|token| format!("&token={token}")).unwrap_or_default();
        let path = format!("/api/v2/uploads?filename={name}{query}");
        let response = self.send(account, "POST", &path, name.as_bytes());
        let model = &mut self.accounts[account];
        let objects = &mut model.objects;
        if model.faults > 0 {
            model.faults -= 1;
            assert_eq!(response.status(), 503, "{response}");
            return;
        }
        match token {
            Some(token) if !objects.is_open(&token) => {
                assert!((400..500).contains(&response.status()), "{response}");
            }
            token => {
                assert_eq!(response.status(), 201, "{response}");
                let issued = text(&response.json()["upload"]["token"]).to_owned();
                assert!(token.as_ref().is_none_or(|token| *token == issued), "{response}");
                let new =
                    ModelUpload { files: vec![], expires: objects.now + LIFE, is_attached: false };
                objects.uploads.entry(issued.clone()).or_insert(new).files.push(name);
                if !self.tokens.contains(&issued) {
                    self.tokens.push(issued);
                }
            }
        }
    }

    /// Changes nothing but the fault that it triggers.
    fn cut(&mut self, account: usize, tokens: &[String]) {
        let [token] = tokens else { return };
        let handle = self.server.mock.account(&format!("model-{account}")).expect("an account");
        let before = handle.requests().len();
        let mut connection = self.server.connect();
        connection.send(
            format!(
                "POST /@model-{account}/api/v2/uploads?filename=cut&token={token} HTTP/1.1\r\n\
                 Host: model\r\n{AGENT}Content-Length: 9\r\n\r\nx"
            )
            .as_bytes(),
        );
        drop(connection);
        self.server.wait_until("it ends", || handle.requests().len() > before);
        let faults = &mut self.accounts[account].faults;
        *faults = faults.saturating_sub(1);
    }

    fn reserve(&mut self, account: usize) {
        let image = json!({"content_type": "image/png", "file_size": PNG.len()}).to_string();
        let path = "/api/v2/guide/user_images/uploads";
        let response = self.send(account, "POST", path, image.as_bytes());
        assert_eq!(response.status(), 200, "{response}");
        let reservation = Reservation::from_json(response.json());
        let objects = &mut self.accounts[account].objects;
        let image = ModelImage { state: ImageState::Reserved, expires: objects.now + LIFE };
        objects.images.insert(reservation.token.clone(), image);
        self.reservations.push(reservation);
    }

    /// The reservation says which account it is for.
    fn put(&mut self, image: &Index) {
        if self.reservations.is_empty() {
            return;
        }
        let reservation = &self.reservations[image.index(self.reservations.len())];
        let head = format!(
            "PUT {} HTTP/1.1\r\nHost: {}\r\nContent-Type: {}\r\nContent-Disposition: {}\r\n\
             Content-Length: {}\r\n\r\n",
            reservation.target(),
            reservation.host(),
            reservation.content_type,
            reservation.disposition,
            PNG.len()
        );
        self.connection.send(&[head.as_bytes(), PNG].concat());
        let response = self.connection.read_response();
        let token = &reservation.token;
        let owner = self.accounts.iter_mut().find_map(|model| {
            let now = model.objects.now;
            let image = model.objects.images.get_mut(token)?;
            (now < image.expires).then_some(image)
        });
        match owner {
            Some(image) if image.state != ImageState::Published => {
                assert_eq!(response.status(), 200, "{response}");
                image.state = ImageState::Stored;
            }
            Some(_) => assert!([200, 403, 404, 409].contains(&response.status()), "{response}"),
            None => assert!((400..500).contains(&response.status()), "{response}"),
        }
    }

    fn publish(&mut self, account: usize, image: &Index) {
        if self.reservations.is_empty() {
            return;
        }
        let token = self.reservations[image.index(self.reservations.len())].token.clone();
        let body = json!({"token": token, "brand_id": "10016"}).to_string();
        let path = "/api/v2/guide/user_images";
        let response = self.send(account, "POST", path, body.as_bytes());
        let objects = &mut self.accounts[account].objects;
        let now = objects.now;
        let image = objects.images.get_mut(&token).filter(|image| now < image.expires);
        match image {
            Some(image) if image.state == ImageState::Stored => {
                assert!(response.status() < 300, "{response}");
                image.state = ImageState::Published;
            }
            _ => assert!((400..500).contains(&response.status()), "{response}"),
        }
    }

    fn compare(mut self) {
        for account in 0..ACCOUNTS {
            let objects = self.accounts[account].objects.clone();
            for (place, comments) in objects.tickets.iter().enumerate() {
                let path = format!("/api/v2/tickets/{}/comments", place + 1);
                let list = self.send(account, "GET", &path, b"").json();
                let names = |comment: &serde_json::Value| -> Vec<String> {
                    let files = comment["attachments"].as_array().expect("attachments");
                    files.iter().map(|file| text(&file["file_name"]).to_owned()).collect()
                };
                let found = list["comments"].as_array().expect("comments");
                let mut found: Vec<_> = found.iter().map(names).collect();
                let mut expected = comments.clone();
                found.iter_mut().chain(&mut expected).for_each(|names| names.sort());
                assert_eq!(found, expected, "ticket {} of account {account}", place + 1);
            }
            let files = self.control(account, "GET", "files", b"").json();
            let open = files["files"].as_array().expect("files").iter();
            let open = open.filter(|file| file["state"] == "open").count();
            let expected = objects.uploads.iter().filter(|(token, _)| objects.is_open(token));
            assert_eq!(open, expected.map(|(_, upload)| upload.files.len()).sum::<usize>());
        }
        for account in 0..ACCOUNTS {
            self.control(account, "DELETE", &format!("accounts/model-{account}"), b"");
        }
        drop(self.connection);
        let mock = &self.server.mock;
        self.server.wait_until("nothing is charged", || mock.memory_used() == 0);
    }
}
