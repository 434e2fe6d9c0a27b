//! The time of a job that creates many tickets with an upload each.

use std::time::Instant;

use serde_json::{Value, json};

use crate::figure::Figure;
use crate::http::{Connection, Request};
use crate::load::with_timeout;
use crate::plan::Scale;
use crate::requests::{self, CLIENT};
use crate::server::{AMPLE_MEMORY, Server};
use crate::stats::spread;
use crate::{Error, Result};

pub const NAME: &str = "bulk job";

const TICKETS: usize = 100;
const ROUNDS: usize = 21;
const SMOKE_ROUNDS: usize = 2;
/// In milliseconds.
const GOAL: f64 = 50.0;

pub async fn measure(scale: &Scale) -> Result<Vec<Figure>> {
    eprintln!("{NAME}");
    let mut server = Server::product(AMPLE_MEMORY)?;
    let rounds = if scale.smoke { SMOKE_ROUNDS } else { ROUNDS };
    let tokens: Vec<_> = (0..TICKETS).map(|n| format!("BenchmarkToken{n:011}")).collect();
    let uploads = tokens.iter().map(
        |token| json!({"token": token, "files": [{"name": "a.txt", "text": "x".repeat(1_000)}]}),
    );
    let seed = json!({"uploads": uploads.collect::<Vec<_>>()});
    let tickets = tokens
        .iter()
        .map(|token| json!({"subject": "s", "comment": {"body": "a comment", "uploads": [token]}}));
    let job = json!({"tickets": tickets.collect::<Vec<_>>()});
    let request = |method, path: &str, body: Option<&Value>| {
        let body = body.map(|body| body.to_string().into());
        requests::encode(method, &server.address.to_string(), path, CLIENT, body)
    };
    let seed = request("POST", "/@bulk/_mock/seed", Some(&seed));
    let job = request("POST", "/@bulk/api/v2/tickets/create_many", Some(&job));
    // An item that fails creates no ticket.
    let last = request("GET", &format!("/@bulk/api/v2/tickets/{TICKETS}"), None);
    let measured = async {
        let mut connection = Connection::open(server.address).await?;
        let mut times = Vec::with_capacity(rounds);
        for _ in 0..rounds {
            send(&mut connection, &seed).await?;
            let began = Instant::now();
            send(&mut connection, &job).await?;
            times.push(began.elapsed().as_secs_f64() * 1e3);
            send(&mut connection, &last).await?;
        }
        Ok::<_, Error>(times)
    };
    let times = spread(measured.await.map_err(|error| server.blame(error))?);
    let shown = |times: crate::stats::Spread| {
        format!("{:.1} ms ({:.1} to {:.1})", times.median, times.least, times.most)
    };
    Ok(vec![Figure {
        what: format!("job of {TICKETS} tickets with {TICKETS} uploads"),
        product: times.map_or("n/a".into(), shown),
        floor: "–".into(),
        goal: format!("≤ {GOAL} ms"),
        met: times.map(|times| times.median <= GOAL),
    }])
}

async fn send(connection: &mut Connection, request: &Request) -> Result<()> {
    let answer = with_timeout(connection.exchange(request)).await?;
    if answer.status == 200 { Ok(()) } else { Err(format!("answered {}", answer.status).into()) }
}
