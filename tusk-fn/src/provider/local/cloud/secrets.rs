//! Secrets: a variable of the environment each, or a file.

use std::io::ErrorKind;

use bytes::Bytes;

use super::LocalCloud;
use crate::output::OutputErrorKind;
use crate::provider::variable;

impl LocalCloud {
    /// A secret's value. An empty variable counts for none, as one whose own source was not set leaves it.
    pub(super) fn read_secret(&self, name: &str) -> Result<Bytes, OutputErrorKind> {
        let variable_name = format!("TUSK_FN_SECRET_{}", name.replace('-', "_").to_uppercase());
        if let Some(value) = variable(&variable_name).filter(|value| !value.is_empty()) {
            return Ok(value.into());
        }
        let path = self.folder().join("secrets").join(name);
        match std::fs::read(&path) {
            // Editors end a file with a line's end, which is no part of the secret.
            Ok(bytes) => {
                let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
                Ok(Bytes::copy_from_slice(line.strip_suffix(b"\r").unwrap_or(line)))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Err(OutputErrorKind::Unknown(format!(
                "set the environment variable `{variable_name}`, or write its value into the file {}",
                path.display()
            ))),
            Err(error) => Err(OutputErrorKind::Other(format!("{} cannot be read: {error}", path.display()))),
        }
    }
}
