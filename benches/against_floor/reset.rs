//! What it takes to empty an account and to bring a snapshot back, however many files there are,
//! and what the first change after a snapshot costs.

use std::time::Instant;

use crate::figure::{Figure, with_extremes};
use crate::http::{Connection, Request};
use crate::load::{Load, with_timeout};
use crate::plan::Scale;
use crate::requests::{self, CLIENT};
use crate::server::{AMPLE_MEMORY, Server};
use crate::stats::{Spread, spread};
use crate::{Error, Result};

pub const NAME: &str = "reset and restore";

const LENGTH: usize = 1_000;
const FEW: u64 = 10;
const MANY: u64 = 10_000;
const RESETS: usize = 9;
const RESTORES: usize = 201;
const FIRST_WRITES: usize = 41;
const SMOKE_ROUNDS: usize = 3;
/// Leaves room for the scheduler: the times should be equal.
const GOAL: f64 = 2.0;
/// For the first write, which may copy what the snapshot and the account share, in microseconds.
const FIRST_WRITE_GOAL: f64 = 5_000.0;

/// Alternating times, in microseconds, of a call on an account with few files and one with many.
#[derive(Default)]
struct Times {
    few: Vec<f64>,
    many: Vec<f64>,
}

pub async fn measure(scale: &Scale) -> Result<Vec<Figure>> {
    eprintln!("{NAME}");
    let mut server = Server::product(AMPLE_MEMORY)?;
    let rounds = |full| if scale.smoke { SMOKE_ROUNDS } else { full };
    let measured = async {
        let mut connection = Connection::open(server.address).await?;
        let mut resets = Times::default();
        for _ in 0..rounds(RESETS) {
            for (account, files, times) in
                [("few", FEW, &mut resets.few), ("many", MANY, &mut resets.many)]
            {
                store(&server, account, files).await?;
                times.push(call(&server, &mut connection, "POST", account, "reset").await?);
            }
        }
        for (account, files) in [("few", FEW), ("many", MANY)] {
            store(&server, account, files).await?;
            call(&server, &mut connection, "PUT", account, "snapshots/full").await?;
        }
        let mut restores = Times::default();
        for _ in 0..rounds(RESTORES) {
            for (account, times) in [("few", &mut restores.few), ("many", &mut restores.many)] {
                call(&server, &mut connection, "POST", account, "reset").await?;
                let restored = "snapshots/full/restore";
                times.push(call(&server, &mut connection, "POST", account, restored).await?);
            }
        }
        let mut first_writes = Vec::new();
        for _ in 0..rounds(FIRST_WRITES) {
            call(&server, &mut connection, "PUT", "many", "snapshots/full").await?;
            let request = upload(&server, "many");
            first_writes.push(timed(&mut connection, &request, 201).await?);
        }
        Ok::<_, Error>((resets, restores, first_writes))
    };
    let (resets, restores, first_writes) = measured.await.map_err(|error| server.blame(error))?;
    let mut figures = compare("reset", resets)?;
    figures.extend(compare("restore of a snapshot", restores)?);
    let first_write = spread(first_writes);
    figures.push(Figure {
        what: format!("first write after a snapshot of {MANY} files of 1 KB"),
        product: microseconds(first_write),
        floor: "–".into(),
        goal: format!("≤ {FIRST_WRITE_GOAL} µs"),
        met: first_write.map(|spread| spread.median <= FIRST_WRITE_GOAL),
    });
    Ok(figures)
}

fn microseconds(times: Option<Spread>) -> String {
    times.map_or("n/a".into(), |Spread { median, least, most }| {
        format!("{median:.0} µs ({least:.0} to {most:.0})")
    })
}

fn compare(what: &str, Times { few, many }: Times) -> Result<Vec<Figure>> {
    let ratio = spread(many.iter().zip(&few).map(|(many, few)| many / few));
    let ratio = ratio.ok_or("nothing was measured")?;
    Ok(vec![
        Figure::plain(format!("{what}, {MANY} files of 1 KB"), microseconds(spread(many))),
        Figure {
            what: format!("{what}: time with {MANY} files over time with {FEW}"),
            product: with_extremes(Some(ratio)),
            floor: "–".into(),
            goal: format!("≤ {GOAL}"),
            met: Some(ratio.median <= GOAL),
        },
    ])
}

/// Uploads `files` files to an account.
async fn store(server: &Server, account: &str, files: u64) -> Result<()> {
    let exchange = requests::exchange(upload(server, account), 201);
    let load = Load::open(server.address, exchange, 1).await?;
    // Opening the load stores one.
    load.run_all(files - 1).await.map(drop)
}

fn upload(server: &Server, account: &str) -> Request {
    let path = format!("/@{account}/api/v2/uploads?filename=bench.bin");
    let host = server.address.to_string();
    requests::encode("POST", &host, &path, CLIENT, Some(requests::body(LENGTH)))
}

/// The time of one call of the control API, in microseconds.
async fn call(
    server: &Server,
    connection: &mut Connection,
    method: &str,
    account: &str,
    path: &str,
) -> Result<f64> {
    let host = server.address.to_string();
    let path = format!("/@{account}/_mock/{path}");
    let request = requests::encode(method, &host, &path, &[], None);
    timed(connection, &request, 200).await.map_err(|error| format!("{path}: {error}").into())
}

/// The time of an exchange, in microseconds.
async fn timed(connection: &mut Connection, request: &Request, status: u16) -> Result<f64> {
    let began = Instant::now();
    let answer = with_timeout(connection.exchange(request)).await?;
    let micros = began.elapsed().as_secs_f64() * 1e6;
    if answer.status == status {
        Ok(micros)
    } else {
        Err(format!("answered {} instead of {status}", answer.status).into())
    }
}
