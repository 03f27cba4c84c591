//! What can be typed.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use tusk_fn_manifest::{EVENT_BUS, ResourceKind};
use tusk_fn_spec::provider::Target;

use crate::arch::Arch;
use crate::registry::Reference;
use crate::template::Kind;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  a check failed: manifests are stale, functions are missing from the program, or the provider cannot run them
  2  the command could not be carried out, or was not understood";

/// Makes, lists, checks and packages the functions of a tusk-fn program
#[derive(Debug, Parser)]
#[command(name = "cargo-tusk", bin_name = "cargo tusk", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a package with a function that builds, runs and passes its test
    New(NewOptions),
    /// Add a function of any kind to a program
    Add(AddOptions),
    /// List the functions of a program, without running it
    List(ListOptions),
    /// List which requests reach which function, in the order in which they are tried
    Routes(RoutesOptions),
    /// List when timers fire next
    Schedule(ScheduleOptions),
    /// Tell what becomes of each function on each platform: exact, emulated or impossible, and why
    ///
    /// The package is built, and run to where `App` begins: only the compiled program knows whether an init makes every state that a
    /// function takes. A binary that is named is read, and not run.
    Check(CheckOptions),
    /// Compile a program for a provider, package it, and write its deployment manifests
    Build(BuildOptions),
    /// Write a program's deployment manifests alone, as `build` does
    Manifest(ManifestOptions),
    /// Print what a shell needs to complete these commands
    Completions(CompletionsOptions),
}

/// `cargo tusk list`
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct ListOptions {
    /// Print the functions' records as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) program: ProgramOptions,
}

/// `cargo tusk check`
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct CheckOptions {
    /// Only this platform, which then must be able to run every function that is for it [default: all]
    #[arg(long, value_name = "PROVIDER")]
    pub(crate) provider: Option<Provider>,
    /// Print the verdicts as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) program: ProgramOptions,
}

/// A program that is only read.
#[derive(Args, Debug)]
pub(crate) struct ProgramOptions {
    /// A built program (ELF, Mach-O or PE, for any processor); without it, the package is built first
    #[arg(conflicts_with_all = ["release", "package", "bin", "features", "all_features", "no_default_features"])]
    pub(crate) binary: Option<PathBuf>,
    /// Build with the release profile
    #[arg(long, short)]
    pub(crate) release: bool,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// `cargo tusk build`
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct BuildOptions {
    #[command(flatten)]
    pub(crate) manifest: ManifestOptions,
    /// Push the image, such as `registry.example.com/team/shop:1.2`, and print what it can be deployed by
    ///
    /// For providers that run images. The login is what `docker login`, `podman login` or a credential helper has kept; a
    /// registry on this machine is spoken to without TLS.
    #[arg(long, value_name = "REFERENCE", conflicts_with = "check")]
    pub(crate) push: Option<Reference>,
    /// Push without TLS: what is sent, the login too, can be read and changed on the way
    #[arg(long, requires = "push")]
    pub(crate) insecure: bool,
}

/// `cargo tusk manifest`
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct ManifestOptions {
    /// Where the program is to run
    #[arg(long, value_name = "PROVIDER")]
    pub(crate) provider: Provider,
    /// The processor to compile for [default: `arm64` for AWS, `x86_64` for the others]
    #[arg(long, value_name = "ARCH")]
    pub(crate) arch: Option<Arch>,
    /// The folder to write to [default: `tusk/PROVIDER` in cargo's target directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Use a resource that is there already instead of creating one, such as `queue/orders=arn:aws:sqs:…`, or on Google
    /// `queue/orders=projects/…/topics/…`; may be repeated
    #[arg(long, value_name = "KIND/NAME=ID")]
    pub(crate) existing: Vec<ExistingArgument>,
    /// Let functions use the key (AWS KMS) that encrypts a resource of `--existing`, such as
    /// `queue/orders=arn:aws:kms:…`; may be repeated
    #[arg(long, value_name = "KIND/NAME=ARN", requires = "existing")]
    pub(crate) key: Vec<ExistingArgument>,
    /// Compare the manifests in the folder with what would be written, and write nothing
    ///
    /// Prints the difference and exits with 1 if there is one. The packaged program is not compared.
    #[arg(long)]
    pub(crate) check: bool,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// `cargo tusk routes`
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct RoutesOptions {
    /// As this platform serves them [default: as the program itself does, on your machine]
    #[arg(long, value_name = "PROVIDER")]
    pub(crate) provider: Option<Provider>,
    /// Print the routes as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) program: ProgramOptions,
}

/// `cargo tusk schedule`
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct ScheduleOptions {
    /// How many runs of each timer, at most 100
    #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) count: u8,
    /// The runs after this instant, such as `2026-03-29T00:00:00Z` [default: now]
    #[arg(long, value_name = "INSTANT")]
    pub(crate) from: Option<Timestamp>,
    /// Print the runs as JSON, in UTC
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) program: ProgramOptions,
}

/// `cargo tusk new`
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct NewOptions {
    /// The folder to make
    pub(crate) path: PathBuf,
    /// What invokes its first function
    #[arg(long, value_name = "KIND", default_value = "http")]
    pub(crate) trigger: Kind,
    /// The package's name [default: the folder's]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The first function's name [default: hello]
    #[arg(long, value_name = "NAME")]
    pub(crate) function: Option<String>,
    /// Where tusk-fn is: a checkout of its repository [default: the released crate]
    #[arg(long, value_name = "DIR")]
    pub(crate) tusk_fn: Option<PathBuf>,
}

/// `cargo tusk add`
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct AddOptions {
    /// What invokes the function
    #[arg(value_name = "TRIGGER")]
    pub(crate) trigger: Kind,
    /// Its name: lower-case letters, digits, `-` and `_`
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// `cargo tusk completions`
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct CompletionsOptions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// Which program, in the words of cargo.
#[derive(Args, Debug)]
#[command(next_help_heading = "Selection")]
pub(crate) struct Selection {
    /// The package that the program belongs to
    #[arg(long, short, value_name = "PACKAGE")]
    pub(crate) package: Option<String>,
    /// The program, if the package has several
    #[arg(long, value_name = "NAME")]
    pub(crate) bin: Option<String>,
    /// Features to activate, separated by blanks or commas
    #[arg(long, short = 'F', value_name = "FEATURES")]
    pub(crate) features: Vec<String>,
    /// Activate all features
    #[arg(long)]
    pub(crate) all_features: bool,
    /// Do not activate the feature `default`
    #[arg(long)]
    pub(crate) no_default_features: bool,
    /// The Cargo.toml to use
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
    /// Fail if Cargo.lock would change
    #[arg(long)]
    pub(crate) locked: bool,
}

impl Selection {
    /// What says which features, as cargo takes it: the same for equal sets.
    pub(crate) fn feature_arguments(&self) -> Vec<String> {
        let mut features: Vec<&str> =
            self.features.iter().flat_map(|it| it.split([',', ' '])).filter(|it| !it.is_empty()).collect();
        features.sort_unstable();
        features.dedup();
        let mut arguments = Vec::new();
        if self.no_default_features {
            arguments.push("--no-default-features".to_owned());
        }
        if self.all_features {
            arguments.push("--all-features".to_owned());
        } else if !features.is_empty() {
            arguments.extend(["--features".to_owned(), features.join(",")]);
        }
        arguments
    }
}

/// A resource that is there already, or its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExistingArgument {
    pub(crate) kind: ResourceKind,
    pub(crate) name: String,
    pub(crate) physical: String,
}

impl FromStr for ExistingArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (logical, physical) = text.split_once('=').filter(|(_, physical)| !physical.is_empty()).ok_or(
            "write what it is, its logical name and what the provider calls it, such as \
             `queue/orders=arn:aws:sqs:eu-central-1:1:orders`",
        )?;
        let (word, name) = logical.split_once('/').unwrap_or((logical, EVENT_BUS));
        let words = || ResourceKind::ALL.map(|kind| kind.name().replace(' ', "-"));
        let kind = words().iter().position(|known| known == word).map(|at| ResourceKind::ALL[at]);
        match kind {
            Some(ResourceKind::EventBus) if name != EVENT_BUS => {
                Err("a program has one event bus: write `event-bus=ID`".to_owned())
            }
            Some(kind) if logical.contains('/') || kind == ResourceKind::EventBus => {
                Ok(Self { kind, name: name.to_owned(), physical: physical.to_owned() })
            }
            Some(kind) => Err(format!("which {kind} is meant? write `{word}/NAME={physical}`")),
            None => Err(format!("there is no kind of resource `{word}`: write one of {}", words().join(", "))),
        }
    }
}

