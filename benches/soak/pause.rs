//! What the server uses while nothing happens.

use std::fmt;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Result;
use crate::figure::megabytes;
use crate::http::{Connection, Request};
use crate::load::with_timeout;
use crate::requests::{encode, upload};
use crate::server::Server;

/// How often the binary looks for freed memory to give back to the system, and a margin.
const LOOK: Duration = Duration::from_millis(2_500);
/// It gives back what is not used at three looks, and a margin.
const GIVING_BACK: Duration = Duration::from_millis(6_500);
/// The usual length of a pause.
pub const LENGTH: Duration = Duration::from_millis(9_500);
/// What is stored for a moment in each pause. The binary gives memory back only when it holds over
/// 32 MiB more than is stored, which some cycles do not reach.
const PADDING: usize = 40_000_000;
/// How long the end of connections and tasks may take.
const ENDING: Duration = Duration::from_secs(10);
const POLLING: Duration = Duration::from_millis(50);

/// Descriptors and resident memory are `None` without /proc.
#[derive(Clone, PartialEq)]
pub struct Levels {
    pub resident: Option<u64>,
    descriptors: Option<usize>,
    usage: Usage,
}

#[derive(Clone, PartialEq)]
struct Usage {
    accounts: u64,
    /// Charges of all kinds.
    charged: u64,
    tasks: u64,
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { resident, descriptors, usage: Usage { accounts, charged, tasks } } = self;
        let resident = megabytes(resident.map(|bytes| bytes as f64));
        let descriptors = descriptors.map_or("n/a".into(), |count| count.to_string());
        write!(
            f,
            "{resident} resident, {charged} bytes charged, {descriptors} descriptors, \
             {tasks} tasks, {accounts} accounts"
        )
    }
}

/// A connection that stays open, so that it counts at each time.
pub struct Observer {
    connection: Connection,
    host: String,
    /// What the server uses before the load.
    idle: Levels,
}

impl Observer {
    pub async fn open(server: &Server) -> Result<Self> {
        let connection = Connection::open(server.address).await?;
        let usage = Usage { accounts: 0, charged: 0, tasks: 0 };
        let idle = Levels { resident: None, descriptors: None, usage };
        let mut observer = Self { connection, host: server.address.to_string(), idle };
        // The first call creates what the server keeps, such as the threads of its runtime.
        observer.empty().await?;
        observer.idle = observer.levels(server).await?;
        Ok(observer)
    }

    /// Empties the server, lets it give memory back, and returns what it uses then.
    ///
    /// # Errors
    /// Something is left of charges, accounts, tasks or descriptors.
    pub async fn pause(&mut self, server: &Server) -> Result<Levels> {
        let began = Instant::now();
        loop {
            // The request of a client that went away may create an account late.
            self.empty().await?;
            let levels = self.levels(server).await?;
            let is_idle = levels.usage == self.idle.usage
                && levels.descriptors.is_none_or(|now| Some(now) <= self.idle.descriptors);
            if is_idle {
                break;
            }
            if began.elapsed() > ENDING {
                return Err(format!("something is left: {levels}; idle: {}", self.idle).into());
            }
            tokio::time::sleep(POLLING).await;
        }
        let (answer, _) = self.exchange(&upload(server.address, PADDING)).await?;
        if answer != 201 {
            return Err(format!("an upload in a pause: {answer}").into());
        }
        tokio::time::sleep(LOOK).await;
        self.empty().await?;
        tokio::time::sleep(GIVING_BACK).await;
        self.levels(server).await
    }

    async fn levels(&mut self, server: &Server) -> Result<Levels> {
        let usage = self.call("GET", "/_mock/usage").await?;
        let number = |name: &str| usage[name].as_u64().ok_or(format!("no {name} in {usage}"));
        let charges = [number("memory")?, number("reserve")?, number("journals")?];
        let usage = Usage {
            accounts: number("accounts")?,
            charged: charges.iter().sum(),
            tasks: number("tasks")?,
        };
        Ok(Levels { resident: server.resident(), descriptors: server.descriptors(), usage })
    }

    /// Deletes all accounts but the default one, which cannot be deleted.
    async fn empty(&mut self) -> Result<()> {
        let listed = self.call("GET", "/_mock/accounts").await?;
        let accounts = listed["accounts"].as_array().ok_or("no list of accounts")?;
        for name in accounts.iter().filter_map(|account| account["account"].as_str()) {
            if name != "default" {
                // Its life may have ended meanwhile.
                self.send("DELETE", &format!("/_mock/accounts/{name}")).await?;
            }
        }
        self.call("POST", "/_mock/reset").await.map(drop)
    }

    async fn call(&mut self, method: &str, path: &str) -> Result<Value> {
        let (status, body) = self.send(method, path).await?;
        if status == 200 {
            Ok(serde_json::from_slice(&body)?)
        } else {
            Err(format!("{method} {path}: {status} {}", String::from_utf8_lossy(&body)).into())
        }
    }

    async fn send(&mut self, method: &str, path: &str) -> Result<(u16, Vec<u8>)> {
        self.exchange(&encode(method, &self.host, path, &[], None)).await
    }

    async fn exchange(&mut self, request: &Request) -> Result<(u16, Vec<u8>)> {
        let (answer, body) = with_timeout(self.connection.exchange_keeping(request)).await?;
        Ok((answer.status, body))
    }
}
