//! Where the program runs: how it finds out, and one module for each place.

#[cfg(provider_aws)]
pub(crate) mod aws;
#[cfg(feature = "aws-events")]
mod aws_events;
#[cfg(provider_azure)]
pub(crate) mod azure;
#[cfg(clients)]
#[cfg_attr(
    not(all(feature = "clients", provider_aws, provider_azure, provider_google)),
    allow(dead_code, reason = "the clients of each other provider need some of it")
)]
pub(crate) mod client;
#[cfg(any(provider_azure, provider_google, provider_knative))]
mod cloud_events;
#[cfg(any(provider_google, provider_knative))]
pub(crate) mod container;
#[cfg(platform)]
#[cfg_attr(not(provider_aws), allow(dead_code, reason = "of the other providers, each reads some kinds of field"))]
mod field;
#[cfg(fuzzing)]
pub(crate) mod fuzz;
#[cfg(provider_google)]
pub(crate) mod google;
#[cfg(provider_knative)]
pub(crate) mod knative;
#[cfg(provider_local)]
pub(crate) mod local;

use std::fmt;
#[cfg(platform)]
use std::sync::Arc;

use tusk_fn_spec::provider::Target;
use tusk_fn_spec::suggest::{listed, nearest};

#[cfg(platform)]
use crate::output::Cloud;

/// The variable that says where the program runs. Generated manifests always set it.
pub(crate) const PROVIDER_VARIABLE: &str = "TUSK_FN_PROVIDER";
/// The variable that limits a process to some functions: their names, separated by commas.
pub(crate) const FUNCTIONS_VARIABLE: &str = "TUSK_FN";
/// Names the file in which a program tells `cargo tusk check` what is wrong with it, instead of running.
pub(crate) const CHECK_VARIABLE: &str = "TUSK_FN_CHECK";

/// The variable in which manifests name the resources of a process.
#[cfg(any(provider_aws, clients))]
pub(crate) const RESOURCES_VARIABLE: &str = "TUSK_FN_RESOURCES";

/// What only Google sets where it also sets `K_SERVICE`, as Knative does.
const OF_GOOGLE: [&str; 4] =
    ["FUNCTION_SIGNATURE_TYPE", "GOOGLE_CLOUD_PROJECT", "CLOUD_RUN_TIMEOUT_SECONDS", "CLOUD_RUN_JOB"];

/// A variable of the environment. One that is no Unicode is there all the same: taken for missing, it could open what it
/// was set to close.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// What providers need for functions that no request invokes. Only such functions refer to it, so that a program without
/// them carries no decoder.
#[derive(Debug)]
pub struct EventSupport {
    /// None for timers, which AWS invokes by events that need none of this.
    #[cfg(provider_aws)]
    pub(crate) aws: Option<aws::Events>,
    #[cfg(provider_azure)]
    pub(crate) azure: azure::Events,
    #[cfg(any(provider_google, provider_knative))]
    pub(crate) container: container::Receive,
    #[cfg(provider_google)]
    google: container::OpenPlatform,
    #[cfg(provider_knative)]
    knative: container::OpenPlatform,
}

const OF_TIMERS: EventSupport = EventSupport {
    #[cfg(provider_aws)]
    aws: None,
    #[cfg(provider_azure)]
    azure: azure::EVENTS,
    #[cfg(any(provider_google, provider_knative))]
    container: container::receive::answer_later,
    #[cfg(provider_google)]
    google: google::platform,
    #[cfg(provider_knative)]
    knative: || Ok(Arc::new(knative::Knative)),
};

/// For timers.
pub(crate) static TIMERS: EventSupport = OF_TIMERS;

/// For functions that event sources invoke.
#[allow(clippy::needless_update, reason = "with AWS alone there is nothing else in it")]
pub(crate) static EVENTS: EventSupport = EventSupport {
    #[cfg(provider_aws)]
    aws: Some(aws::EVENTS),
    ..OF_TIMERS
};

#[cfg(any(provider_google, provider_knative))]
impl EventSupport {
    /// What makes of the provider's requests what they bring.
    pub(crate) fn platform(&self, provider: Provider) -> Option<container::OpenPlatform> {
        match provider {
            #[cfg(provider_google)]
            Provider::Google => Some(self.google),
            #[cfg(provider_knative)]
            Provider::Knative => Some(self.knative),
            _ => None,
        }
    }
}

