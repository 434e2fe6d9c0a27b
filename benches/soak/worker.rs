//! A client that visits one account after the other.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::Result;
use crate::soak::Counts;
use crate::soak::client::Client;
use crate::soak::operations::OPERATIONS;
use crate::soak::visit::{Stop, Visit};

pub const DONE: &str = "operations";

/// How long an account lives, unless its visit deletes it.
const LIFE: &str = "10s";
/// So much less that no account ends while it is visited.
const VISIT: Duration = Duration::from_secs(3);
const LONGEST_VISIT: usize = 40;

/// An account that every worker keeps for the time in which no more can be created.
pub fn kept_account(worker: u64) -> String {
    format!("kept-{worker}")
}

pub struct Worker {
    client: Client,
    cycle: u64,
    number: u64,
    counts: Counts,
}

impl Worker {
    pub fn new(address: SocketAddr, cycle: u64, number: u64) -> Result<Self> {
        // Some clients use TLS.
        let client = Client::new(address, number.is_multiple_of(4), cycle << 32 | number)?;
        Ok(Self { client, cycle, number, counts: Counts::new() })
    }

    pub async fn run(mut self, until: Instant) -> Result<Counts> {
        self.client.call("POST", &kept_account(self.number), "/_mock/reset", None).await?;
        for visit in 0.. {
            if Instant::now() >= until {
                break;
            }
            let name = format!("soak-{}-{}-{visit}", self.cycle, self.number);
            let account = json!({"name": name, "life": LIFE});
            let created = self.client.call("POST", "default", "/_mock/accounts", Some(&account));
            match created.await?.0 {
                201 => {
                    self.count("accounts created");
                    self.visit(&name, until).await?;
                    if self.client.random.is(2) {
                        let path = format!("/_mock/accounts/{name}");
                        self.client.call("DELETE", "default", &path, None).await?;
                        self.count("accounts deleted");
                    }
                }
                503 => {
                    self.count("accounts refused, with as many as may exist");
                    let name = kept_account(self.number);
                    self.visit(&name, until).await?;
                    self.client.call("POST", &name, "/_mock/reset", None).await?;
                }
                status => return Err(format!("an account is not created: {status}").into()),
            }
        }
        Ok(self.counts)
    }

    async fn visit(&mut self, name: &str, until: Instant) -> Result<()> {
        let until = until.min(Instant::now() + VISIT);
        let length = 1 + self.client.random.below(LONGEST_VISIT);
        let mut visit = Visit::new(&mut self.client, name);
        let mut done = Vec::with_capacity(length);
        let mut refused = false;
        while done.len() < length && !refused && Instant::now() < until {
            let operation = visit.client.random.pick(OPERATIONS);
            match visit.apply(operation).await {
                Ok(()) => done.push(operation),
                Err(Stop::Refused) => refused = true,
                Err(Stop::Failed(error)) => {
                    return Err(format!("{name}, {operation:?}: {error}").into());
                }
            }
        }
        for operation in done {
            self.count(DONE);
            self.count(operation.name());
        }
        if refused {
            self.count("refused for want of memory");
        }
        Ok(())
    }

    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }
}
