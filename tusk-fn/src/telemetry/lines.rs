//! How a line of the log looks: text for people, JSON for machines.

use std::fmt;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use super::scope::with_current;

/// `TIME LEVEL function/invocation: message field=value`
pub(super) struct TextLines {
    /// Whether a line begins with the time; a platform that keeps logs adds its own.
    pub(super) time: bool,
}

impl<S, N> FormatEvent<S, N> for TextLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        if self.time {
            SystemTime.format_time(&mut out)?;
            out.write_char(' ')?;
        }
        write_level(&mut out, *event.metadata().level())?;
        with_current(|current| match current {
            Some(current) => write!(out, " {}/{}:", current.function, current.id),
            None => Ok(()),
        })?;
        for span in context.event_scope().into_iter().flat_map(tracing_subscriber::registry::Scope::from_root) {
            write!(out, " {}", span.name())?;
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>().filter(|fields| !fields.is_empty()) {
                write!(out, "{{{fields}}}")?;
            }
            out.write_char(':')?;
        }
        out.write_char(' ')?;
        context.format_fields(out.by_ref(), event)?;
        writeln!(out)
    }
}

fn write_level(out: &mut Writer<'_>, level: Level) -> fmt::Result {
    if !out.has_ansi_escapes() {
        return write!(out, "{level:>5}");
    }
    let colour = match level {
        Level::ERROR => 31,
        Level::WARN => 33,
        Level::INFO => 32,
        Level::DEBUG => 34,
        Level::TRACE => 35,
    };
    write!(out, "\u{1b}[{colour}m{level:>5}\u{1b}[0m")
}

/// One JSON object a line, with the names that a platform knows. Fields of the event stand beside them, fields of spans in `spans`.
pub(super) struct JsonLines {
    time: &'static str,
    level: &'static str,
    invocation: &'static str,
    level_name: fn(Level) -> &'static str,
}

impl JsonLines {
    /// As AWS Lambda's logging controls expect it ("Using Lambda advanced logging controls").
    pub(super) const AWS: Self =
        Self { time: "timestamp", level: "level", invocation: "requestId", level_name: |level| level.as_str() };
    /// As Cloud Logging expects it ("Structured logging").
    pub(super) const GOOGLE: Self =
        Self { time: "time", level: "severity", invocation: "invocation", level_name: severity };
}

/// A level as Cloud Logging names it (`LogSeverity`).
fn severity(level: Level) -> &'static str {
    match level {
        Level::ERROR => "ERROR",
        Level::WARN => "WARNING",
        Level::INFO => "INFO",
        Level::DEBUG | Level::TRACE => "DEBUG",
    }
}

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut fields = Fields(Map::new());
        event.record(&mut fields);
        let Fields(mut line) = fields;
        let mut time = String::new();
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        line.insert(self.time.to_owned(), time.into());
        line.insert(self.level.to_owned(), (self.level_name)(*event.metadata().level()).into());
        line.insert("target".to_owned(), event.metadata().target().into());
        with_current(|current| {
            if let Some(current) = current {
                line.insert("function".to_owned(), (&*current.function).into());
                line.insert(self.invocation.to_owned(), current.id.to_string().into());
            }
        });
        let spans: Vec<Value> = context
            .event_scope()
            .into_iter()
            .flat_map(tracing_subscriber::registry::Scope::from_root)
            .map(|span| match span.extensions().get::<FormattedFields<N>>() {
                Some(fields) if !fields.is_empty() => format!("{}{{{fields}}}", span.name()).into(),
                _ => span.name().into(),
            })
            .collect();
        if !spans.is_empty() {
            line.insert("spans".to_owned(), spans.into());
        }
        writeln!(out, "{}", Value::Object(line))
    }
}

/// Gathers an event's fields.
struct Fields(Map<String, Value>);

impl Fields {
    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }
}
