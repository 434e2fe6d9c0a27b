//! The limits of single endpoints, which hold beside that of the account, and their windows.
//!
//! A window begins with the clock, not with its first request: the recorded headers of first
//! requests had 41, 42, 50 and 468 seconds left, of a minute and of ten.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::core::clock::Timestamp;
use crate::core::ids::FileToken;
use crate::core::users::Login;

/// Users and tickets that one limit distinguishes in one window. Further ones are not limited.
const MOST_KEYS: usize = 1_000;

/// The documented figures that hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum EndpointLimits {
    /// None.
    Off,
    /// Those of an ordinary plan.
    Standard,
    /// Those of the High Volume API add-on.
    HighVolume,
    /// Those of a sandbox or a trial.
    Sandbox,
}

#[derive(Debug, PartialEq, Eq)]
pub struct NamedLimit {
    pub name: &'static str,
    /// Whether answers have a header for it.
    pub has_header: bool,
    /// The requests that it counts, for the table of limits.
    pub counts: &'static str,
    pub seconds: i64,
    /// Requests in a window: on an ordinary plan, with the High Volume API add-on, and in a sandbox
    /// or a trial.
    pub requests: [u32; 3],
    pub evidence: &'static str,
}

impl NamedLimit {
    pub fn window(&self) -> &'static str {
        if self.seconds == 60 { "minute" } else { "10 minutes" }
    }

    pub fn total(&self, plan: EndpointLimits) -> Option<u32> {
        match plan {
            EndpointLimits::Off => None,
            EndpointLimits::Standard => Some(self.requests[0]),
            EndpointLimits::HighVolume => Some(self.requests[1]),
            EndpointLimits::Sandbox => Some(self.requests[2]),
        }
    }
}

const LIST: usize = 0;
const DEEP_LIST: usize = 1;
const CREATE: usize = 2;
const UPDATE: usize = 3;
const UPDATE_ONE: usize = 4;
const CONTENT: usize = 5;
const UNATTACHED: usize = 6;
const EXPORT: usize = 7;
const DELETED: usize = 8;
const DEEP_DELETED: usize = 9;
const SEARCH_EXPORT: usize = 10;

/// All limits of endpoints that this server emulates.
pub const LIMITS: [NamedLimit; 11] = [
    NamedLimit {
        name: "tickets-index",
        has_header: true,
        counts: "`GET /api/v2/tickets`, by account",
        seconds: 60,
        requests: [20_000, 20_000, 100],
        evidence: "name and sandbox documented, read 2026-11-22; 20,000 recorded 2026-08-30 \
            without the add-on",
    },
    NamedLimit {
        name: "tickets-index-pagination",
        has_header: true,
        counts: "`GET /api/v2/tickets?page=` over 500, by account",
        seconds: 60,
        requests: [50, 50, 50],
        evidence: "documented 2020-11-05, read 2026-11-22; that this name is the one of page \
            500 is inferred",
    },
    NamedLimit {
        name: "ticket-request-create-by-user-and-ip",
        has_header: true,
        counts: "`POST /api/v2/tickets` and `/requests`, by user",
        seconds: 60,
        requests: [300, 300, 300],
        evidence: "header recorded on tickets in 2024; minute and requests are inferred, \
            addresses are not told apart",
    },
    NamedLimit {
        name: "tickets-update",
        has_header: true,
        counts: "`PUT /api/v2/tickets/{id}`, by account",
        seconds: 60,
        requests: [100, 300, 20],
        evidence: "documented, read 2026-11-22",
    },
    NamedLimit {
        name: "per-ticket-updates",
        has_header: true,
        counts: "every PUT that updates a ticket or request, redaction too, by user and ticket",
        seconds: 600,
        requests: [30, 30, 30],
        evidence: "documented, read 2026-11-22; header recorded on a redaction in 2024",
    },
    NamedLimit {
        name: "attachment-content",
        has_header: false,
        counts: "`GET /attachments/token/{token}`, by account",
        seconds: 60,
        requests: [2_500, 2_500, 2_500],
        evidence: "documented without a name, read 2026-11-22; that it is the account's is \
            inferred",
    },
    NamedLimit {
        name: "unattached-attachment-content",
        has_header: false,
        counts: "the same of a file that no ticket has attached yet, by file",
        seconds: 60,
        requests: [10, 10, 10],
        evidence: "documented without a name, as of an upload, read 2026-11-22",
    },
    NamedLimit {
        name: "incremental-exports",
        has_header: false,
        counts: "`GET /api/v2/incremental/…`, by account",
        seconds: 60,
        requests: [10, 30, 10],
        evidence: "documented without a name, read 2026-11; that the exports share it is \
            inferred",
    },
    NamedLimit {
        name: "deleted-tickets-index",
        has_header: false,
        counts: "`GET /api/v2/deleted_tickets`, by account",
        seconds: 60,
        requests: [10, 10, 10],
        evidence: "documented without a name, 2026-07; that it is the account's is inferred",
    },
    NamedLimit {
        name: "deleted-tickets-index-pagination",
        has_header: false,
        counts: "`GET /api/v2/deleted_tickets?page=` over 100, by account",
        seconds: 60,
        requests: [5, 5, 5],
        evidence: "documented without a name, 2026-07; that it is the account's is inferred",
    },
    NamedLimit {
        name: "search-export",
        has_header: false,
        counts: "`GET /api/v2/search/export`, by account",
        seconds: 60,
        requests: [100, 100, 100],
        evidence: "documented without a name, 2026-07",
    },
];

