//! Log lines that are kept for the reply: Azure's host shows those as the invocation's own, and all that is written to the
//! standard output as the host's.
//!
//! They are written to the standard output all the same: the host reads the lines of a successful reply only
//! (`DefaultHttpWorkerService.ProcessDefaultInvocationRequest`), and those of a failure are the ones that matter.

use std::io::{self, Stdout, Write, stdout};
use std::sync::{Mutex, PoisonError};

use tracing_subscriber::fmt::MakeWriter;

use super::scope::with_current;

/// How many lines are kept for one reply, at most.
const MOST_LINES: usize = 200;
/// How many bytes they have together, at most.
const MOST_BYTES: usize = 64 * 1024;

/// The lines of one delivery.
#[derive(Debug, Default)]
pub(crate) struct KeptLines {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    lines: Vec<String>,
    bytes: usize,
    /// How many there was no place for.
    left_out: usize,
}

impl KeptLines {
    fn push(&self, line: &[u8]) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.lines.len() == MOST_LINES || kept.bytes + line.len() > MOST_BYTES {
            kept.left_out += 1;
        } else {
            kept.bytes += line.len();
            kept.lines.push(String::from_utf8_lossy(line).trim_end().to_owned());
        }
    }

    /// The lines so far. Where there were too many, the last one says so.
    pub(crate) fn take(&self) -> Vec<String> {
        let Kept { mut lines, left_out, .. } =
            std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        if left_out > 0 {
            lines.push(format!("({left_out} more in the log of the host)"));
        }
        lines
    }
}

/// Writes to the standard output, and keeps what belongs to an invocation that wants its lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeepLines;

/// Writes one line.
#[derive(Debug)]
pub(super) struct Line(Stdout);

impl<'a> MakeWriter<'a> for KeepLines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line(stdout())
    }
}

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.write_all(line).map(|()| line.len())
    }

    /// The subscriber writes a line as a whole.
    fn write_all(&mut self, line: &[u8]) -> io::Result<()> {
        with_current(|current| {
            if let Some(lines) = current.and_then(|current| current.lines.as_ref()) {
                lines.push(line);
            }
        });
        self.0.write_all(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_up_to_a_number() {
        let lines = KeptLines::default();
        lines.push(b" INFO a/1: one\n");
        assert_eq!(lines.take(), [" INFO a/1: one"]);
        assert_eq!(lines.take(), [""; 0]);
        for _ in 0..MOST_LINES + 3 {
            lines.push(b"x\n");
        }
        let taken = lines.take();
        assert_eq!(taken.len(), MOST_LINES + 1);
        assert_eq!(taken.last().map(String::as_str), Some("(3 more in the log of the host)"));
    }

    #[test]
    fn and_up_to_a_size() {
        let lines = KeptLines::default();
        lines.push(&vec![b'x'; MOST_BYTES]);
        lines.push(b"y\n");
        let taken = lines.take();
        assert_eq!((taken.len(), taken[0].len()), (2, MOST_BYTES));
    }
}
