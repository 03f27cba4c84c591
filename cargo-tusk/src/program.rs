//! Which program is meant.

use std::path::PathBuf;

use cargo_metadata::{Package, PackageId, Target};

use crate::cargo::Workspace;
use crate::cli::Selection;
use crate::error::Error;
use crate::lost;

/// A program of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// Its package.
    pub(crate) package: PackageId,
    /// Its package's `Cargo.toml`.
    pub(crate) manifest: PathBuf,
    /// Its package's version.
    pub(crate) version: String,
    /// Its name.
    pub(crate) bin: String,
    /// The file with its `main`.
    pub(crate) main_file: PathBuf,
    /// What chooses it among the workspace's programs: nothing, a package, or a package and a name.
    pub(crate) choice: Vec<String>,
}

type Candidate<'a> = (&'a Package, &'a Target);

impl Workspace {
    /// The program that is meant: the one that is named, the package's `default-run`, or the only one, at first among
    /// those that depend on tusk-fn.
    pub(crate) fn program(&self, selection: &Selection) -> Result<Program, Error> {
        let packages = self.packages(selection.package.as_deref())?;
        let all: Vec<Candidate<'_>> = packages.iter().flat_map(|package| programs(package)).collect();
        if all.is_empty() {
            return Err(Error::NoProgram { packages: packages.iter().map(|it| it.name.to_string()).collect() });
        }
        let candidates = match &selection.bin {
            Some(name) => all.iter().copied().filter(|(_, target)| target.name == *name).collect(),
            None => self.likeliest(&all),
        };
        match (candidates.as_slice(), &selection.bin) {
            ([(package, target)], _) => Ok(self.chosen(package, target)),
            ([], Some(name)) => Err(Error::UnknownProgram { name: name.clone(), known: names(&all) }),
            _ => Err(Error::SeveralPrograms { known: names(&candidates) }),
        }
    }

    /// The package of that name, the current one, or the workspace's default members.
    fn packages(&self, name: Option<&str>) -> Result<Vec<&Package>, Error> {
        let Some(name) = name else {
            return Ok(match self.metadata.root_package() {
                Some(package) => vec![package],
                None if self.metadata.workspace_default_members.is_available() => {
                    self.metadata.workspace_default_packages()
                }
                None => self.metadata.workspace_packages(),
            });
        };
        let members = self.metadata.workspace_packages();
        if let Some(package) = members.iter().copied().find(|package| *package.name == name) {
            return Ok(vec![package]);
        }
        let known = members.iter().map(|package| package.name.to_string()).collect();
        Err(Error::UnknownPackage { name: name.to_owned(), known })
    }

    fn likeliest<'a>(&self, all: &[Candidate<'a>]) -> Vec<Candidate<'a>> {
        let users = lost::dependents(&self.metadata);
        let is_default =
            |(package, target): &Candidate<'_>| package.default_run.as_ref().is_none_or(|it| *it == target.name);
        let of_tusk_fn: Vec<_> =
            all.iter().copied().filter(|(package, _)| users.contains(&package.id)).filter(is_default).collect();
        if of_tusk_fn.is_empty() { all.iter().copied().filter(is_default).collect() } else { of_tusk_fn }
    }

    fn chosen(&self, package: &Package, target: &Target) -> Program {
        let mut choice = Vec::new();
        if self.metadata.workspace_members.len() > 1 {
            choice.extend(["--package".to_owned(), package.name.to_string()]);
        }
        if programs(package).count() > 1 {
            choice.extend(["--bin".to_owned(), target.name.clone()]);
        }
        Program {
            package: package.id.clone(),
            manifest: package.manifest_path.clone().into(),
            version: package.version.to_string(),
            bin: target.name.clone(),
            main_file: target.src_path.clone().into(),
            choice,
        }
    }
}

fn programs(package: &Package) -> impl Iterator<Item = Candidate<'_>> {
    package.targets.iter().filter(|target| target.is_bin()).map(move |target| (package, target))
}

fn names(candidates: &[Candidate<'_>]) -> Vec<String> {
    candidates.iter().map(|(_, target)| target.name.clone()).collect()
}
