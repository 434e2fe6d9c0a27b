//! Writes to standard error or output without making its callers wait.

use std::io::{self, ErrorKind, Write};
use std::mem;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

/// How many bytes wait to be written. Lines beyond it are dropped and counted.
const CAPACITY: usize = 1024 * 1024;

/// The pause after each write. What arrives meanwhile is written together: waking a thread for each
/// line would cost a busy server more than the line itself.
const PAUSE: Duration = Duration::from_millis(2);

/// Queues lines for a thread that writes them. A reader that does not read, as of a full pipe or a
/// stopped terminal, blocks only that thread; the process may end while it is blocked.
#[derive(Debug, Clone)]
pub struct LineWriter(Arc<Channel>);

#[derive(Debug, Default)]
struct Channel {
    queue: Mutex<Queue>,
    filled: Condvar,
    written: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    lines: Vec<u8>,
    dropped: u64,
    is_writing: bool,
}

impl LineWriter {
    /// Starts the thread. `describe_dropped` makes the line that stands for dropped ones.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(
        output: impl Write + Send + 'static,
        describe_dropped: impl Fn(u64) -> String + Send + 'static,
    ) -> io::Result<Self> {
        let channel = Arc::new(Channel::default());
        let writer = Self(Arc::clone(&channel));
        let write = move || write_lines(&channel, output, describe_dropped);
        thread::Builder::new().name("zendesk-mock-log".to_owned()).spawn(write)?;
        Ok(writer)
    }

    /// Queues a line with its line end.
    pub fn write_line(&self, line: &[u8]) {
        let mut queue = self.0.queue.lock();
        if queue.lines.len() + line.len() > CAPACITY {
            queue.dropped += 1;
        } else {
            queue.lines.extend_from_slice(line);
            self.0.filled.notify_one();
        }
    }

    /// Waits until everything is written, and not longer than `timeout`.
    pub fn flush(&self, timeout: Duration) {
        let is_pending = |queue: &mut Queue| queue.is_writing || !queue.lines.is_empty();
        self.0.written.wait_while_for(&mut self.0.queue.lock(), is_pending, timeout);
    }
}

fn write_lines(
    channel: &Channel,
    mut output: impl Write,
    describe_dropped: impl Fn(u64) -> String,
) {
    let mut lines = Vec::new();
    loop {
        let mut queue = channel.queue.lock();
        channel.filled.wait_while(&mut queue, |queue| queue.lines.is_empty());
        mem::swap(&mut lines, &mut queue.lines);
        let dropped = mem::take(&mut queue.dropped);
        queue.is_writing = true;
        drop(queue);

        if dropped > 0 {
            // They came after the lines before it.
            lines.extend_from_slice(describe_dropped(dropped).as_bytes());
        }
        write_all(&mut output, &lines);
        lines.clear();

        channel.queue.lock().is_writing = false;
        channel.written.notify_all();
        thread::sleep(PAUSE);
    }
}

/// Writes as much as the output takes. A closed one, as behind `| head`, is no reason to stop.
fn write_all(output: &mut impl Write, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match output.write(bytes) {
            Ok(written @ 1..) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // A parent process may share its non-blocking standard error.
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(PAUSE),
            Ok(0) | Err(_) => return,
        }
    }
    // Standard output is buffered.
    let _ = output.flush();
}
