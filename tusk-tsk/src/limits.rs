//! How much a reader takes in before it refuses.
//!
//! A file may come from anywhere, and a few lines of globals that name each other can stand for more than memory holds. So
//! what is read is bounded, and so is what becomes of it.

/// The most that a reader takes. Each limit has an error of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest file, in bytes. Offsets are kept in 32 bits, so that more than 4 GiB is never taken.
    pub size: usize,
    /// How deep tables, arrays, arguments and choices stand within each other.
    pub depth: usize,
    /// The longest part of a key, in bytes.
    pub key: usize,
    /// How many values there are when every global stands where it is used, in one file.
    pub values: usize,
    /// How many bytes of text are made by joining texts, by using globals and by environment variables, in one file.
    pub text: usize,
    /// How many files one reading takes, with those that `@other.tsk.get` names.
    pub files: usize,
}

impl Default for Limits {
    /// 1 MiB, 64 deep, keys of 255 bytes, 262,144 values, 4 MiB of text made, 32 files.
    fn default() -> Self {
        Self { size: 1024 * 1024, depth: 64, key: 255, values: 262_144, text: 4 * 1024 * 1024, files: 32 }
    }
}
