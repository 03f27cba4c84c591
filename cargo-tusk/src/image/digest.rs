//! What a blob is called: by its contents.

use std::fmt::{self, Write as _};

use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digest {
    hexadecimal: String,
}

impl Digest {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut hexadecimal = String::new();
        for byte in Sha256::digest(bytes) {
            // Writing to a string does not fail.
            let _ = write!(hexadecimal, "{byte:02x}");
        }
        Self { hexadecimal }
    }

    /// The part after `sha256:`.
    pub(crate) fn hexadecimal(&self) -> &str {
        &self.hexadecimal
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hexadecimal)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_written_as_the_specification_has_it() {
        // The example of FIPS 180-2.
        let expected = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of(b"abc").to_string(), expected);
    }
}
