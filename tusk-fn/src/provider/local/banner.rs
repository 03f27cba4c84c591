//! What is printed at start: where everything is, and whom deployment will let in.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;

use jiff::Timestamp;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::http::{Auth, Http};
use tusk_fn_spec::trigger::timer::Timer;

use super::timers::zone_of;
use crate::dispatch::Program;

/// How many of a timer's next runs are shown.
const RUNS: usize = 3;

/// Prints it. A closed standard output does not keep the program from serving.
pub(super) fn print(program: &Program, address: SocketAddr, admin: SocketAddr, token: &str) {
    let text = render(program, address, admin, token);
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Tells the programmer something beside the log. A closed standard error does not keep the program from going on.
pub(super) fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn render(program: &Program, address: SocketAddr, admin: SocketAddr, token: &str) -> String {
    let mut http = Vec::new();
    let mut timers = Vec::new();
    for function in program.functions() {
        let record = &function.record;
        match &record.trigger {
            Trigger::Http(it) => http.push(http_line(&record.name, it, address)),
            Trigger::Timer(it) => timers.push(timer_lines(&record.name, it)),
        }
    }
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(out, "listening on http://{address}\n");
    table(&mut out, http);
    for lines in timers {
        out.push_str(&lines);
    }
    let _ = writeln!(out, "\n  admin API   http://{admin}   token {token}");
    out.push_str("  on this machine everybody is let in; \"deployed\" tells who will be elsewhere\n\n");
    out
}

/// Lines of cells, each column as wide as its widest cell.
fn table(out: &mut String, rows: Vec<[String; 4]>) {
    let mut widths = [0; 4];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for [method, link, name, auth] in rows {
        let _ = writeln!(out, "  {method:0$}  {link:1$}  {name:2$}  {auth}", widths[0], widths[1], widths[2]);
    }
}

fn http_line(name: &str, http: &Http, address: SocketAddr) -> [String; 4] {
    let auth = match http.auth {
        Auth::Public => "deployed: public, anyone may call it",
        Auth::Platform => "deployed: callers need the platform's credential",
        Auth::Admin => "deployed: callers need the master key",
    };
    let route = http.route.to_string();
    let link = format!("http://{address}/{}", route.trim_start_matches('/'));
    [http.methods.names().join(","), link, name.to_owned(), auth.to_owned()]
}

fn timer_lines(name: &str, timer: &Timer) -> String {
    let zone = zone_of(timer);
    let runs: Vec<String> = timer
        .schedule
        .upcoming(Timestamp::now(), &zone, RUNS)
        .map(|instant| instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string())
        .collect();
    format!("  timer {:?} ({})  {name}  next: {}\n", timer.text, timer.zone, runs.join(", "))
}