/// A request, as far as a limit counts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// A page of all tickets: its number, unless it has a cursor.
    ListTickets(Option<u64>),
    CreateTicket(Option<Login>),
    /// A change of a ticket by an agent.
    UpdateTicket(Option<Login>, u64),
    /// Another change of a ticket.
    TouchTicket(Option<Login>, u64),
    /// A page of an incremental export.
    Export,
    /// A page of the deleted tickets: its number, unless it has a cursor.
    ListDeleted(Option<u64>),
    SearchExport,
    /// A file, by the token in its URL if that can be one.
    Content(Option<FileToken>),
}

/// A digest of the user and the object that a limit distinguishes, or 0.
type LimitKey = u64;

fn key(of: &impl Hash) -> LimitKey {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

impl Endpoint {
    /// The limits that count it, by their places in [`LIMITS`]. `unattached` is the id of the
    /// requested file if no ticket has it.
    fn counted(&self, unattached: Option<u64>) -> [Option<(usize, LimitKey)>; 2] {
        match self {
            Self::ListTickets(page) => {
                let deep = page.filter(|page| *page > 500).map(|_| (DEEP_LIST, 0));
                [Some((LIST, 0)), deep]
            }
            Self::CreateTicket(user) => [Some((CREATE, key(user))), None],
            Self::UpdateTicket(user, ticket) => {
                [Some((UPDATE, 0)), Some((UPDATE_ONE, key(&(user, ticket))))]
            }
            Self::TouchTicket(user, ticket) => [Some((UPDATE_ONE, key(&(user, ticket)))), None],
            Self::Export => [Some((EXPORT, 0)), None],
            Self::ListDeleted(page) => {
                let deep = page.filter(|page| *page > 100).map(|_| (DEEP_DELETED, 0));
                [Some((DELETED, 0)), deep]
            }
            Self::SearchExport => [Some((SEARCH_EXPORT, 0)), None],
            Self::Content(_) => [Some((CONTENT, 0)), unattached.map(|id| (UNATTACHED, id))],
        }
    }
}

/// The state of one limit for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndpointLimitStatus {
    pub limit: &'static NamedLimit,
    pub total: u32,
    pub remaining: u32,
    /// Seconds until the next window.
    pub resets: u32,
    pub exceeded: bool,
}

/// The state of the limits that count a request: two at most.
pub type LimitStatuses = [Option<EndpointLimitStatus>; 2];

#[derive(Debug, Clone, Default)]
pub struct Windows([LimitWindow; LIMITS.len()]);

#[derive(Debug, Clone, Default)]
struct LimitWindow {
    number: i64,
    used: HashMap<LimitKey, u32>,
}

