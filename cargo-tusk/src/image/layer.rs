//! The one layer of an image: everything that is in the container.
//!
//! A program from scratch has no libraries, no shell and no users. What is there beside it is what programs look for
//! wherever they run: certificates of authorities, at the path where Debian has them, and a folder for temporary files, which
//! everybody may write to (a runtime that mounts one there gives it the same mode). There is no `/etc/passwd`: the user is
//! a number, which needs no name, and Kubernetes can tell from a number alone that it is not root.

use std::io::{self, Write as _};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

use super::digest::Digest;

/// Where the program is.
pub(super) const PROGRAM: &str = "/app";
/// Where the certificates are.
pub(super) const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// A layer, packed.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) packed: Vec<u8>,
    /// The digest of what is packed.
    pub(super) unpacked: Digest,
}

/// Packs a program with what it needs. The same program gives the same bytes.
pub(super) fn pack(program: &[u8]) -> io::Result<Layer> {
    let mut archive = Archive(Builder::new(Vec::new()));
    archive.file(PROGRAM, 0o755, program)?;
    archive.folder("/etc/", 0o755)?;
    archive.folder("/etc/ssl/", 0o755)?;
    archive.folder("/etc/ssl/certs/", 0o755)?;
    archive.file(CERTIFICATES, 0o644, certificates().as_bytes())?;
    archive.folder("/tmp/", 0o1777)?;
    let tar = archive.0.into_inner()?;
    // No time, no name, and no system: the header would differ from machine to machine.
    let mut gzip = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    gzip.write_all(&tar)?;
    Ok(Layer { packed: gzip.finish()?, unpacked: Digest::of(&tar) })
}

/// The authorities that browsers trust, in PEM.
fn certificates() -> String {
    let mut pem = String::new();
    for certificate in TLS_SERVER_ROOT_CERTS {
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        let mut rest = &*BASE64_STANDARD.encode(certificate);
        while !rest.is_empty() {
            let (line, more) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = more;
        }
        pem.push_str("-----END CERTIFICATE-----\n");
    }
    pem
}

/// A tar archive whose files are root's and have no times.
struct Archive(Builder<Vec<u8>>);

impl Archive {
    fn file(&mut self, path: &str, mode: u32, contents: &[u8]) -> io::Result<()> {
        self.entry(path, EntryType::Regular, mode, contents)
    }

    fn folder(&mut self, path: &str, mode: u32) -> io::Result<()> {
        self.entry(path, EntryType::Directory, mode, &[])
    }

    fn entry(&mut self, path: &str, kind: EntryType, mode: u32, contents: &[u8]) -> io::Result<()> {
        let mut header = Header::new_ustar();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(contents.len() as u64);
        // Paths in a layer are relative to the container's root.
        self.0.append_data(&mut header, path.trim_start_matches('/'), contents)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;
    use rustls::RootCertStore;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    use super::*;

    #[test]
    fn a_layer_has_the_program_certificates_and_a_folder_for_files() {
        let layer = pack(b"program").unwrap();
        let mut tar = Vec::new();
        GzDecoder::new(&*layer.packed).read_to_end(&mut tar).unwrap();
        assert_eq!(Digest::of(&tar), layer.unpacked);

        let mut archive = tar::Archive::new(&*tar);
        let mut entries = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let header = entry.header().clone();
            assert_eq!((header.uid().unwrap(), header.gid().unwrap(), header.mtime().unwrap()), (0, 0, 0));
            assert_eq!((header.username().unwrap(), header.groupname().unwrap()), (Some(""), Some("")));
            let path = entry.path().unwrap().to_str().unwrap().to_owned();
            let mut contents = Vec::new();
            entry.read_to_end(&mut contents).unwrap();
            entries.push((path, header.entry_type(), header.mode().unwrap(), contents));
        }
        let listed: Vec<_> = entries.iter().map(|(path, kind, mode, _)| (&**path, *kind, *mode)).collect();
        let expected = [
            ("app", EntryType::Regular, 0o755),
            ("etc/", EntryType::Directory, 0o755),
            ("etc/ssl/", EntryType::Directory, 0o755),
            ("etc/ssl/certs/", EntryType::Directory, 0o755),
            ("etc/ssl/certs/ca-certificates.crt", EntryType::Regular, 0o644),
            ("tmp/", EntryType::Directory, 0o1777),
        ];
        assert_eq!(listed, expected);
        assert_eq!(entries[0].3, b"program");
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(&entries[4].3).map(Result::unwrap).collect();
        assert_eq!(certificates, TLS_SERVER_ROOT_CERTS);
        let (added, ignored) = RootCertStore::empty().add_parsable_certificates(certificates);
        assert!(added > 100 && ignored == 0, "{added} {ignored}");
    }

    #[test]
    fn the_same_program_gives_the_same_bytes() {
        assert_eq!(pack(b"program").unwrap().packed, pack(b"program").unwrap().packed);
        // ID, deflate, no flags, no time, best compression, unknown system (RFC 1952).
        assert_eq!(pack(b"program").unwrap().packed[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
    }
}
