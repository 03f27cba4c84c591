//! `cargo tusk routes`: which requests reach which function.

use std::io::Write as _;

use serde_json::{Value, json};
use tusk_fn_manifest::{Routing, ServedRoute, routing};
use tusk_fn_spec::record::FunctionRecord;

use crate::cli::RoutesOptions;
use crate::error::{Error, Problem};
use crate::functions::Functions;
use crate::list::callers;
use crate::{console, manifest, table};

pub(crate) fn run(options: &RoutesOptions) -> Result<(), Error> {
    let functions = Functions::load(&options.program)?;
    let Routing { routes, notes, .. } = routing(&functions.records, options.provider.map(|provider| provider.0));
    for note in &notes {
        console::print_note(&manifest::problem_of(note));
    }
    let mut out = anstream::stdout().lock();
    if options.json {
        let list: Vec<Value> = routes.iter().map(|route| as_json(route, &functions.records)).collect();
        let text = serde_json::to_string_pretty(&list).map_err(|error| Error::Output(error.into()))?;
        writeln!(out, "{text}").map_err(Error::Output)?;
    } else if routes.is_empty() {
        console::print_note(&Problem {
            message: "no function answers requests".to_owned(),
            place: None,
            help: Some("one that does has `#[tusk_fn(trigger = \"http\", route = \"hello/<name?>\")]`".to_owned()),
        });
    } else {
        let rows: Vec<_> = routes.iter().map(|route| row(route, &functions.records)).collect();
        for line in table::lines(["METHODS", "PATH", "FUNCTION", "CALLERS", "SERVED BY", "SOURCE"], &rows) {
            writeln!(out, "{line}").map_err(Error::Output)?;
        }
    }
    functions.none_lost()
}

/// Who may call the function of a route, and where its source is.
fn described(route: &ServedRoute, records: &[FunctionRecord]) -> (&'static str, String) {
    let record = records.iter().find(|record| record.name == route.function);
    let source = record.map(|record| format!("{}:{}", record.source.file, record.source.line));
    (record.map_or("-", callers), source.unwrap_or_default())
}

fn row(route: &ServedRoute, records: &[FunctionRecord]) -> [String; 6] {
    let (callers, source) = described(route, records);
    let by = route.by.clone().unwrap_or_else(|| "-".to_owned());
    [route.methods.join(","), route.path.clone(), route.function.clone(), callers.to_owned(), by, source]
}

fn as_json(route: &ServedRoute, records: &[FunctionRecord]) -> Value {
    let (callers, source) = described(route, records);
    json!({
        "methods": route.methods,
        "path": route.path,
        "function": route.function,
        "callers": callers,
        "served_by": route.by,
        "source": source,
    })
}
