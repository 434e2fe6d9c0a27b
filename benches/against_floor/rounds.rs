//! Rounds: floors, product, floors, product …, so that other load on the machine affects all.

use std::path::Path;

use crate::load::{Limit, Load};
use crate::plan::{Connecting, Item, MAX_CONNECTIONS_PER_SLICE, MAX_STORED_PER_SLICE, Scale, Work};
use crate::server::{AMPLE_MEMORY, Server};
use crate::stats::{Spread, median, spread};
use crate::transport::Transport;
use crate::{Result, floor, target};

/// One server's part of one round.
struct Side {
    per_second: f64,
    p50: f64,
    p99: f64,
    cpu_per_request: Option<f64>,
}

struct Round {
    /// The floor that drops bodies, for work that stores any.
    dropping: Option<Side>,
    floor: Side,
    product: Side,
}

/// What a slice sends its requests to.
#[derive(Clone, Copy)]
enum Role {
    Product,
    /// A floor, and where it takes uploads.
    Floor(&'static str),
}

pub struct Comparison {
    pub item: Item,
    rounds: Vec<Round>,
}

/// Each item starts all servers, so that no earlier item has filled the allocator.
///
/// `against` is a build of the product that takes the floor's place.
pub async fn compare(item: Item, scale: &Scale, against: Option<&Path>) -> Result<Comparison> {
    eprintln!("{}, connections: {}", item.name, item.connections);
    let transport = match item.connecting {
        Connecting::Plain | Connecting::PlainEach => Transport::Plain,
        Connecting::Tls => Transport::tls(false)?,
        Connecting::TlsEach { resumes } => Transport::tls(resumes)?,
    };
    let (mut floor, role) = match against {
        Some(binary) => (Server::build("the other build", binary, AMPLE_MEMORY)?, Role::Product),
        None => (Server::floor(transport.is_tls())?, Role::Floor(floor::KEEP)),
    };
    let mut dropping = match item.work {
        Work::Upload(_) if against.is_none() => Some(Server::floor(transport.is_tls())?),
        _ => None,
    };
    let mut product = Server::product(AMPLE_MEMORY)?;
    let mut rounds = Vec::with_capacity(scale.rounds);
    for _ in 0..scale.rounds {
        let of_dropping = match &mut dropping {
            Some(floor) => {
                let side = slice(floor, &item, &transport, scale, Role::Floor(floor::SINK)).await;
                Some(side.map_err(|error| floor.blame(error))?)
            }
            None => None,
        };
        let of_floor = slice(&floor, &item, &transport, scale, role).await;
        let of_product = slice(&product, &item, &transport, scale, Role::Product).await;
        rounds.push(Round {
            dropping: of_dropping,
            floor: of_floor.map_err(|error| floor.blame(error))?,
            product: of_product.map_err(|error| product.blame(error))?,
        });
    }
    Ok(Comparison { item, rounds })
}

async fn slice(
    server: &Server,
    item: &Item,
    transport: &Transport,
    scale: &Scale,
    role: Role,
) -> Result<Side> {
    let exchange = match role {
        Role::Product => target::prepare_product(server.address, item.work).await?,
        Role::Floor(sink) => {
            target::prepare_floor(server.address, transport, item.work, sink).await?
        }
    };
    let requests = match item.work {
        Work::Upload(length) => MAX_STORED_PER_SLICE / length as u64,
        _ if item.connecting.is_each() => MAX_CONNECTIONS_PER_SLICE,
        _ => u64::MAX,
    };
    let mut load = Load::open_with(server.address, transport, exchange, item.connections).await?;
    if item.connecting.is_each() {
        load = load.reopening(server.address, transport);
    }
    let before = server.cpu_ticks();
    let slice = load.run(Limit { time: scale.slice, requests }).await?;
    let ticks = server.cpu_ticks().zip(before).map(|(after, before)| after - before);
    Ok(Side {
        per_second: slice.per_second(),
        p50: slice.latencies.value_at_quantile(0.50) as f64,
        p99: slice.latencies.value_at_quantile(0.99) as f64,
        cpu_per_request: ticks.map(|ticks| ticks as f64 / slice.requests as f64),
    })
}

impl Comparison {
    pub fn per_second(&self) -> Pair {
        self.pair(|side| side.per_second)
    }

    pub fn p50(&self) -> Pair {
        self.pair(|side| side.p50)
    }

    pub fn p99(&self) -> Pair {
        self.pair(|side| side.p99)
    }

    /// The product's requests per second over the floor's, per round.
    pub fn ratio(&self) -> Option<Spread> {
        self.ratio_of(|side| Some(side.per_second))
    }

    /// The ratio of the first round, the only one in which the product stores into memory that is
    /// new to its process. Later rounds may reuse memory that the reset freed.
    pub fn first_ratio(&self) -> Option<f64> {
        let first = self.rounds.first()?;
        Some(first.product.per_second / first.floor.per_second)
    }

    /// The product's requests per second over those of the floor that drops bodies.
    pub fn dropping_ratio(&self) -> Option<Spread> {
        spread(self.rounds.iter().filter_map(|round| {
            Some(round.product.per_second / round.dropping.as_ref()?.per_second)
        }))
    }

    pub fn p99_ratio(&self) -> Option<Spread> {
        self.ratio_of(|side| Some(side.p99))
    }

    /// The server's processor time per request, which does not depend on the load's share of the
    /// cores.
    pub fn cpu_ratio(&self) -> Option<Spread> {
        self.ratio_of(|side| side.cpu_per_request)
    }

    fn pair(&self, of: impl Fn(&Side) -> f64) -> Pair {
        Pair {
            product: median(self.rounds.iter().map(|round| of(&round.product))).unwrap_or(f64::NAN),
            floor: median(self.rounds.iter().map(|round| of(&round.floor))).unwrap_or(f64::NAN),
        }
    }

    fn ratio_of(&self, of: impl Fn(&Side) -> Option<f64>) -> Option<Spread> {
        spread(self.rounds.iter().filter_map(|round| Some(of(&round.product)? / of(&round.floor)?)))
    }
}

/// Medians over the rounds.
pub struct Pair {
    pub product: f64,
    pub floor: f64,
}
