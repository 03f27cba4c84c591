//! One run of a peer's binary, natively or under valgrind, and what the system says about it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::Outcome;

/// How long a program may take to end once it has been asked to.
const GRACE: Duration = Duration::from_secs(30);
/// The unit of the times in `/proc/PID/stat`: `USER_HZ`, which is 100 wherever Linux runs Rust's std.
const TICK: Duration = Duration::from_millis(10);

/// Whether instructions are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// At full speed, for times.
    Native,
    /// Under callgrind, some fifty times slower, for instructions.
    Counted,
}

/// A running program; killed when dropped.
pub(crate) struct Child {
    process: std::process::Child,
    log: PathBuf,
}

impl Child {
    /// Starts a binary with nothing in its environment but the variables given.
    pub(crate) fn spawn(binary: &Path, mode: Mode, variables: &[(&str, &str)]) -> Outcome<Self> {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        let log = std::env::temp_dir().join(format!("tusk-fn-benches-{}-{run}.log", std::process::id()));
        let mut command = match mode {
            Mode::Native => Command::new(binary),
            Mode::Counted => {
                let mut command = Command::new("valgrind");
                command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(binary);
                command
            }
        };
        command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path))).envs(variables.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log)?);
        Ok(Self { process: command.spawn()?, log })
    }

    /// Fails when the program has ended by itself, with what it said last.
    pub(crate) fn check_alive(&mut self) -> Outcome<()> {
        match self.process.try_wait()? {
            None => Ok(()),
            Some(status) => Err(format!("the program ended early ({status}): {}", self.said()?).into()),
        }
    }

    /// The processor time used so far, in the program and for it in the kernel.
    pub(crate) fn cpu(&self) -> Outcome<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        ticks(&stat).map(|ticks| TICK * ticks).ok_or_else(|| format!("unreadable: {stat}").into())
    }

    /// Asks the program to end, and gives what it wrote to its standard error.
    pub(crate) fn end(mut self) -> Outcome<String> {
        // The one system call that std lacks; a command for it is cheaper than a dependency.
        let status = Command::new("kill").arg("-TERM").arg(self.process.id().to_string()).status()?;
        if !status.success() {
            return Err(format!("`kill` failed: {status}").into());
        }
        let asked = Instant::now();
        while self.process.try_wait()?.is_none() {
            if asked.elapsed() > GRACE {
                return Err(format!("the program ignores SIGTERM: {}", self.said()?).into());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        self.said()
    }

    fn said(&self) -> Outcome<String> {
        Ok(std::fs::read_to_string(&self.log)?)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Both fail when the program has ended already, as it should have.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_file(&self.log);
    }
}

/// Valgrind's own words for its version, or `None` where it is not installed.
pub(crate) fn valgrind() -> Option<String> {
    let output = Command::new("valgrind").arg("--version").output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The instructions that callgrind counted, out of what it wrote.
pub(crate) fn collected(log: &str) -> Option<u64> {
    let line = log.lines().rev().find(|line| line.contains("Collected :"))?;
    line.rsplit(':').next()?.split_whitespace().next()?.parse().ok()
}

/// `utime` and `stime`, the 14th and 15th field. The second may contain blanks, so count from its closing bracket.
fn ticks(stat: &str) -> Option<u32> {
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let (user, system): (u32, u32) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_from_callgrinds_last_lines() {
        let log = "==7== Events    : Ir\n==7== Collected : 18446744\n==7==\n==7== I   refs:      18,446,744\n";
        assert_eq!(collected(log), Some(18_446_744));
        assert_eq!(collected("==7== Process terminating\n"), None);
    }

    #[test]
    fn a_programs_name_may_hold_brackets_and_blanks() {
        assert_eq!(ticks("12 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0 20"), Some(42));
    }
}
