//! `cargo tusk check`: what becomes of each function on each platform.

use std::io::Write as _;

use serde_json::{Map, Value, json};
use tusk_fn_spec::portability::{Standing, Verdict};
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;

use crate::cli::CheckOptions;
use crate::error::{Error, Problem};
use crate::functions::Functions;
use crate::table;

pub(crate) fn run(options: &CheckOptions) -> Result<(), Error> {
    let functions = Functions::load(&options.program)?;
    let asked: Vec<Target> = match options.provider {
        Some(provider) => vec![provider.0],
        None => Target::ALL.to_vec(),
    };
    let mut out = anstream::stdout().lock();
    if options.json {
        let list: Vec<Value> = functions.records.iter().map(|record| as_json(record, &asked)).collect();
        let text = serde_json::to_string_pretty(&list).map_err(|error| Error::Output(error.into()))?;
        writeln!(out, "{text}").map_err(Error::Output)?;
    } else {
        for line in lines(&functions.records, &asked) {
            writeln!(out, "{line}").map_err(Error::Output)?;
        }
    }
    let impossible: Vec<Problem> = functions.records.iter().flat_map(|record| refused(record, options)).collect();
    functions.none_lost()?;
    if impossible.is_empty() { Ok(()) } else { Err(Error::Impossible(impossible)) }
}

/// The table, and below it the reasons.
fn lines(records: &[FunctionRecord], asked: &[Target]) -> Vec<String> {
    let cell = |record: &FunctionRecord, target: Target| {
        if !asked.contains(&target) || !record.is_for(target) {
            return "-".to_owned();
        }
        Verdict::of(record, target).standing().name().to_owned()
    };
    let row = |record: &FunctionRecord| {
        let [aws, azure, google, knative] = Target::ALL.map(|target| cell(record, target));
        [record.name.clone(), record.trigger.name().to_owned(), aws, azure, google, knative]
    };
    let rows: Vec<_> = records.iter().map(row).collect();
    let mut lines = table::lines(["NAME", "TRIGGER", "AWS", "AZURE", "GOOGLE", "KNATIVE"], &rows);
    for record in records {
        let verdicts: Vec<Verdict> =
            asked.iter().filter(|target| record.is_for(**target)).map(|target| Verdict::of(record, *target)).collect();
        if verdicts.iter().all(|verdict| verdict.reasons.is_empty()) {
            continue;
        }
        lines.push(String::new());
        lines.push(format!("{} ({}:{})", record.name, record.source.file, record.source.line));
        for verdict in verdicts {
            let target = verdict.target.name();
            let reasons = verdict.reasons.iter();
            lines.extend(reasons.map(|it| format!("  {target:8} {:11} {}", it.standing.name(), it.text)));
        }
    }
    lines
}

fn as_json(record: &FunctionRecord, asked: &[Target]) -> Value {
    let verdict = |target: &Target| {
        let verdict = Verdict::of(record, *target);
        let reason = |it: &tusk_fn_spec::portability::Reason| json!({ "standing": it.standing.name(), "key": it.key, "text": it.text, "help": it.help });
        let reasons: Vec<Value> = verdict.reasons.iter().map(reason).collect();
        (target.name().to_owned(), json!({ "standing": verdict.standing().name(), "reasons": reasons }))
    };
    let targets: Map<String, Value> = asked.iter().filter(|target| record.is_for(**target)).map(verdict).collect();
    json!({ "name": record.name, "targets": targets })
}

/// Why a function cannot run where it is to run: on the platforms that it lists, and on the one that is asked for.
fn refused(record: &FunctionRecord, options: &CheckOptions) -> Vec<Problem> {
    let asked = options.provider.map(|provider| provider.0);
    let wanted = |target: &Target| match asked {
        Some(asked) => asked == *target && record.is_for(asked),
        None => record.targets.contains(target),
    };
    let verdicts = Target::ALL.into_iter().filter(wanted).map(|target| Verdict::of(record, target));
    verdicts.flat_map(|verdict| problems(record, verdict)).collect()
}

fn problems(record: &FunctionRecord, verdict: Verdict) -> Vec<Problem> {
    let target = verdict.target.name();
    let impossible = verdict.reasons.into_iter().filter(|reason| reason.standing == Standing::Impossible);
    let source = &record.source;
    let problem = |reason: tusk_fn_spec::portability::Reason| Problem {
        message: format!("`{target}` cannot run `{}`: {}", record.name, reason.text),
        place: Some(format!("{}:{} (`{}`), key `{}`", source.file, source.line, source.function, reason.key)),
        help: reason.help,
    };
    impossible.map(problem).collect()
}
