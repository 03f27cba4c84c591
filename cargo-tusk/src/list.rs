//! `cargo tusk list`: the functions of a program.

use std::io::Write as _;

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::http::Auth;

use crate::cli::ListOptions;
use crate::error::Error;
use crate::functions::Functions;
use crate::table;

pub(crate) fn run(options: &ListOptions) -> Result<(), Error> {
    let functions = Functions::load(&options.program)?;
    print(&functions.records, options.json)?;
    functions.none_lost()
}

fn print(records: &[FunctionRecord], json: bool) -> Result<(), Error> {
    let mut out = anstream::stdout().lock();
    if json {
        let text = serde_json::to_string_pretty(records).map_err(|error| Error::Output(error.into()))?;
        return writeln!(out, "{text}").map_err(Error::Output);
    }
    let rows: Vec<_> = records.iter().map(row).collect();
    for line in table::lines(["NAME", "TRIGGER", "WHAT", "CALLERS", "TARGETS", "SOURCE"], &rows) {
        writeln!(out, "{line}").map_err(Error::Output)?;
    }
    Ok(())
}

fn row(record: &FunctionRecord) -> [String; 6] {
    let targets = match record.targets.as_slice() {
        [] => "all".to_owned(),
        some => some.iter().map(|target| target.name()).collect::<Vec<_>>().join(","),
    };
    let source = format!("{}:{}", record.source.file, record.source.line);
    [
        record.name.clone(),
        record.trigger.name().to_owned(),
        record.trigger.what(),
        callers(record).to_owned(),
        targets,
        source,
    ]
}

/// Who may call a function; `-` where only its event source may.
pub(crate) fn callers(record: &FunctionRecord) -> &'static str {
    match &record.trigger {
        Trigger::Http(http) => match http.auth {
            Auth::Platform => "platform",
            Auth::Public => "public",
            Auth::Admin => "admin",
        },
        Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Queue(_)
        | Trigger::Topic(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => "-",
    }
}
