//! Child processes: the product and the floor.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::{Error, Result};

/// A free port, and no log.
const PRODUCT_ARGS: [&str; 4] = ["--port", "0", "--log", "off"];

/// More than a slice ever stores.
pub const AMPLE_MEMORY: &str = "8GiB";

static PRODUCT: OnceLock<PathBuf> = OnceLock::new();

/// Decides which build is measured: this one, or that which Cargo made for the benchmark.
pub fn choose_product(binary: Option<&Path>) {
    let made = Path::new(env!("CARGO_BIN_EXE_zendesk-mock"));
    PRODUCT.get_or_init(|| binary.unwrap_or(made).to_owned());
}

const START_TIMEOUT: Duration = Duration::from_secs(20);

pub struct Server {
    pub name: &'static str,
    pub address: SocketAddr,
    child: Child,
}

impl Server {
    pub fn product(max_memory: &str) -> Result<Self> {
        let binary = PRODUCT.get().ok_or("no product was chosen")?;
        Self::build("zendesk-mock", binary, max_memory)
    }

    /// The product with more arguments.
    pub fn product_with(max_memory: &str, args: &[&str]) -> Result<Self> {
        let binary = PRODUCT.get().ok_or("no product was chosen")?;
        let mut command = Command::new(binary);
        command.args(args);
        Self::start_product("zendesk-mock", command, max_memory)
    }

    fn start_product(name: &'static str, mut command: Command, max_memory: &str) -> Result<Self> {
        command.args(PRODUCT_ARGS).args(["--max-memory", max_memory]);
        // The developer's settings must not affect the figures.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ZENDESK_MOCK_") {
                command.env_remove(name);
            }
        }
        Self::start(name, command)
    }

    /// The product as the child of another program, which runs it.
    pub fn product_under(runner: &[&str]) -> Result<Self> {
        let binary = PRODUCT.get().ok_or("no product was chosen")?;
        let [program, args @ ..] = runner else { return Err("no program".into()) };
        let mut command = Command::new(program);
        command.args(args).arg(binary);
        // With one worker no instruction is spent on waking others.
        command.env("TOKIO_WORKER_THREADS", "1");
        Self::start_product("zendesk-mock", command, AMPLE_MEMORY)
    }

    /// Some build of the product.
    pub fn build(name: &'static str, binary: &Path, max_memory: &str) -> Result<Self> {
        Self::start_product(name, Command::new(binary), max_memory)
    }

    pub fn floor(is_tls: bool) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(if is_tls { "--tls-floor" } else { "--floor" });
        Self::start("floor", command)
    }

    /// Returns as soon as the child has printed the address that it listens on.
    fn start(name: &'static str, mut command: Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start {name}: {error}"))?;
        let stdout = child.stdout.take();
        // Dropping the `Server` stops the child if one of the next steps fails.
        let mut server = Self { name, address: SocketAddr::from(([0, 0, 0, 0], 0)), child };
        let (lines, line) = mpsc::channel();
        std::thread::spawn(move || {
            // Reads to the end, so that the child never blocks on a full pipe.
            for text in stdout.into_iter().flat_map(|out| BufReader::new(out).lines()) {
                let _ = lines.send(text);
            }
        });
        let line = line
            .recv_timeout(START_TIMEOUT)
            .map_err(|_| format!("{name} ended or printed nothing{}", server.state()))??;
        server.address =
            address_in(&line).ok_or_else(|| format!("{name} printed no address: {line:?}"))?;
        Ok(server)
    }

    /// Another server, which may not answer yet at its address.
    pub fn peer(mut command: Command, address: SocketAddr) -> Result<Self> {
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = quiet.spawn().map_err(|error| format!("cannot start it: {error}"))?;
        Ok(Self { name: "peer", address, child })
    }

    /// # Errors
    /// The process has ended.
    pub fn ensure_running(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => Err(format!("the process ended: {status}").into()),
            None => Ok(()),
        }
    }

    /// Lets the server end as it does after a signal.
    pub fn end(mut self) -> Result<()> {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM)?;
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("{} ended: {status}", self.name).into()) }
    }

    /// Adds the server's name to an error, and whether its process has ended.
    pub fn blame(&mut self, error: Error) -> Error {
        let state = self.state();
        format!("{}: {error}{state}", self.name).into()
    }

    fn state(&mut self) -> String {
        // A child that has just died may not be reaped yet when its connection breaks.
        std::thread::sleep(Duration::from_millis(50));
        match self.child.try_wait() {
            Ok(Some(status)) => format!(" (the process ended: {status})"),
            _ => String::new(),
        }
    }

    /// Bytes of memory in use; `None` without /proc.
    pub fn resident(&self) -> Option<u64> {
        self.status_field("VmRSS:")
    }

    /// The peak of bytes of memory in use.
    pub fn peak(&self) -> Option<u64> {
        self.status_field("VmHWM:")
    }

    /// Open descriptors; `None` without /proc.
    pub fn descriptors(&self) -> Option<usize> {
        Some(fs::read_dir(format!("/proc/{}/fd", self.child.id())).ok()?.count())
    }

    fn status_field(&self, name: &str) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let value = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kib: u64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kib * 1024)
    }

    /// Processor time used so far, in the kernel's ticks. Only ratios of it are reported.
    pub fn cpu_ticks(&self) -> Option<u64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // The name of the process, in parentheses, may contain spaces.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let user: u64 = fields.next()?.parse().ok()?;
        let system: u64 = fields.next()?.parse().ok()?;
        Some(user + system)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, after) = line.split_once("http://")?;
    after.split(['/', ' ']).next()?.parse().ok()
}