/// A provider's name on the command line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Provider(pub(crate) Target);

impl ValueEnum for Provider {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Provider; Target::ALL.len()] = {
            let [a, b, c, d] = Target::ALL;
            [Provider(a), Provider(b), Provider(c), Provider(d)]
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name()))
    }
}

/// Reads the command line, or prints help or what is wrong with it and ends the process.
///
/// Cargo calls `cargo-tusk tusk …` for `cargo tusk …`; without the word it works too.
pub(crate) fn parse() -> Arguments {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|it| it == "tusk") {
        arguments.remove(1);
    }
    Arguments::parse_from(arguments)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_resource_that_is_there_is_named_by_kind_name_and_arn() {
        let read = |text: &str| text.parse::<ExistingArgument>();
        let table = read("table/shop/stock=arn:aws:dynamodb:eu-central-1:1:table/x").unwrap();
        assert_eq!((table.kind, &*table.name), (ResourceKind::Table, "shop/stock"));
        let bus = read("event-bus=arn:aws:events:eu-central-1:1:event-bus/x").unwrap();
        assert_eq!((bus.kind, &*bus.name), (ResourceKind::EventBus, EVENT_BUS));
        for (text, said) in [
            ("queue/orders", "write what it is"),
            ("queue/orders=", "write what it is"),
            ("queue=arn", "which queue is meant?"),
            ("queues/orders=arn", "there is no kind of resource `queues`"),
            ("event-bus/mine=arn", "one event bus"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn equal_sets_of_features_read_equal() {
        let features = |typed: &[&str]| {
            let arguments = [&["cargo-tusk", "list"], typed].concat();
            let Command::List(options) = Arguments::try_parse_from(arguments).unwrap().command else {
                return Vec::new();
            };
            options.program.selection.feature_arguments()
        };
        assert_eq!(features(&["-F", "b a"]), ["--features", "a,b"]);
        assert_eq!(features(&["-F", "a", "--features", "b,a"]), ["--features", "a,b"]);
        assert!(features(&[]).is_empty());
    }
}
