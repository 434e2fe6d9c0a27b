//! Signals that are passed on to a command.

use std::io;

use tokio::process::Child;

/// The signals that ask a process to end.
pub struct PassedSignals {
    #[cfg(unix)]
    all: [(rustix::process::Signal, tokio::signal::unix::Signal); 4],
}

#[cfg(unix)]
impl PassedSignals {
    /// # Errors
    /// The system refuses to listen.
    pub fn listen() -> io::Result<Self> {
        use rustix::process::Signal;
        use tokio::signal::unix::{SignalKind, signal};

        let listen = |passed, kind| signal(kind).map(|signal| (passed, signal));
        Ok(Self {
            all: [
                listen(Signal::INT, SignalKind::interrupt())?,
                listen(Signal::TERM, SignalKind::terminate())?,
                listen(Signal::HUP, SignalKind::hangup())?,
                listen(Signal::QUIT, SignalKind::quit())?,
            ],
        })
    }

    /// Waits for the next signal.
    pub async fn next(&mut self) -> rustix::process::Signal {
        let [(int, a), (term, b), (hup, c), (quit, d)] = &mut self.all;
        tokio::select! {
            _ = a.recv() => *int,
            _ = b.recv() => *term,
            _ = c.recv() => *hup,
            _ = d.recv() => *quit,
        }
    }

    /// Sends a signal to the command, unless its terminal has sent it there already.
    pub fn pass(signal: rustix::process::Signal, child: &Child) {
        use std::io::IsTerminal as _;

        use rustix::process::{Pid, Signal, kill_process};

        if [Signal::INT, Signal::QUIT].contains(&signal) && io::stdin().is_terminal() {
            return;
        }
        let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        // A command that has ended gets no signal.
        let _ = id.map(|id| kill_process(id, signal));
    }
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
