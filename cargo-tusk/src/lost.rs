//! Libraries whose functions are not in the program.
//!
//! A library that a program depends on and never names is not linked, and its functions vanish without a word. What such a
//! library declares stands in its own file all the same, so what is missing is known for certain.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use cargo_metadata::{DependencyKind, Metadata, NodeDep, PackageId, TargetKind};
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::suggest::listed;

use crate::binary;
use crate::cargo::{Built, Workspace};
use crate::error::Problem;
use crate::program::Program;

/// The package that functions are written with.
const TUSK_FN: &str = "tusk-fn";

/// A library whose functions are not in the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lost {
    /// The library as Rust code names it there.
    name: String,
    /// The missing functions.
    functions: BTreeSet<String>,
    /// The file that should name it.
    file: String,
}

impl Lost {
    /// What is printed about it.
    pub(crate) fn problem(&self) -> Problem {
        let Self { name, functions, file } = self;
        Problem {
            message: format!(
                "the functions of `{name}` are not in the program: {}",
                listed(functions.iter().map(String::as_str), "and")
            ),
            place: Some(file.clone()),
            help: Some(format!("the linker leaves out a library that nothing names; add `use {name} as _;` to {file}")),
        }
    }
}

/// The libraries whose functions are not among the program's `records`.
pub(crate) fn find(workspace: &Workspace, program: &Program, built: &Built, records: &[FunctionRecord]) -> Vec<Lost> {
    let present: HashSet<_> = records.iter().map(identity).collect();
    let mut users = dependents(&workspace.metadata);
    let linked = linked(&workspace.metadata, &program.package);
    users.retain(|package| linked.contains(package));
    let mut missing: BTreeMap<&PackageId, BTreeSet<String>> = BTreeMap::new();
    for library in built.libraries.iter().filter(|library| users.contains(&library.package)) {
        for record in binary::records_of_library(&library.path) {
            if !present.contains(&identity(&record)) {
                missing.entry(&library.package).or_default().insert(record.name);
            }
        }
    }
    missing
        .into_iter()
        .map(|(package, functions)| {
            let (name, file) = named_in(workspace, program, package);
            Lost { name, functions, file }
        })
        .collect()
}

/// What tells one function from all others.
fn identity(record: &FunctionRecord) -> (String, String, String) {
    (record.name.clone(), record.source.module.clone(), record.source.function.clone())
}

/// The packages that depend on tusk-fn, directly or not.
pub(crate) fn dependents(metadata: &Metadata) -> HashSet<PackageId> {
    let nodes = metadata.resolve.as_ref().map_or(&[][..], |resolve| resolve.nodes.as_slice());
    let mut found: HashSet<PackageId> =
        metadata.packages.iter().filter(|package| *package.name == TUSK_FN).map(|package| package.id.clone()).collect();
    let of_tusk_fn = found.clone();
    loop {
        let before = found.len();
        for node in nodes {
            if node.dependencies.iter().any(|it| found.contains(it)) {
                found.insert(node.id.clone());
            }
        }
        if found.len() == before {
            return found.difference(&of_tusk_fn).cloned().collect();
        }
    }
}

/// The packages whose libraries become part of the program: neither what build scripts use nor what macros are made of.
fn linked(metadata: &Metadata, program: &PackageId) -> HashSet<PackageId> {
    let mut found = HashSet::from([program.clone()]);
    let mut queue = vec![program.clone()];
    while let Some(package) = queue.pop() {
        for dependency in normal_dependencies(metadata, &package) {
            if !is_macro(metadata, &dependency.pkg) && found.insert(dependency.pkg.clone()) {
                queue.push(dependency.pkg.clone());
            }
        }
    }
    found
}

fn normal_dependencies<'a>(metadata: &'a Metadata, package: &PackageId) -> impl Iterator<Item = &'a NodeDep> {
    let node = metadata.resolve.as_ref().and_then(|resolve| resolve.nodes.iter().find(|node| node.id == *package));
    let is_normal = |it: &&NodeDep| it.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
    node.into_iter().flat_map(|node| &node.deps).filter(is_normal)
}

fn is_macro(metadata: &Metadata, package: &PackageId) -> bool {
    let package = metadata.packages.iter().find(|it| it.id == *package);
    package.is_some_and(|package| package.targets.iter().any(cargo_metadata::Target::is_proc_macro))
}

/// The library's name in Rust code and the file that should name it: the program's own if the package depends on the
/// library, else that of the nearest package which does.
fn named_in(workspace: &Workspace, program: &Program, library: &PackageId) -> (String, String) {
    let metadata = &workspace.metadata;
    let main_file = workspace.shown(&program.main_file);
    let mut queue = VecDeque::from([&program.package]);
    let mut seen = HashSet::from([&program.package]);
    while let Some(package) = queue.pop_front() {
        for dependency in normal_dependencies(metadata, package) {
            if dependency.pkg == *library {
                let of_package = if *package == program.package { None } else { library_file(workspace, package) };
                return (dependency.name.clone(), of_package.unwrap_or(main_file));
            }
            if seen.insert(&dependency.pkg) {
                queue.push_back(&dependency.pkg);
            }
        }
    }
    // The library of the program's own package.
    (library_target(workspace, library).map_or_else(String::new, |(name, _)| name), main_file)
}

fn library_file(workspace: &Workspace, package: &PackageId) -> Option<String> {
    library_target(workspace, package).map(|(_, file)| file)
}

/// The name and the root file of a package's library.
fn library_target(workspace: &Workspace, package: &PackageId) -> Option<(String, String)> {
    let package = workspace.metadata.packages.iter().find(|it| it.id == *package)?;
    let is_library = |kind: &TargetKind| matches!(kind, TargetKind::Lib | TargetKind::RLib);
    let target = package.targets.iter().find(|target| target.kind.iter().any(is_library))?;
    Some((target.name.replace('-', "_"), workspace.shown(target.src_path.as_std_path())))
}
