//! `cargo tusk list`: the functions of a program.

use std::io::Write as _;

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::http::Auth;

use crate::cargo::{self, Profile, Workspace};
use crate::cli::ListOptions;
use crate::error::Error;
use crate::{binary, lost, table};

pub(crate) fn run(options: &ListOptions) -> Result<(), Error> {
    if let Some(path) = &options.binary {
        return print(&binary::records_of_program(path)?, options.json);
    }
    let workspace = Workspace::load(&options.selection)?;
    let program = workspace.program(&options.selection)?;
    let profile = if options.release { Profile::Release } else { Profile::Debug };
    let built = cargo::build(&program, &options.selection, profile, None)?;
    let records = binary::records_in_program(&binary::read(&built.executable)?, &built.executable)?;
    let lost = lost::find(&workspace, &program, &built, &records);
    if records.is_empty() && lost.is_empty() {
        return Err(Error::NoFunctions { path: built.executable });
    }
    print(&records, options.json)?;
    if lost.is_empty() { Ok(()) } else { Err(Error::Lost(lost)) }
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
    let callers = match &record.trigger {
        Trigger::Http(http) => match http.auth {
            Auth::Platform => "platform",
            Auth::Public => "public",
            Auth::Admin => "admin",
        },
        // Only its event source.
        Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Queue(_)
        | Trigger::Topic(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => "-",
    };
    let targets = match record.targets.as_slice() {
        [] => "all".to_owned(),
        some => some.iter().map(|target| target.name()).collect::<Vec<_>>().join(","),
    };
    let source = format!("{}:{}", record.source.file, record.source.line);
    [record.name.clone(), record.trigger.name().to_owned(), record.trigger.what(), callers.to_owned(), targets, source]
}
