//! Which rows each table has, with their targets, and how a row is filled.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use crate::cargo::Binaries;
use crate::measure::{self, Times};
use crate::peers::{Peer, Role};
use crate::report::{Table, Unit, median};
use crate::requests::Request;
use crate::{Options, Outcome};

/// The columns of one table, and what is needed to fill them.
#[derive(Clone, Copy)]
pub(crate) struct Bench<'run> {
    /// The columns.
    pub(crate) peers: &'run [Peer],
    /// Where their binaries are.
    pub(crate) binaries: &'run Binaries,
    /// Whether instructions can be counted.
    pub(crate) counting: bool,
    /// What the command line asks for.
    pub(crate) options: &'run Options,
}

/// The figures of one row, a column each.
type Figures = Vec<Option<f64>>;

impl<'run> Bench<'run> {
    /// The functions on AWS.
    pub(crate) fn aws(self) -> Outcome<Table> {
        let mut table = self.table("AWS Lambda: an HTTP API event of 1.8 KB, loopback Runtime API");
        self.fill_requests(&mut table, "invocation", 0.80)?;
        let starts = self.start_times()?;
        table.push("start to first next".to_owned(), Unit::Millis, Some(1.0), starts);
        let starts = self.count(Request::Get, measure::start_instructions)?;
        table.push("start to first next".to_owned(), Unit::Instructions, None, starts);
        table.push("stripped binary".to_owned(), Unit::Kibibytes, Some(1.3), self.sizes()?);
        Ok(table)
    }

    /// The servers.
    pub(crate) fn http(self) -> Outcome<Table> {
        let mut table = self.table("HTTP server: one keep-alive connection on loopback");
        self.fill_requests(&mut table, "request", 0.85)?;
        table.push("stripped binary".to_owned(), Unit::Kibibytes, None, self.sizes()?);
        Ok(table)
    }

    fn table(self, title: &str) -> Table {
        let name = |role| self.peers.iter().find(|peer| peer.role == role).map_or("-", |peer| peer.name);
        Table {
            title: title.to_owned(),
            reference: name(Role::Reference),
            subject: name(Role::Subject),
            peers: self.peers.iter().map(|peer| peer.name).collect(),
            rows: Vec::new(),
        }
    }

    /// The rows of both requests. `each` names what one of them is on this platform.
    fn fill_requests(self, table: &mut Table, each: &str, target: f64) -> Outcome<()> {
        for request in Request::ALL {
            let name = format!("{} {each}", request.method());
            eprintln!("measuring: {name}");
            let counts = self.count(request, |peer, binary| measure::instructions(peer, binary, request))?;
            table.push(name.clone(), Unit::Instructions, Some(target), counts);
            let (wall, cpu) = self.times(request)?;
            table.push(format!("{name}, clock"), Unit::Micros, None, wall);
            table.push(format!("{name}, processor"), Unit::Micros, None, cpu);
        }
        Ok(())
    }
    /// A count for each peer; none of any where valgrind is missing.
    fn count(self, request: Request, count: impl Fn(&Peer, &Path) -> Outcome<f64>) -> Outcome<Figures> {
        let count = |peer: &Peer| count(peer, self.binary(peer, request)?).map_err(|error| blame(peer, &*error));
        self.peers.iter().map(|peer| self.counting.then(|| count(peer)).transpose()).collect()
    }

    /// The median times of a request on the clock and on the processor. A round visits every peer before the next.
    fn times(self, request: Request) -> Outcome<(Figures, Figures)> {
        let mut rounds = vec![Vec::new(); self.peers.len()];
        for _ in 0..self.options.rounds {
            for (peer, rounds) in self.peers.iter().zip(&mut rounds) {
                let times = measure::times(peer, self.binary(peer, request)?, request);
                rounds.push(times.map_err(|error| blame(peer, &*error))?);
            }
        }
        Ok((medians(&rounds, |times| times.wall), medians(&rounds, |times| times.cpu)))
    }

    /// The median times to the first `next`, a start of every peer before the next of any.
    fn start_times(self) -> Outcome<Figures> {
        eprintln!("measuring: start");
        let mut starts = vec![Vec::new(); self.peers.len()];
        for _ in 0..self.options.starts {
            for (peer, starts) in self.peers.iter().zip(&mut starts) {
                let start = measure::start_time(self.binary(peer, Request::Get)?);
                starts.push(start.map_err(|error| blame(peer, &*error))?.as_secs_f64() * 1e3);
            }
        }
        Ok(starts.into_iter().map(median).collect())
    }

    #[expect(clippy::cast_precision_loss, reason = "sizes of files, far below 2^52")]
    fn sizes(self) -> Outcome<Figures> {
        let size = |peer| Ok(Some(std::fs::metadata(self.binary(peer, Request::Get)?)?.len() as f64 / 1024.0));
        self.peers.iter().map(size).collect()
    }

    /// The binary of a peer that answers a request.
    fn binary(self, peer: &Peer, request: Request) -> Outcome<&'run Path> {
        let name = if request.layered() { peer.layered } else { peer.name };
        let path =
            self.binaries.get(&(peer.platform, name.to_owned())).ok_or_else(|| format!("cargo built no {name}"))?;
        Ok(path)
    }
}

fn medians(rounds: &[Vec<Times>], part: fn(&Times) -> Duration) -> Figures {
    let micros = |times: &Times| part(times).as_secs_f64() * 1e6;
    rounds.iter().map(|times| median(times.iter().map(micros).collect())).collect()
}

/// An error with the peer that it came from.
fn blame(peer: &Peer, error: &(dyn Error + Send + Sync)) -> Box<dyn Error + Send + Sync> {
    format!("{}: {error}", peer.name).into()
}
