//! Pushes an image: its blobs, if the registry has not got them, and then the manifest that names them.

use ureq::http::{Method, header};

use super::credentials;
use super::error::PushError;
use super::http::{Answer, Call, Http, Patience};
use super::reference::Reference;
use super::session::Session;
use super::url::Url;
use crate::image::{Blob, Digest, Image};

/// In which registries say what they have stored.
const STORED: &str = "docker-content-digest";

/// Pushes an image, with the login that docker or podman keeps for the registry. `insecure` allows a registry without TLS.
///
/// # Errors
/// The registry cannot be reached or does not take the image.
pub(crate) fn push(image: &Image, reference: &Reference, insecure: bool) -> Result<(), PushError> {
    let credentials = credentials::find(reference, &credentials::files())?;
    let http = Http::new(reference.host(), insecure, Patience::default());
    let mut session = Session::new(reference, http, insecure, credentials)?;
    push_to(&mut session, image)
}

pub(super) fn push_to(session: &mut Session<'_>, image: &Image) -> Result<(), PushError> {
    // Says whether it is a registry, and what it wants to be shown.
    let answer = session.send(&Call::new(Method::GET, session.base().clone()))?;
    if answer.status.as_u16() != 200 {
        let registry = session.reference.registry().to_owned();
        return Err(match answer.status.as_u16() {
            500.. => PushError::unexpected(session.base(), &answer),
            _ => PushError::NoRegistry { registry },
        });
    }
    for blob in image.blobs() {
        push_blob(session, blob)?;
    }
    // By its digest first: a tag never names what is not there.
    let manifest = image.manifest();
    push_manifest(session, manifest, &manifest.digest.to_string())?;
    push_manifest(session, manifest, session.reference.tag())
}

fn push_blob(session: &mut Session<'_>, blob: &Blob) -> Result<(), PushError> {
    let url = session.url(&format!("blobs/{}", blob.digest))?;
    let answer = session.send(&Call::new(Method::HEAD, url.clone()))?;
    match answer.status.as_u16() {
        200 => return Ok(()),
        404 => {}
        _ => return Err(PushError::unexpected(&url, &answer)),
    }
    let url = session.url("blobs/uploads/")?;
    let answer = session.send(&Call::new(Method::POST, url.clone()))?;
    expect(session, &answer, 202, &url)?;
    let location = answer.header(header::LOCATION).and_then(|location| url.join(location));
    let location =
        location.ok_or_else(|| PushError::NoLocation { registry: session.reference.registry().to_owned() })?;
    let upload = location.with("digest", &blob.digest.to_string());
    let answer = session.send(&Call::new(Method::PUT, upload).with_body("application/octet-stream", &blob.bytes))?;
    expect(session, &answer, 201, &location)?;
    expect_digest(&answer, &blob.digest)
}

fn push_manifest(session: &mut Session<'_>, manifest: &Blob, name: &str) -> Result<(), PushError> {
    let url = session.url(&format!("manifests/{name}"))?;
    let answer = session.send(&Call::new(Method::PUT, url.clone()).with_body(manifest.media_type, &manifest.bytes))?;
    expect(session, &answer, 201, &url)?;
    expect_digest(&answer, &manifest.digest)
}

fn expect(session: &Session<'_>, answer: &Answer, status: u16, url: &Url) -> Result<(), PushError> {
    match answer.status.as_u16() {
        same if same == status => Ok(()),
        404 => Err(PushError::UnknownRepository { place: session.reference.place(), said: PushError::said(answer) }),
        413 => Err(PushError::TooLarge { registry: session.reference.registry().to_owned() }),
        _ => Err(PushError::unexpected(url, answer)),
    }
}

/// Makes sure that what was stored is what was sent, where the registry says what it stored.
fn expect_digest(answer: &Answer, sent: &Digest) -> Result<(), PushError> {
    match answer.header(STORED) {
        Some(stored) if stored != sent.to_string() => {
            Err(PushError::Changed { sent: sent.to_string(), stored: super::error::printable(stored) })
        }
        _ => Ok(()),
    }
}
