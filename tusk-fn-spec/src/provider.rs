//! The platforms that a function can be deployed to.

use serde::{Deserialize, Serialize};

/// A platform that functions are deployed to: what `targets = [...]` lists and `cargo tusk build --provider` takes.
///
/// The programmer's own machine is not one: every function runs there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// AWS Lambda.
    Aws,
    /// Azure Functions, as a custom handler.
    Azure,
    /// Google Cloud Run functions.
    Google,
    /// Knative Serving and Eventing.
    Knative,
}

impl Target {
    /// Every target, in the order in which messages list them.
    pub const ALL: [Self; 4] = [Self::Aws, Self::Azure, Self::Google, Self::Knative];

    /// The name as the attribute and the command line spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::Google => "google",
            Self::Knative => "knative",
        }
    }

    /// The identifier of the runtime's marker for it.
    pub const fn marker(self) -> &'static str {
        match self {
            Self::Aws => "Aws",
            Self::Azure => "Azure",
            Self::Google => "Google",
            Self::Knative => "Knative",
        }
    }

    /// The target of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }
}
