//! A fault as text, for reports.

use std::fmt;
use std::time::Duration;

use crate::core::faults::{Effect, Fault, Impairment};

/// The fields that it has, by their names in the control API.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, nth, times, probability, impairment } = self;
        let Impairment { delay, jitter, effect, retry_after } = impairment;
        let time = |time: &Duration| (!time.is_zero()).then(|| format!("{time:?}"));
        let effect = match effect {
            Effect::Served => None,
            Effect::Status(status) => Some(("status", status.to_string())),
            Effect::Cut(phase) => Some(("cut", phase.into_str().to_owned())),
            Effect::Hang => Some(("hang", true.to_string())),
            Effect::Truncated(bytes) => Some(("truncate", bytes.to_string())),
            Effect::Throttled(rate) => Some(("throttle", rate.to_string())),
        };
        let fields = [
            operation.map(|operation| ("operation", operation.into_str().to_owned())),
            (*nth != 1).then(|| ("nth", nth.to_string())),
            times.map(|times| ("times", times.to_string())),
            (*probability < 1.0).then(|| ("probability", probability.to_string())),
            effect,
            retry_after.map(|seconds| ("retry_after", seconds.to_string())),
            time(delay).map(|delay| ("delay", delay)),
            time(jitter).map(|jitter| ("jitter", jitter)),
        ];
        let mut separator = "";
        for (name, value) in fields.into_iter().flatten() {
            write!(f, "{separator}{name} {value}")?;
            separator = ", ";
        }
        Ok(())
    }
}
