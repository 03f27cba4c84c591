//! Which of the broker's events a function is given: those of the types that the program's own events have, or of the type that the
//! function names ("Using Triggers", "Trigger filtering").
//!
//! Every broker compares attributes with whole texts (`filter`). More than that (`filters`) is for the channel-based broker and for
//! Kafka's, and stands only where it is needed. What a function wants beyond either, such as attributes of a message, its
//! process looks at.
//!
//! Brokers compare attributes as they stand in headers, where anything but printable ASCII is percent-encoded by some senders,
//! ours among them, and not by others. So only what is plain is compared.

use tusk_fn_spec::filter::Wildcard;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::blob::{Blob, BlobEvent};
use tusk_fn_spec::trigger::database::{ChangeEvent, Database};
use tusk_fn_spec::trigger::event::Event;

use crate::yaml::{Tree, map};
use crate::{Note, NoteKind};

/// What events must be like.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// Attributes with these texts.
    exact: Vec<(&'static str, String)>,
    /// Attributes that begin so.
    prefix: Vec<(&'static str, String)>,
    /// Attributes that end so.
    suffix: Vec<(&'static str, String)>,
    /// One of these types.
    types: Vec<&'static str>,
}

impl Filter {
    /// Of that function.
    pub(super) fn of(record: &FunctionRecord) -> Self {
        match &record.trigger {
            Trigger::Http(_) | Trigger::Timer(_) => Self::default(),
            Trigger::Queue(queue) => Self::named("tusk-fn.queue", &queue.queue),
            Trigger::Topic(topic) => Self::named("tusk-fn.topic", &topic.topic),
            Trigger::Stream(stream) => Self::named("tusk-fn.stream", &stream.stream),
            Trigger::Blob(blob) => Self::of_blob(blob),
            Trigger::Database(database) => Self::of_database(database),
            Trigger::Event(event) => Self::of_event(event),
        }
    }

    fn named(kind: &str, subject: &str) -> Self {
        Self { exact: vec![("type", kind.to_owned()), ("subject", subject.to_owned())], ..Self::default() }
    }

    fn of_blob(blob: &Blob) -> Self {
        let (bucket, path) = (blob.path.bucket(), &blob.path);
        let begins = format!("{bucket}/{}", path.prefix());
        let name = |event: &BlobEvent| match event {
            BlobEvent::Created => "tusk-fn.blob.created",
            BlobEvent::Deleted => "tusk-fn.blob.deleted",
        };
        let mut filter = Self::default();
        if path.is_literal() {
            filter.is("subject", &begins);
        } else {
            filter.begins("subject", &begins);
            filter.ends("subject", path.suffix());
        }
        filter.with_types(blob.events.iter().map(name).collect())
    }

    /// An upsert is an insert or a modification, and it is not known which.
    fn of_database(database: &Database) -> Self {
        let name = |event: &ChangeEvent| match event {
            ChangeEvent::Insert => "tusk-fn.database.insert",
            ChangeEvent::Modify => "tusk-fn.database.modify",
            ChangeEvent::Remove => "tusk-fn.database.remove",
        };
        let mut types: Vec<&str> = database.events.iter().map(name).collect();
        if database.events.iter().any(|it| *it != ChangeEvent::Remove) {
            types.push("tusk-fn.database.upsert");
        }
        Self { exact: vec![("subject", database.table.clone())], ..Self::default() }.with_types(types)
    }

    fn of_event(event: &Event) -> Self {
        let mut filter = Self::default();
        let attributes =
            [("type", Some(&event.event_type)), ("source", event.source.as_ref()), ("subject", event.subject.as_ref())];
        for (attribute, wanted) in attributes {
            match wanted {
                Some(Wildcard::Exact(text)) => filter.is(attribute, text),
                Some(Wildcard::Prefix(text)) => filter.begins(attribute, text),
                None => {}
            }
        }
        filter
    }

    fn is(&mut self, attribute: &'static str, text: &str) {
        if text.chars().all(is_plain) {
            self.exact.push((attribute, text.to_owned()));
        } else {
            self.begins(attribute, text);
        }
    }

    /// Every text begins with none.
    fn begins(&mut self, attribute: &'static str, text: &str) {
        let plain = text.split(|c| !is_plain(c)).next().filter(|plain| !plain.is_empty());
        self.prefix.extend(plain.map(|plain| (attribute, plain.to_owned())));
    }

    fn ends(&mut self, attribute: &'static str, text: &str) {
        let plain = text.rsplit(|c| !is_plain(c)).next().filter(|plain| !plain.is_empty());
        self.suffix.extend(plain.map(|plain| (attribute, plain.to_owned())));
    }

    fn with_types(mut self, mut types: Vec<&'static str>) -> Self {
        types.sort_unstable();
        match types.as_slice() {
            [one] => self.exact.insert(0, ("type", (*one).to_owned())),
            _ => self.types = types,
        }
        self
    }

    /// Whether whole texts say all of it.
    fn is_exact(&self) -> bool {
        self.prefix.is_empty() && self.suffix.is_empty() && self.types.is_empty()
    }

    /// The key of the Trigger that says it, if there is anything to say.
    pub(super) fn into_entry(self) -> Option<(String, Tree)> {
        let is_exact = self.is_exact();
        let attributes = |pairs: Vec<(&str, String)>| {
            let pairs = pairs.into_iter().map(|(name, text)| (name.to_owned(), text.into()));
            Tree::Map(pairs.collect())
        };
        if is_exact {
            let filter = |exact| ("filter".to_owned(), map([("attributes", attributes(exact))]));
            return (!self.exact.is_empty()).then(|| filter(self.exact));
        }
        let mut all = Vec::new();
        for (dialect, pairs) in [("exact", self.exact), ("prefix", self.prefix), ("suffix", self.suffix)] {
            if !pairs.is_empty() {
                all.push(map([(dialect, attributes(pairs))]));
            }
        }
        if !self.types.is_empty() {
            let one = |kind: &&str| map([("exact", map([("type", (*kind).into())]))]);
            all.push(map([("any", Tree::List(self.types.iter().map(one).collect()))]));
        }
        Some(("filters".to_owned(), Tree::List(all)))
    }
}

/// Whether a character stands for itself in a header, whoever sends it ("HTTP Protocol Binding", section 3.1.3.2).
fn is_plain(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '"' | '%')
}

/// The functions whose Triggers not every broker understands.
pub(super) fn note(functions: &[&FunctionRecord]) -> Option<Note> {
    let more: Vec<&FunctionRecord> = functions.iter().copied().filter(|it| !Filter::of(it).is_exact()).collect();
    let names = more.iter().map(|it| it.name.clone()).collect();
    more.first().map(|first| Note::of(first, NoteKind::Filters { functions: names }))
}
