//! `cargo tusk check`: what becomes of each function on each platform.

use std::io::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tusk_fn_spec::azure::{DEFAULT_PREFIX, unservable};
use tusk_fn_spec::portability::{Reason, Standing, Verdict};
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::{FunctionRecord, Source};

use crate::cli::CheckOptions;
use crate::error::{Error, Problem};
use crate::functions::Functions;
use crate::table;

pub(crate) fn run(options: &CheckOptions) -> Result<(), Error> {
    let functions = Functions::load(&options.program)?;
    let asked: Option<Target> = options.provider.map(|provider| provider.0);
    let now = Timestamp::now();
    let mut checked: Vec<Checked<'_>> =
        functions.records.iter().map(|record| Checked::of(record, asked, now)).collect();
    add_of_the_app(&functions.records, &mut checked);
    let mut out = anstream::stdout().lock();
    if options.json {
        let list: Vec<Value> = checked.iter().map(Checked::as_json).collect();
        let text = serde_json::to_string_pretty(&list).map_err(|error| Error::Output(error.into()))?;
        writeln!(out, "{text}").map_err(Error::Output)?;
    } else {
        for line in lines(&checked) {
            writeln!(out, "{line}").map_err(Error::Output)?;
        }
    }
    let mut refused: Vec<Problem> = checked.iter().flat_map(|checked| checked.refused(asked)).collect();
    refused.extend(functions.faulty_states());
    functions.none_lost()?;
    if refused.is_empty() { Ok(()) } else { Err(Error::Impossible(refused)) }
}

/// Adds why functions that Azure could run alone cannot be in one app.
fn add_of_the_app(records: &[FunctionRecord], checked: &mut [Checked<'_>]) {
    let app: Vec<&FunctionRecord> = records.iter().filter(|record| record.is_for(Target::Azure)).collect();
    for fault in unservable(&app, DEFAULT_PREFIX) {
        let faulty = checked.iter_mut().find(|checked| Some(checked.record.name.as_str()) == fault.function());
        let verdict = faulty.and_then(|it| it.verdicts.iter_mut().find(|verdict| verdict.target == Target::Azure));
        let Some(verdict) = verdict else { continue };
        let mut reason = fault.reason();
        if let Some(other) = app.iter().find(|record| Some(record.name.as_str()) == fault.other()) {
            let Source { file, line, .. } = &other.source;
            reason.text = format!("{} (`{}` is at {file}:{line})", reason.text, other.name);
        }
        verdict.reasons.insert(0, reason);
    }
}

/// A function, and its verdict on each platform that it is for and that was asked for.
struct Checked<'a> {
    record: &'a FunctionRecord,
    verdicts: Vec<Verdict>,
}

impl<'a> Checked<'a> {
    fn of(record: &'a FunctionRecord, asked: Option<Target>, now: Timestamp) -> Self {
        let wanted = |target: &Target| asked.is_none_or(|asked| asked == *target) && record.is_for(*target);
        let verdicts = Target::ALL.into_iter().filter(wanted).map(|target| Verdict::of(record, target, now));
        Self { record, verdicts: verdicts.collect() }
    }

    fn row(&self) -> [String; 6] {
        let cell = |target: Target| {
            let verdict = self.verdicts.iter().find(|verdict| verdict.target == target);
            verdict.map_or("-", |verdict| verdict.standing().name()).to_owned()
        };
        let [aws, azure, google, knative] = Target::ALL.map(cell);
        [self.record.name.clone(), self.record.trigger.name().to_owned(), aws, azure, google, knative]
    }

    /// Its reasons, below its name.
    fn reasons(&self) -> Vec<String> {
        let of = |verdict: &Verdict| {
            let target = verdict.target.name();
            let line = |it: &Reason| format!("  {target:8} {:11} {}", it.standing.name(), it.text);
            verdict.reasons.iter().map(line).collect::<Vec<_>>()
        };
        let reasons: Vec<String> = self.verdicts.iter().flat_map(of).collect();
        if reasons.is_empty() {
            return reasons;
        }
        let source = &self.record.source;
        let heading = format!("{} ({}:{})", self.record.name, source.file, source.line);
        [String::new(), heading].into_iter().chain(reasons).collect()
    }

    fn as_json(&self) -> Value {
        let reason =
            |it: &Reason| json!({ "standing": it.standing.name(), "key": it.key, "text": it.text, "help": it.help });
        let of = |verdict: &Verdict| {
            let reasons: Vec<Value> = verdict.reasons.iter().map(reason).collect();
            (verdict.target.name().to_owned(), json!({ "standing": verdict.standing().name(), "reasons": reasons }))
        };
        let targets: Map<String, Value> = self.verdicts.iter().map(of).collect();
        json!({ "name": self.record.name, "targets": targets })
    }

    /// Why it cannot run where it is to run: on the platform that was asked for, or else on those that it lists.
    fn refused(&self, asked: Option<Target>) -> Vec<Problem> {
        let wanted = |target: Target| asked.is_some() || self.record.targets.contains(&target);
        let verdicts = self.verdicts.iter().filter(|verdict| wanted(verdict.target));
        let impossible = verdicts.flat_map(|verdict| {
            let reasons = verdict.reasons.iter().filter(|reason| reason.standing == Standing::Impossible);
            reasons.map(move |reason| (verdict.target, reason))
        });
        let source = &self.record.source;
        let problem = |(target, reason): (Target, &Reason)| Problem {
            message: format!("`{}` cannot run `{}`: {}", target.name(), self.record.name, reason.text),
            place: Some(format!("{}:{} (`{}`), key `{}`", source.file, source.line, source.function, reason.key)),
            help: reason.help.clone(),
        };
        impossible.map(problem).collect()
    }
}

/// The table, and below it the reasons.
fn lines(checked: &[Checked<'_>]) -> Vec<String> {
    let rows: Vec<_> = checked.iter().map(Checked::row).collect();
    let mut lines = table::lines(["NAME", "TRIGGER", "AWS", "AZURE", "GOOGLE", "KNATIVE"], &rows);
    lines.extend(checked.iter().flat_map(Checked::reasons));
    lines
}