/// What providers need for what functions send, store and read. Only such functions refer to it, so that a program without
/// them carries no client.
#[derive(Debug)]
pub struct OutputSupport {
    #[cfg(provider_aws)]
    aws: OpenCloud,
    #[cfg(provider_azure)]
    azure: OpenCloud,
    #[cfg(provider_google)]
    google: OpenCloud,
    #[cfg(provider_knative)]
    knative: OpenCloud,
}

/// Opens what functions send to, store in and read.
#[cfg(platform)]
pub(crate) type OpenCloud = fn() -> Result<Arc<dyn Cloud>, String>;

impl OutputSupport {
    /// What opens the provider's cloud, if it has outputs.
    #[cfg(platform)]
    pub(crate) fn of(&self, provider: Provider) -> Option<OpenCloud> {
        match provider {
            #[cfg(provider_aws)]
            Provider::Aws => Some(self.aws),
            #[cfg(provider_azure)]
            Provider::Azure => Some(self.azure),
            #[cfg(provider_google)]
            Provider::Google => Some(self.google),
            #[cfg(provider_knative)]
            Provider::Knative => Some(self.knative),
            _ => None,
        }
    }
}

#[cfg(not(deployed_without_clients))]
pub(crate) static OUTPUTS: OutputSupport = OutputSupport {
    #[cfg(provider_aws)]
    aws: aws::open_cloud,
    #[cfg(provider_azure)]
    azure: azure::open_cloud,
    #[cfg(provider_google)]
    google: google::open_cloud,
    #[cfg(provider_knative)]
    knative: knative::open_cloud,
};

/// What is said at start where a program has outputs, and was compiled without what does this there.
#[cfg(not(deployed_without_clients))]
#[cfg(any(
    all(provider_aws, not(feature = "aws-clients")),
    all(provider_azure, not(feature = "azure-clients")),
    all(provider_google, not(feature = "google-clients")),
    all(provider_knative, not(feature = "knative-clients"))
))]
fn without_clients(provider: Provider) -> String {
    format!(
        "functions of this program send, store or read, and for that tusk-fn must be compiled with its feature `{provider}-clients`"
    )
}

/// Where the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Provider {
    /// The programmer's own machine.
    Local,
    /// AWS Lambda.
    Aws,
    /// Azure Functions, as a custom handler.
    Azure,
    /// Google Cloud Run functions.
    Google,
    /// Knative Serving and Eventing.
    Knative,
}

impl Provider {
    const ALL: [Self; 5] = [Self::Local, Self::Aws, Self::Azure, Self::Google, Self::Knative];

    /// The name as `TUSK_FN_PROVIDER` has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::Google => "google",
            Self::Knative => "knative",
        }
    }

    /// What manifests are made for, if this is such a platform.
    #[cfg_attr(
        not(any(provider_azure, provider_google, provider_knative)),
        expect(dead_code, reason = "none of them asks")
    )]
    pub(crate) const fn target(self) -> Option<Target> {
        match self {
            Self::Local => None,
            Self::Aws => Some(Target::Aws),
            Self::Azure => Some(Target::Azure),
            Self::Google => Some(Target::Google),
            Self::Knative => Some(Target::Knative),
        }
    }

    /// Whether a table can remember there what was handled. Elsewhere a program needs a store of its own.
    #[cfg(platform)]
    pub(crate) const fn has_tables(self) -> bool {
        match self {
            Self::Local | Self::Aws | Self::Azure | Self::Google => true,
            Self::Knative => false,
        }
    }

    /// Whether an event that a function answers with goes anywhere there.
    pub(crate) const fn takes_replies(self) -> bool {
        match self {
            Self::Local | Self::Knative => true,
            Self::Aws | Self::Azure | Self::Google => false,
        }
    }

    /// Finds out from the environment where the program runs.
    ///
    /// `debug` tells whether this is a debug build: only such a one, or one under cargo, takes an environment that says
    /// nothing for the programmer's own machine.
    pub(crate) fn detect(variable: impl Fn(&str) -> Option<String>, debug: bool) -> Result<Self, DetectError> {
        if let Some(name) = variable(PROVIDER_VARIABLE) {
            let named = Self::ALL.into_iter().find(|provider| provider.name() == name);
            return named.ok_or(DetectError::UnknownProvider { found: name });
        }
        let present = |name: &str| variable(name).is_some();
        if present("AWS_LAMBDA_RUNTIME_API") {
            Ok(Self::Aws)
        } else if present("FUNCTIONS_CUSTOMHANDLER_PORT") {
            Ok(Self::Azure)
        } else if present("FUNCTION_TARGET") || (present("K_SERVICE") && OF_GOOGLE.into_iter().any(present)) {
            Ok(Self::Google)
        } else if present("K_SERVICE") {
            Ok(Self::Knative)
        } else if debug || present("CARGO_MANIFEST_DIR") {
            Ok(Self::Local)
        } else {
            Err(DetectError::Nowhere)
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why the program does not know where it runs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DetectError {
    /// `TUSK_FN_PROVIDER` has no meaning.
    #[error("`TUSK_FN_PROVIDER` is `{found}`, which is no provider of this version; {}", suggest(found))]
    UnknownProvider {
        /// Its value.
        found: String,
    },
    /// A release build that recognises nothing.
    #[error(
        "cannot tell where this program runs: none of `TUSK_FN_PROVIDER`, `AWS_LAMBDA_RUNTIME_API`, \
         `FUNCTIONS_CUSTOMHANDLER_PORT`, `FUNCTION_TARGET` and `K_SERVICE` is set; to serve on this machine, which lets \
         anyone in, set `TUSK_FN_PROVIDER=local`"
    )]
    Nowhere,
}

