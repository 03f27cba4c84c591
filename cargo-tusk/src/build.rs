//! `cargo tusk build`: a program, packaged, with its manifests.

use std::io::Write as _;

use crate::arch::Arch;
use crate::cargo::{self, Profile, Workspace};
use crate::cli::BuildOptions;
use crate::cross::Cross;
use crate::error::Error;
use crate::files::size;
use crate::image::Image;
use crate::package::{Contents, Package, is_image};
use crate::registry::{self, Reference};
use crate::{binary, console, manifest};

pub(crate) fn run(options: &BuildOptions) -> Result<(), Error> {
    let common = &options.manifest;
    let target = common.provider.0;
    if options.push.is_some() && !is_image(target) {
        return Err(Error::NothingToPush { target });
    }
    let arch = Arch::choose(target, common.arch).map_err(Error::Arch)?;
    let workspace = Workspace::load(&common.selection)?;
    let program = workspace.program(&common.selection)?;
    let cross = Cross::prepare(arch, target)?;
    let built = cargo::build(&program, &common.selection, Profile::Release, Some(&cross))?;
    let bytes = binary::read(&built.executable)?;
    let manifest = manifest::rendered(&workspace, &program, &built, &bytes, arch, common)?;
    let folder = manifest::folder(&workspace, common);
    let files = &manifest.files;
    if common.check {
        return manifest::check(target, &folder, files);
    }
    let contents = Contents { files, name: &program.bin, version: &program.version, program: &bytes, arch };
    let package = Package::make(target, &contents)?;
    package.write(&folder)?;
    manifest::write(target, &folder, files)?;
    match (package.image(), &options.push) {
        (Some(image), Some(reference)) => push(image, reference, options.insecure),
        _ => Ok(()),
    }
}

/// Pushes an image, and prints what it can be deployed by: on standard output, for scripts.
fn push(image: &Image, reference: &Reference, insecure: bool) -> Result<(), Error> {
    console::print_status("Pushing", format_args!("{reference} ({})", size(image.size())));
    registry::push(image, reference, insecure).map_err(|error| Error::Push(Box::new(error)))?;
    writeln!(anstream::stdout().lock(), "{}", reference.with_digest(image.digest())).map_err(Error::Output)
}
