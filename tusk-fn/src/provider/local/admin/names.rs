//! Which names of functions and resources a program knows.
//!
//! The local cloud would keep a message for whatever queue, and a misspelt name would be accepted and never heard of again. So
//! the admin API refuses what no function of the program has to do with.

use tusk_fn_spec::output::OutputKind;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::suggest::{listed, nearest};
use tusk_fn_spec::trigger::Trigger;

use super::cloud::Refusal;
use crate::idempotency::TableStore;

/// What a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Queue,
    Topic,
    Stream,
    Table,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Topic => "topic",
            Self::Stream => "stream",
            Self::Table => "table",
        }
    }

    /// The names of this kind that a function has to do with.
    fn of(self, record: &FunctionRecord) -> Vec<&str> {
        let mut names = match (self, &record.trigger) {
            (Self::Queue, Trigger::Queue(it)) => {
                [Some(&*it.queue), it.dead_letter.as_deref()].into_iter().flatten().collect()
            }
            (Self::Topic, Trigger::Topic(it)) => vec![&*it.topic],
            (Self::Stream, Trigger::Stream(it)) => vec![&*it.stream],
            (Self::Table, Trigger::Database(it)) => vec![&*it.table],
            _ => Vec::new(),
        };
        let is_of_kind = |kind| match self {
            Self::Queue => kind == OutputKind::Queue,
            Self::Topic => kind == OutputKind::Topic,
            Self::Table => kind == OutputKind::Table,
            Self::Stream => false,
        };
        names.extend(record.outputs.iter().filter(|it| is_of_kind(it.kind)).map(|it| &*it.name));
        if self == Self::Table && record.idempotent.is_some() {
            names.push(TableStore::NAME);
        }
        names
    }
}

/// Refuses a name that no function has to do with.
pub(super) fn check(records: &[&FunctionRecord], kind: Kind, name: &str) -> Result<(), Refusal> {
    let mut known: Vec<&str> = records.iter().flat_map(|record| kind.of(record)).collect();
    if known.contains(&name) {
        return Ok(());
    }
    known.sort_unstable();
    known.dedup();
    let what = kind.name();
    let instead = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("they have no {what} at all"),
        None => format!("there is {}", listed(known, "and")),
    };
    Err(Refusal::Missing(format!("no function of this program has to do with a {what} `{name}`; {instead}")))
}

/// Something of a function that an event source invokes.
pub(super) fn of_function<T>(
    records: &[&FunctionRecord],
    name: &str,
    of: impl FnOnce(&FunctionRecord) -> Option<T>,
) -> Result<T, Refusal> {
    let Some(record) = records.iter().find(|record| record.name == name) else {
        let near = nearest(name, records.iter().map(|record| record.name.as_str()));
        let instead = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Err(Refusal::Missing(format!("there is no function `{name}`{instead}")));
    };
    of(record).ok_or_else(|| Refusal::Bad(format!("nothing waits for `{name}`: it is no function of an event source")))
}