fn suggest(found: &str) -> String {
    let names = Provider::ALL.map(Provider::name);
    match nearest(found, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("set it to {}", listed(names, "or")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(variables: &[(&str, &str)], debug: bool) -> Result<Provider, DetectError> {
        let find =
            |name: &str| variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned());
        Provider::detect(find, debug)
    }

    #[test]
    fn the_own_variable_decides() {
        let lambda = ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");
        assert_eq!(detect(&[("TUSK_FN_PROVIDER", "local"), lambda], false), Ok(Provider::Local));
        assert_eq!(detect(&[("TUSK_FN_PROVIDER", "aws")], true), Ok(Provider::Aws));
        let error = detect(&[("TUSK_FN_PROVIDER", "AWS"), lambda], false).unwrap_err();
        assert!(error.to_string().contains("did you mean `aws`?"), "{error}");
    }

    #[test]
    fn the_platform_is_recognised() {
        let set = |names: &[&'static str]| {
            let variables: Vec<(&str, &str)> = names.iter().map(|name| (*name, "x")).collect();
            [true, false].map(|debug| detect(&variables, debug))
        };
        for (variables, provider) in [
            (&["AWS_LAMBDA_RUNTIME_API"] as &[&str], Provider::Aws),
            (&["AWS_LAMBDA_RUNTIME_API", "FUNCTIONS_CUSTOMHANDLER_PORT", "K_SERVICE"], Provider::Aws),
            (&["FUNCTIONS_CUSTOMHANDLER_PORT"], Provider::Azure),
            (&["FUNCTIONS_CUSTOMHANDLER_PORT", "K_SERVICE"], Provider::Azure),
            (&["K_SERVICE", "FUNCTION_TARGET"], Provider::Google),
            (&["FUNCTION_TARGET"], Provider::Google),
            (&["K_SERVICE", "GOOGLE_CLOUD_PROJECT"], Provider::Google),
            (&["K_SERVICE", "K_REVISION", "K_CONFIGURATION", "PORT"], Provider::Knative),
            (&["K_SERVICE", "CARGO_MANIFEST_DIR"], Provider::Knative),
        ] {
            assert_eq!(set(variables), [Ok(provider), Ok(provider)], "{variables:?}");
        }
        assert_eq!(set(&["GOOGLE_CLOUD_PROJECT"]), [Ok(Provider::Local), Err(DetectError::Nowhere)], "a laptop has it");
    }

    #[test]
    fn a_release_build_is_never_local_by_itself() {
        assert_eq!(detect(&[], true), Ok(Provider::Local));
        assert_eq!(detect(&[("CARGO_MANIFEST_DIR", "/x")], false), Ok(Provider::Local));
        assert_eq!(detect(&[], false), Err(DetectError::Nowhere));
    }
}
