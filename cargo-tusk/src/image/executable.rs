//! Whether a program can run in a container that has nothing but it.

use object::read::elf::{ElfFile64, FileHeader as _, ProgramHeader as _};
use object::{Architecture, Endianness, Object as _, elf};

use crate::arch::Arch;

/// Why a program cannot run in an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ExecutableError {
    /// It is no program for Linux.
    #[error("the program is no ELF file for 64-bit Linux")]
    NotElf { arch: Arch },
    /// It is for another processor.
    #[error("the program is for {found:?}, and the image for {}", .arch.name())]
    OtherProcessor { found: Architecture, arch: Arch },
    /// It is a library or an object file.
    #[error("the file is a library or an object file, and no program")]
    NoEntry { arch: Arch },
    /// It needs a loader and libraries, which the image does not have.
    #[error("the program is linked dynamically, and an image has no libraries")]
    Dynamic { arch: Arch },
}

impl ExecutableError {
    pub(crate) fn help(self) -> String {
        match self {
            Self::NotElf { arch } | Self::OtherProcessor { arch, .. } | Self::NoEntry { arch } => {
                format!("build it for `{}-unknown-linux-musl`, as `cargo tusk build` does", arch.rustc_name())
            }
            Self::Dynamic { arch } => format!(
                "build it for `{}-unknown-linux-musl`, and look in cargo's configuration and RUSTFLAGS for \
                 `-C target-feature=-crt-static`, `-C link-arg` and a linker that undo static linking",
                arch.rustc_name()
            ),
        }
    }
}

/// Makes sure that a program runs on this processor with no other file.
pub(super) fn check(program: &[u8], arch: Arch) -> Result<(), ExecutableError> {
    let file = ElfFile64::<Endianness>::parse(program).map_err(|_| ExecutableError::NotElf { arch })?;
    let expected = match arch {
        Arch::Arm64 => Architecture::Aarch64,
        Arch::X86_64 => Architecture::X86_64,
    };
    let found = file.architecture();
    if found != expected || file.endianness() != Endianness::Little {
        return Err(ExecutableError::OtherProcessor { found, arch });
    }
    let (header, endian) = (file.elf_header(), file.endian());
    let runs = matches!(header.e_type(endian), elf::ET_EXEC | elf::ET_DYN) && header.e_entry(endian) != 0;
    if !runs {
        return Err(ExecutableError::NoEntry { arch });
    }
    // The path of the loader. A program that is linked statically has none, also where it can be put at any address.
    if file.elf_program_headers().iter().any(|segment| segment.p_type(endian) == elf::PT_INTERP) {
        return Err(ExecutableError::Dynamic { arch });
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The head of a program, with one segment of this type.
    pub(crate) fn program(machine: u16, segment: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
        bytes.extend(3_u16.to_le_bytes()); // e_type: ET_DYN
        bytes.extend(machine.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        for word in [0x1000_u64, 64, 0] {
            bytes.extend(word.to_le_bytes()); // e_entry, e_phoff, e_shoff
        }
        bytes.extend(0_u32.to_le_bytes());
        for half in [64_u16, 56, 1, 64, 0, 0] {
            bytes.extend(half.to_le_bytes());
        }
        bytes.extend(segment.to_le_bytes());
        bytes.resize(64 + 56, 0);
        bytes
    }

    /// A program that can run in an image.
    pub(crate) fn static_program() -> Vec<u8> {
        program(elf::EM_X86_64.0, elf::PT_LOAD.0)
    }

    #[test]
    fn only_static_programs_for_the_processor_are_taken() {
        let checked = |program: &[u8], arch| check(program, arch);
        let (x86, arm) = (elf::EM_X86_64.0, elf::EM_AARCH64.0);
        assert_eq!(checked(&program(x86, elf::PT_LOAD.0), Arch::X86_64), Ok(()));
        assert_eq!(checked(&program(arm, elf::PT_LOAD.0), Arch::Arm64), Ok(()));
        assert_eq!(
            checked(&program(arm, elf::PT_LOAD.0), Arch::X86_64),
            Err(ExecutableError::OtherProcessor { found: Architecture::Aarch64, arch: Arch::X86_64 })
        );
        assert_eq!(
            checked(&program(x86, elf::PT_INTERP.0), Arch::X86_64),
            Err(ExecutableError::Dynamic { arch: Arch::X86_64 })
        );
        assert_eq!(checked(b"#!/bin/sh\n", Arch::X86_64), Err(ExecutableError::NotElf { arch: Arch::X86_64 }));
        let mut library = program(x86, elf::PT_LOAD.0);
        library[24..32].fill(0);
        assert_eq!(checked(&library, Arch::X86_64), Err(ExecutableError::NoEntry { arch: Arch::X86_64 }));
    }

    #[test]
    fn what_this_machine_made_for_itself_is_dynamic() {
        let this = std::env::current_exe().and_then(std::fs::read).unwrap_or_default();
        let arch = if cfg!(target_arch = "aarch64") { Arch::Arm64 } else { Arch::X86_64 };
        if cfg!(all(target_os = "linux", target_env = "gnu")) {
            assert_eq!(check(&this, arch), Err(ExecutableError::Dynamic { arch }));
        }
    }
}
