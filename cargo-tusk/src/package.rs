//! What a provider is given to run: an archive that is uploaded, or a container image.

use std::path::Path;

use tusk_fn_manifest::{File, Package as Layout};
use tusk_fn_spec::provider::Target;

use crate::arch::Arch;
use crate::archive::{self, Entry};
use crate::error::Error;
use crate::files;
use crate::image::{self, Image};

/// The folder of the image.
const IMAGE: &str = "image";

/// A program as a provider takes it.
#[derive(Debug)]
pub(crate) enum Package {
    /// A file with the program in it.
    Archive(Box<Archive>),
    /// What containers are started from.
    Image(Box<Image>),
}

/// An archive, as manifests refer to it.
#[derive(Debug)]
pub(crate) struct Archive {
    layout: Layout,
    packed: Vec<u8>,
    /// The program, which lies beside what else is packed, if something is: to be looked at and tried.
    program: Vec<u8>,
}

/// What is packaged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contents<'a> {
    /// The manifests, of which some are packed with the program.
    pub(crate) files: &'a [File],
    pub(crate) name: &'a str,
    pub(crate) version: &'a str,
    pub(crate) program: &'a [u8],
    pub(crate) arch: Arch,
}

/// Whether programs for this provider are packaged as images.
pub(crate) const fn is_image(target: Target) -> bool {
    Layout::of(target).is_none()
}

impl Package {
    /// Packages a program for a provider.
    pub(crate) fn make(target: Target, contents: &Contents<'_>) -> Result<Self, Error> {
        let Contents { files, name, version, program, arch } = *contents;
        if let Some(layout) = Layout::of(target) {
            let beside = files.iter().filter_map(|file| {
                let name = layout.name_of(file)?;
                Some(Entry { name, contents: file.contents.as_bytes(), executable: file.executable })
            });
            let program = Entry { name: layout.program, contents: program, executable: true };
            let packed = archive::pack(beside.chain([program]).collect()).map_err(Error::Archive)?;
            return Ok(Self::Archive(Box::new(Archive { layout, packed, program: program.contents.to_vec() })));
        }
        let source = image::Source { name, version, program, arch };
        image::build(&source).map(|image| Self::Image(Box::new(image))).map_err(Error::Image)
    }

    /// Writes it to the provider's folder.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Error> {
        match self {
            Self::Archive(archive) => {
                let Archive { layout, packed, program } = &**archive;
                files::write(&folder.join(layout.archive), packed, false)?;
                match layout.folder {
                    Some(beside) => files::write(&folder.join(beside).join(layout.program), program, true),
                    None => Ok(()),
                }
            }
            Self::Image(image) => {
                let path = folder.join(IMAGE);
                image::write(image, &path).map_err(|source| Error::Write { path: path.clone(), source })?;
                files::print_written(&path, image.size());
                Ok(())
            }
        }
    }

    /// The image, if it is one.
    pub(crate) fn image(&self) -> Option<&Image> {
        match self {
            Self::Archive(_) => None,
            Self::Image(image) => Some(image),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;
    use crate::image::tests::static_program;

    #[test]
    fn each_provider_has_its_package() {
        let program = static_program();
        let contents = Contents { files: &[], name: "shop", version: "1.0.0", program: &program, arch: Arch::X86_64 };
        for (target, expected) in [
            (Target::Aws, "bootstrap.zip"),
            (Target::Azure, "app.zip"),
            (Target::Azure, "app/handler"),
            (Target::Google, "image/index.json"),
            (Target::Knative, "image/index.json"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let package = Package::make(target, &contents).unwrap();
            package.write(folder.path()).unwrap();
            assert!(folder.path().join(expected).is_file(), "{target:?}");
            assert_eq!(package.image().is_some(), is_image(target));
        }
    }

    #[test]
    fn an_image_of_what_cannot_run_in_it_is_refused() {
        let program = b"#!/bin/sh\n";
        let contents = Contents { files: &[], name: "shop", version: "1.0.0", program, arch: Arch::X86_64 };
        let error = Package::make(Target::Knative, &contents).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        let [problem] = &error.problems()[..] else { panic!("not one problem") };
        assert_eq!(problem.message, "the program is no ELF file for 64-bit Linux");
        assert!(problem.help.as_ref().unwrap().contains("x86_64-unknown-linux-musl"));
    }
}
