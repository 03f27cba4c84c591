//! The functions of a program: of one that is built already, or of one that is built first.

use std::path::PathBuf;

use tusk_fn_spec::record::FunctionRecord;

use crate::cargo::{self, Profile, Workspace};
use crate::cli::ProgramOptions;
use crate::error::{Error, Problem};
use crate::lost::Lost;
use crate::{ask, binary, console, lost};

/// What a program declares.
pub(crate) struct Functions {
    pub(crate) records: Vec<FunctionRecord>,
    lost: Vec<Lost>,
    /// The program, if it was built for this machine.
    executable: Option<PathBuf>,
}

impl Functions {
    /// Reads them out of the program, without running it.
    pub(crate) fn load(options: &ProgramOptions) -> Result<Self, Error> {
        if let Some(path) = &options.binary {
            return Ok(Self { records: binary::records_of_program(path)?, lost: Vec::new(), executable: None });
        }
        let workspace = Workspace::load(&options.selection)?;
        let program = workspace.program(&options.selection)?;
        let profile = if options.release { Profile::Release } else { Profile::Debug };
        let built = cargo::build(&program, &options.selection, profile, None)?;
        let records = binary::records_in_program(&binary::read(&built.executable)?, &built.executable)?;
        let lost = lost::find(&workspace, &program, &built, &records);
        if records.is_empty() && lost.is_empty() {
            return Err(Error::NoFunctions { path: built.executable });
        }
        Ok(Self { records, lost, executable: Some(built.executable) })
    }

    /// What the program itself says is wrong with its states; nothing of one that was only read.
    pub(crate) fn faulty_states(&self) -> Vec<Problem> {
        let Some(executable) = &self.executable else { return Vec::new() };
        ask::faults_of(executable).unwrap_or_else(|| {
            console::print_note(&Problem {
                message: "the program did not say whether it has all states: its `main` did not come to `App`"
                    .to_owned(),
                place: None,
                help: None,
            });
            Vec::new()
        })
    }

    /// Fails if libraries declare functions that are not in the program.
    pub(crate) fn none_lost(self) -> Result<(), Error> {
        if self.lost.is_empty() { Ok(()) } else { Err(Error::Lost(self.lost)) }
    }
}
