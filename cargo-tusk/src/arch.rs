//! The processor that a program is compiled for, which the provider has a say in.

use clap::ValueEnum;
use tusk_fn_manifest::Architecture;
use tusk_fn_spec::provider::Target;

/// A processor's name on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Arch {
    /// 64-bit ARM: on AWS the cheaper one
    #[value(alias = "aarch64")]
    Arm64,
    /// 64-bit x86
    #[value(name = "x86_64", alias = "x64", alias = "amd64")]
    X86_64,
}

/// The provider has no such processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` runs programs for {} only", .target.name(), .only.name())]
pub(crate) struct ArchError {
    target: Target,
    only: Arch,
}

impl ArchError {
    pub(crate) fn help(self) -> String {
        format!("leave `--arch` out, or write `--arch {}`", self.only.name())
    }
}

impl Arch {
    /// The processor that was chosen, or the one that is usual on the provider.
    ///
    /// # Errors
    /// The provider does not have it.
    pub(crate) fn choose(target: Target, chosen: Option<Self>) -> Result<Self, ArchError> {
        let usual = Self::from(Architecture::usual(target));
        let chosen = chosen.unwrap_or(usual);
        if Architecture::from(chosen).is_on(target) { Ok(chosen) } else { Err(ArchError { target, only: usual }) }
    }

    /// The name on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }

    /// The processor as rustc calls it.
    pub(crate) const fn rustc_name(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64",
            Self::X86_64 => "x86_64",
        }
    }

    /// The processor as container images call it.
    pub(crate) const fn image_name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "amd64",
        }
    }
}

impl From<Architecture> for Arch {
    fn from(architecture: Architecture) -> Self {
        match architecture {
            Architecture::Arm64 => Self::Arm64,
            Architecture::X86_64 => Self::X86_64,
        }
    }
}

impl From<Arch> for Architecture {
    fn from(arch: Arch) -> Self {
        match arch {
            Arch::Arm64 => Self::Arm64,
            Arch::X86_64 => Self::X86_64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_depends_on_the_provider() {
        let default = |target| Arch::choose(target, None);
        assert_eq!(default(Target::Aws), Ok(Arch::Arm64));
        assert_eq!(default(Target::Azure), Ok(Arch::X86_64));
        assert_eq!(default(Target::Google), Ok(Arch::X86_64));
        assert_eq!(default(Target::Knative), Ok(Arch::X86_64));
    }

    #[test]
    fn some_providers_have_one_processor_only() {
        for (target, arm_is_there) in
            [(Target::Aws, true), (Target::Knative, true), (Target::Azure, false), (Target::Google, false)]
        {
            assert_eq!(Arch::choose(target, Some(Arch::X86_64)), Ok(Arch::X86_64));
            assert_eq!(Arch::choose(target, Some(Arch::Arm64)).is_ok(), arm_is_there, "{target:?}");
        }
        let error = Arch::choose(Target::Google, Some(Arch::Arm64)).map_err(|error| (error.to_string(), error.help()));
        let said = ("`google` runs programs for x86_64 only", "leave `--arch` out, or write `--arch x86_64`");
        assert_eq!(error, Err((said.0.to_owned(), said.1.to_owned())));
    }
}
