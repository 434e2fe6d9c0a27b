//! Signals that are passed on to a command.

use std::io;

use tokio::process::Child;

/// The signals that a process receives from others and that end it unless it handles them.
#[cfg(unix)]
const PASSED: [rustix::process::Signal; 6] = {
    use rustix::process::Signal;
    [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT, Signal::USR1, Signal::USR2]
};

/// Receives the signals.
pub struct PassedSignals {
    #[cfg(unix)]
    received: tokio::sync::mpsc::UnboundedReceiver<rustix::process::Signal>,
}

#[cfg(unix)]
impl PassedSignals {
    /// # Errors
    /// The system refuses to listen.
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        let ignored = ignored();
        let (sender, received) = tokio::sync::mpsc::unbounded_channel();
        for passed in PASSED {
            let number = passed.as_raw();
            if ignored & (1 << (number - 1)) != 0 {
                continue;
            }
            let mut signals = signal(SignalKind::from_raw(number))?;
            let sender = sender.clone();
            tokio::spawn(async move {
                while signals.recv().await.is_some() && sender.send(passed).is_ok() {}
            });
        }
        Ok(Self { received })
    }

    /// Waits for the next signal.
    pub async fn next(&mut self) -> rustix::process::Signal {
        match self.received.recv().await {
            Some(signal) => signal,
            // All of them are ignored.
            None => std::future::pending().await,
        }
    }

    /// Sends a signal to the command, unless its terminal has sent it there already.
    pub fn pass(signal: rustix::process::Signal, child: &Child) {
        use rustix::process::{Pid, Signal, kill_process};

        if [Signal::INT, Signal::QUIT].contains(&signal) && is_in_foreground() {
            return;
        }
        let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        // A command that has ended gets no signal.
        let _ = id.map(|id| kill_process(id, signal));
    }
}

/// Whether the keys of a terminal send signals to this process, and so to its command too.
#[cfg(unix)]
fn is_in_foreground() -> bool {
    std::fs::File::open("/dev/tty")
        .and_then(|terminal| Ok(rustix::termios::tcgetpgrp(&terminal)?))
        .is_ok_and(|foreground| foreground == rustix::process::getpgrp())
}

/// The signals that this process was started to ignore, as by `nohup`, as a bit each. The command
/// inherits that, unless it is changed here. Other systems than Linux do not say.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

/// The console sends Ctrl-C to the command too.
#[cfg(not(unix))]
impl PassedSignals {
    /// # Errors
    /// None.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next Ctrl-C.
    pub async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }

    pub fn pass((): (), _: &Child) {}
}
