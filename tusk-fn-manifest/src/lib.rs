//! Renders deployment manifests.
//!
//! Pure: a project goes in, files come out, nothing is read and nothing is written. `cargo tusk build` calls it, and so
//! may a `build.rs`, a test or an `xtask`. The same project gives the same bytes, in whatever order its functions come.
//!
//! Each provider has a module. A manifest says only what the functions' records say: what a function may do follows from
//! its trigger, and what a provider cannot do is an error or a note, never an approximation.
//!
//! ```
//! use tusk_fn_manifest::{Project, render};
//! use tusk_fn_spec::{provider::Target, record::FunctionRecord};
//!
//! let record = FunctionRecord::from_json(
//!     br#"{"v":1,"name":"users","trigger":{"kind":"http","route":"users","methods":["GET"]},
//!          "source":{"package":"users","module":"users","function":"users","file":"src/main.rs","line":1}}"#,
//! )?;
//! let manifest = render(&Project::new("users", vec![record]), Target::Aws).map_err(|errors| errors[0].to_string())?;
//! assert_eq!(manifest.files[0].path, "template.yaml");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod aws;
mod azure;
mod circle;
mod container;
mod error;
mod google;
mod json;
mod knative;
mod note;
mod resource;
mod routing;
mod selection;
mod uses;
mod yaml;

use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;

pub use error::{Place, RenderError, RenderErrorKind};
pub use knative::KnativeError;
pub use note::{Note, NoteKind};
pub use resource::{EVENT_BUS, Existing, ResourceKind};
pub use routing::{Routing, ServedRoute, routing};

/// What is to be deployed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Project {
    /// The program's name, for people.
    pub name: String,
    /// Its functions, in any order; those that are not for the target are left out.
    pub functions: Vec<FunctionRecord>,
    /// What the program is compiled for; without it, what is usual on the provider.
    pub architecture: Option<Architecture>,
    /// The command that writes the manifests again, for their first lines; without it, `cargo tusk build` for the provider.
    pub command: Option<String>,
    /// Resources that are there already; what else the functions refer to is made.
    pub existing: Vec<Existing>,
    /// The keys that encrypt some of these resources: each is what the provider calls the key, by the resource that it
    /// encrypts.
    pub keys: Vec<Existing>,
}

impl Project {
    /// A project with this name and these functions.
    pub fn new(name: impl Into<String>, functions: Vec<FunctionRecord>) -> Self {
        Self { name: name.into(), functions, architecture: None, command: None, existing: Vec::new(), keys: Vec::new() }
    }

    /// The same project, compiled for another processor.
    #[must_use]
    pub fn with_architecture(self, architecture: Architecture) -> Self {
        Self { architecture: Some(architecture), ..self }
    }

    /// The same project, written again by another command.
    #[must_use]
    pub fn with_command(self, command: impl Into<String>) -> Self {
        Self { command: Some(command.into()), ..self }
    }

    /// The same project, with a resource that is there already: nothing is made for that logical name, and functions use what
    /// `physical` names: on AWS by its ARN, on Google by its whole name (`projects/…/topics/…`), a bucket by its own, on Knative by an
    /// object's name. How it is set up stays as it is; a note says what a trigger needs of it.
    ///
    /// On AWS, a table that triggers a function is named by the ARN of its stream. The event bus is called [`EVENT_BUS`].
    ///
    /// ```
    /// use tusk_fn_manifest::{Project, ResourceKind};
    ///
    /// let orders = "arn:aws:sqs:eu-central-1:123456789012:orders";
    /// let project = Project::new("shop", Vec::new()).with_existing(ResourceKind::Queue, "orders", orders);
    /// assert_eq!(project.existing[0].physical, orders);
    /// ```
    #[must_use]
    pub fn with_existing(mut self, kind: ResourceKind, name: impl Into<String>, physical: impl Into<String>) -> Self {
        self.existing.push(Existing { kind, name: name.into(), physical: physical.into() });
        self
    }

