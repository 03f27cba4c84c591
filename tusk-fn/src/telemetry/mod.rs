//! The tracing subscriber that `main!` installs when the program has none.
//!
//! `RUST_LOG` filters, as `target=level` pairs. On AWS Lambda, `AWS_LAMBDA_LOG_LEVEL` comes before it, and
//! `AWS_LAMBDA_LOG_FORMAT=JSON` gives one JSON object a line, as the platform's advanced logging controls expect. On Google each line
//! is such an object, since Cloud Logging takes the severity from there. On Azure the lines of a function that an event invoked go into
//! the reply as well, which is how the host learns whose they are.

#[cfg(provider_azure)]
mod kept;
mod lines;
mod scope;

use std::io::{IsTerminal as _, stdout};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{fmt, registry};

#[cfg(provider_azure)]
pub(crate) use self::kept::KeptLines;
use self::lines::{JsonLines, TextLines};
pub(crate) use self::scope::Scope;
use crate::provider::{Provider, variable};

/// Installs it, unless a subscriber is there already.
pub(crate) fn install(provider: Provider) {
    let variable = |name: &'static str| variable(name).filter(|value| !value.is_empty()).map(|value| (name, value));
    let wanted = match provider {
        Provider::Aws => variable("AWS_LAMBDA_LOG_LEVEL").or_else(|| variable("RUST_LOG")),
        _ => variable("RUST_LOG"),
    };
    let (filter, fault) = filter(provider, wanted.as_ref().map(|(name, value)| (*name, &**value)));
    let json = match provider {
        Provider::Aws => variable("AWS_LAMBDA_LOG_FORMAT")
            .is_some_and(|(_, format)| format.eq_ignore_ascii_case("json"))
            .then_some(JsonLines::AWS),
        Provider::Google => Some(JsonLines::GOOGLE),
        Provider::Local | Provider::Azure | Provider::Knative => None,
    };
    #[cfg(provider_azure)]
    let writer = kept::KeepLines;
    #[cfg(not(provider_azure))]
    let writer = stdout;
    // A line that cannot be written is lost: saying so on a standard error that is closed as well would be a panic in the
    // middle of an invocation.
    let lines = fmt::layer().with_writer(writer).log_internal_errors(false);
    let ansi = provider == Provider::Local && stdout().is_terminal();
    // One filter for all, not one of the layer: what it refuses then costs a load and a comparison.
    let registry = registry().with(filter);
    // An application that installed its own subscriber before keeps it.
    let installed = if let Some(json) = json {
        registry.with(lines.with_ansi(false).event_format(json)).try_init().is_ok()
    } else {
        let format = TextLines { time: provider == Provider::Local };
        registry.with(lines.with_ansi(ansi).event_format(format)).try_init().is_ok()
    };
    if installed {
        scope::own_subscriber();
    }
    if installed && let Some(fault) = fault {
        tracing::warn!("{fault}");
    }
}

/// The filter, and what was wrong with the one that was asked for.
fn filter(provider: Provider, wanted: Option<(&str, &str)>) -> (Targets, Option<String>) {
    // While developing, a line for each invocation; in production the platform writes one.
    let own =
        if provider == Provider::Local && cfg!(debug_assertions) { LevelFilter::DEBUG } else { LevelFilter::INFO };
    let default = Targets::new().with_default(LevelFilter::INFO).with_target("tusk_fn", own);
    let Some((name, value)) = wanted else { return (default, None) };
    match value.parse::<Targets>() {
        Ok(targets) => (targets, None),
        Err(error) => {
            let fault = format!(
                "`{name}` is {value:?}, which cannot be read ({error}), and is ignored; \
                 write a level or pairs, such as `info,my_crate=debug`"
            );
            (default, Some(fault))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    #[test]
    fn a_filter_that_cannot_be_read_is_said_and_the_default_stays() {
        let (targets, fault) = filter(Provider::Aws, Some(("RUST_LOG", "info,,=x=y")));
        assert!(fault.is_some_and(|fault| fault.starts_with("`RUST_LOG` is \"info,,=x=y\"")));
        assert!(targets.would_enable("app", &Level::INFO));
        assert!(!targets.would_enable("app", &Level::DEBUG));
    }

    #[test]
    fn a_filter_is_taken_as_it_is() {
        let (targets, fault) = filter(Provider::Aws, Some(("RUST_LOG", "warn,app=debug")));
        assert_eq!(fault, None);
        assert!(targets.would_enable("app", &Level::DEBUG));
        assert!(!targets.would_enable("other", &Level::INFO));
    }
}
