//! What is printed at start: where everything is, and whom deployment will let in.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;

use jiff::Timestamp;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::http::{Auth, Http};
use tusk_fn_spec::trigger::timer::Timer;

use super::cloud::LocalCloud;
use super::timers::zone_of;
use crate::dispatch::Program;

/// How many of a timer's next runs are shown.
const RUNS: usize = 3;

/// What is told of a program that serves.
pub(super) struct Banner<'a> {
    pub(super) program: &'a Program,
    pub(super) cloud: Option<&'a LocalCloud>,
    pub(super) http: SocketAddr,
    pub(super) admin: SocketAddr,
    pub(super) token: &'a str,
}

/// Prints it. A closed standard output does not keep the program from serving.
pub(super) fn print(banner: &Banner<'_>) {
    let _ = std::io::stdout().write_all(banner.render().as_bytes());
}

/// Tells the programmer something beside the log. A closed standard error does not keep the program from going on.
pub(super) fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

impl Banner<'_> {
    fn render(&self) -> String {
        let Self { program, cloud, http: address, admin, token } = self;
        let now = cloud.map_or_else(Timestamp::now, |cloud| cloud.clock.now());
        let (mut http, mut timers, mut events) = (Vec::new(), Vec::new(), Vec::new());
        for record in program.functions().iter().map(|function| &function.record) {
            match &record.trigger {
                Trigger::Http(it) => http.push(http_cells(&record.name, it, *address)),
                Trigger::Timer(it) => timers.push(timer_cells(&record.name, it, now)),
                Trigger::Blob(_)
                | Trigger::Queue(_)
                | Trigger::Topic(_)
                | Trigger::Database(_)
                | Trigger::Stream(_)
                | Trigger::Event(_) => events.push(event_cells(record)),
            }
        }
        let mut out = format!("listening on http://{address}\n\n");
        table(&mut out, &http);
        table(&mut out, &timers);
        // By kind.
        events.sort();
        table(&mut out, &events);
        // Writing to a string does not fail.
        if let Some(cloud) = cloud {
            let _ = writeln!(out, "  local cloud {}", cloud.folder().display());
            if cloud.clock.ahead_micros() != 0 {
                let now = now.strftime("%Y-%m-%d %H:%M:%S UTC");
                let _ =
                    writeln!(out, "  clock       {now}, as it was set; POST /clock {{\"reset\": true}} sets it right");
            }
        }
        let _ = writeln!(out, "  admin API   http://{admin}   token {token}");
        if let Some(queue) = program.functions().iter().find_map(|function| queue_name(&function.record)) {
            let message = r#"'{"body": {}}'"#;
            let _ = writeln!(
                out,
                "  to send     curl -H 'authorization: Bearer {token}' http://{admin}/queues/{queue}/messages -d {message}"
            );
        }
        out.push_str("\n  on this machine everybody is let in; \"deployed\" tells who will be elsewhere\n\n");
        out
    }
}

/// Lines of cells, each column as wide as its widest cell, and an empty line after them.
fn table<const CELLS: usize>(out: &mut String, rows: &[[String; CELLS]]) {
    if rows.is_empty() {
        return;
    }
    let mut widths = [0; CELLS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("  {cell:width$}"));
        out.push_str(cells.collect::<String>().trim_end());
        out.push('\n');
    }
    out.push('\n');
}

fn http_cells(name: &str, http: &Http, address: SocketAddr) -> [String; 4] {
    let auth = match http.auth {
        Auth::Public => "deployed: public, anyone may call it",
        Auth::Platform => "deployed: callers need the platform's credential",
        Auth::Admin => "deployed: callers need the master key",
    };
    let route = http.route.to_string();
    let link = format!("http://{address}/{}", route.trim_start_matches('/'));
    [http.methods.names().join(","), link, name.to_owned(), auth.to_owned()]
}

fn timer_cells(name: &str, timer: &Timer, now: Timestamp) -> [String; 4] {
    let zone = zone_of(timer);
    let runs: Vec<String> = timer
        .schedule
        .upcoming(now, &zone, RUNS)
        .map(|instant| instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string())
        .collect();
    let schedule = format!("{:?} ({})", timer.text, timer.zone);
    ["timer".to_owned(), schedule, name.to_owned(), format!("next: {}", runs.join(", "))]
}

fn event_cells(record: &FunctionRecord) -> [String; 3] {
    [record.trigger.name().to_owned(), record.trigger.what(), record.name.clone()]
}

fn queue_name(record: &FunctionRecord) -> Option<&str> {
    match &record.trigger {
        Trigger::Queue(queue) => Some(&queue.queue),
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Topic(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => None,
    }
}