    /// The same project, with the key that encrypts a resource that is there already, on AWS by its ARN: functions may
    /// use the key for what they do with the resource, and nothing more. What AWS's own keys encrypt needs none, and an
    /// event bus decrypts what it is given itself.
    ///
    /// ```
    /// use tusk_fn_manifest::{Project, ResourceKind};
    ///
    /// let project = Project::new("shop", Vec::new())
    ///     .with_existing(ResourceKind::Queue, "orders", "arn:aws:sqs:eu-central-1:123456789012:orders")
    ///     .with_key(ResourceKind::Queue, "orders", "arn:aws:kms:eu-central-1:123456789012:key/1234abcd");
    /// assert_eq!(project.keys[0].name, "orders");
    /// ```
    #[must_use]
    pub fn with_key(mut self, kind: ResourceKind, name: impl Into<String>, physical: impl Into<String>) -> Self {
        self.keys.push(Existing { kind, name: name.into(), physical: physical.into() });
        self
    }

    /// What the program is compiled for.
    fn architecture_for(&self, target: Target) -> Architecture {
        self.architecture.unwrap_or(Architecture::usual(target))
    }

    /// The command that writes the manifests again, on one line.
    fn command_for(&self, target: Target) -> String {
        let command = self.command.clone().unwrap_or_else(|| format!("cargo tusk build --provider {}", target.name()));
        command.replace(char::is_control, " ")
    }
}

/// The processor that a program is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// 64-bit ARM: on AWS the cheaper one.
    Arm64,
    /// 64-bit x86.
    X86_64,
}

impl Architecture {
    /// What is usual on a provider, where nothing else is asked for.
    pub const fn usual(target: Target) -> Self {
        match target {
            Target::Aws => Self::Arm64,
            Target::Azure | Target::Google | Target::Knative => Self::X86_64,
        }
    }

    /// The name, as `cargo tusk build --arch` has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }

    /// Whether a provider has such processors for functions. Cloud Run ("Container runtime contract") and Azure's Flex
    /// Consumption plan ("Azure Functions Flex Consumption plan hosting") run x86 only.
    pub const fn is_on(self, target: Target) -> bool {
        match (self, target) {
            (Self::X86_64, _) | (Self::Arm64, Target::Aws | Target::Knative) => true,
            (Self::Arm64, Target::Azure | Target::Google) => false,
        }
    }
}

/// What a provider is given, and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Manifest {
    /// The files.
    pub files: Vec<File>,
    /// What differs from what one might expect.
    pub notes: Vec<Note>,
}

/// A file of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path, relative to the folder that the manifest is written to, with `/`.
    pub path: String,
    /// Its text.
    pub contents: String,
    /// Whether it is a script that people run.
    pub executable: bool,
}

impl File {
    /// A script that people run.
    fn script(path: impl Into<String>, contents: impl Into<String>) -> Self {
        Self { executable: true, ..Self::new(path, contents) }
    }

    /// A file that is only read.
    fn new(path: impl Into<String>, contents: impl Into<String>) -> Self {
        Self { path: path.into(), contents: contents.into(), executable: false }
    }
}

/// What a program is packed into for a provider, beside its manifests, which refer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Package {
    /// The archive's name, in the folder that the manifests are written to.
    pub archive: &'static str,
    /// The program's name in the archive.
    pub program: &'static str,
    /// The folder of the manifests that are packed with the program, with `/` at its end, if there are such.
    pub folder: Option<&'static str>,
}

impl Package {
    /// For a provider that takes an archive.
    pub const fn of(target: Target) -> Option<Self> {
        match target {
            Target::Aws => Some(aws::PACKAGE),
            Target::Azure => Some(azure::PACKAGE),
            Target::Google | Target::Knative => None,
        }
    }

    /// The name that a file has in the archive, if it is packed.
    pub fn name_of<'f>(&self, file: &'f File) -> Option<&'f str> {
        let name = file.path.strip_prefix(self.folder?)?;
        (name != azure::LOCAL_SETTINGS).then_some(name)
    }
}

/// Renders the manifests of a project for one provider.
///
/// # Errors
/// All faults at once: what the provider does not allow, what its schedules cannot say, what is declared twice.
pub fn render(project: &Project, target: Target) -> Result<Manifest, Vec<RenderError>> {
    match target {
        Target::Aws => aws::render(project),
        Target::Azure => azure::render(project),
        Target::Google => google::render(project),
        Target::Knative => knative::render(project),
    }
}