impl Windows {
    /// Counts a request in all of its limits or, if it exceeds one of them, in none.
    pub fn admit(
        &mut self,
        plan: EndpointLimits,
        endpoint: &Endpoint,
        unattached: Option<u64>,
        now: Timestamp,
    ) -> LimitStatuses {
        let counted = endpoint.counted(unattached);
        let mut limit_statuses = counted.map(|counted| {
            let (place, key) = counted?;
            let limit = &LIMITS[place];
            let total = limit.total(plan)?;
            let window = &mut self.0[place];
            let number = now.as_second().div_euclid(limit.seconds);
            if window.number != number {
                *window = LimitWindow { number, ..LimitWindow::default() };
            }
            let used = window.used.get(&key).copied().unwrap_or(0);
            let left = limit.seconds - now.as_second().rem_euclid(limit.seconds);
            Some(EndpointLimitStatus {
                limit,
                total,
                remaining: total.saturating_sub(used),
                resets: u32::try_from(left).unwrap_or(0),
                exceeded: used >= total,
            })
        });
        if limit_statuses.iter().flatten().any(|status| status.exceeded) {
            return limit_statuses;
        }
        for (status, counted) in limit_statuses.iter_mut().zip(counted) {
            if let (Some(status), Some((place, key))) = (status, counted) {
                status.remaining -= 1;
                let used = &mut self.0[place].used;
                if used.len() < MOST_KEYS || used.contains_key(&key) {
                    *used.entry(key).or_default() += 1;
                }
            }
        }
        limit_statuses
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("an instant")
    }

    fn user(number: u8) -> Option<Login> {
        Some(Login::Email(format!("{number}@example.com")))
    }

    /// What a limit must report, computed from the list of all requests that passed.
    #[derive(Default)]
    struct Model(Vec<(usize, u64, u8, i64)>);

    impl Model {
        fn used(&self, limit: usize, ticket: u64, user: u8, now: i64) -> usize {
            let window = |second: i64| second.div_euclid(LIMITS[limit].seconds);
            let same = |&&(l, t, u, s): &&(usize, u64, u8, i64)| {
                (l, t, u, window(s)) == (limit, ticket, user, window(now))
            };
            self.0.iter().filter(same).count()
        }
    }

    proptest! {
        #[test]
        fn windows_let_through_what_a_list_of_all_requests_would(
            requests in prop::collection::vec((0..3_u8, 1..4_u64, 0..40_i64), 1..300)
        ) {
            let (mut windows, mut model) = (Windows::default(), Model::default());
            let mut now = 1_000_000;
            for (caller, ticket, pause) in requests {
                now += if pause > 30 { pause * 10 } else { pause / 10 };
                let endpoint = Endpoint::UpdateTicket(user(caller), ticket);
                let plan = EndpointLimits::Sandbox;
                let limit_statuses = windows.admit(plan, &endpoint, None, at(now));
                let all = model.used(UPDATE, 0, 0, now);
                let one = model.used(UPDATE_ONE, ticket, caller, now);
                let statuses = limit_statuses.map(|status| status.expect("both count it"));
                prop_assert_eq!(statuses.map(|status| status.exceeded), [all >= 20, one >= 30]);
                let through = usize::from(all < 20 && one < 30);
                if through == 1 {
                    model.0.extend([(UPDATE, 0, 0, now), (UPDATE_ONE, ticket, caller, now)]);
                }
                let left = statuses.map(|status| status.remaining as usize);
                prop_assert_eq!(left, [20 - all - through, 30 - one - through]);
                for status in statuses {
                    let ends = now + i64::from(status.resets);
                    prop_assert_eq!(ends.rem_euclid(status.limit.seconds), 0);
                    prop_assert!(status.resets >= 1);
                }
            }
        }
    }

    #[test]
    fn invented_users_take_no_more_memory_than_so_many() {
        let mut windows = Windows::default();
        for ticket in 0..3 * MOST_KEYS as u64 {
            let endpoint = Endpoint::TouchTicket(None, ticket);
            let [status, _] = windows.admit(EndpointLimits::Standard, &endpoint, None, at(0));
            assert_eq!(status.map(|status| status.remaining), Some(29));
        }
        assert_eq!(windows.0[UPDATE_ONE].used.len(), MOST_KEYS);
        windows.admit(EndpointLimits::Standard, &Endpoint::TouchTicket(None, 1), None, at(600));
        assert_eq!(windows.0[UPDATE_ONE].used.len(), 1);
    }
}
