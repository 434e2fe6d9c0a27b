//! Zendesk's request limit of an account: a number of requests in each minute of its clock.

use crate::core::clock::Timestamp;

const WINDOW_SECONDS: i64 = 60;

/// The limit that recorded answers of 2023 and 2024 announce.
pub const RECORDED_LIMIT: u32 = 700;

/// Requests in a minute, by plan of Zendesk Suite, as documented in 2026.
pub const PLANS: &[(&str, u32)] = &[
    ("team", 200),
    ("growth", 400),
    ("professional", 400),
    ("enterprise", 700),
    ("enterprise-plus", 2_500),
];

pub fn plan_limit(plan: &str) -> Option<u32> {
    PLANS.iter().find(|(name, _)| *name == plan).map(|(_, limit)| *limit)
}

/// The state of the limit in the current minute, for the headers of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitStatus {
    pub limit: u32,
    pub remaining: u32,
    /// Seconds until the next minute.
    pub reset: u32,
    pub exceeded: bool,
}

#[derive(Debug, Clone, Default)]
pub struct RateLimit {
    window: i64,
    used: u32,
}

impl RateLimit {
    /// Counts one request. Without a limit the recorded one is announced and nothing is counted
    /// down, so that a client which paces itself is not slowed by a server that refuses nothing.
    pub fn admit(&mut self, limit: Option<u32>, now: Timestamp) -> RateLimitStatus {
        let window = now.as_second().div_euclid(WINDOW_SECONDS);
        let into_window = now.as_second().rem_euclid(WINDOW_SECONDS);
        let reset = u32::try_from(WINDOW_SECONDS - into_window).unwrap_or(0);
        let Some(limit) = limit else {
            let limit = RECORDED_LIMIT;
            return RateLimitStatus { limit, remaining: limit - 1, reset, exceeded: false };
        };
        if self.window != window {
            *self = Self { window, used: 0 };
        }
        let exceeded = self.used >= limit;
        if !exceeded {
            self.used += 1;
        }
        // A limit that was lowered may be below what was used.
        let remaining = limit.saturating_sub(self.used);
        RateLimitStatus { limit, remaining, reset, exceeded }
    }
}
