//! Every fault of a push, and every word about it.
//!
//! What a registry says is shown shortened and without control characters. Addresses are shown without their queries, which
//! may hold secrets.

use std::io;
use std::path::PathBuf;

use serde::Deserialize;

use super::credentials::Credentials;
use super::http::Answer;
use super::reference::Reference;
use super::url::Url;

/// The most that is shown of what somebody else says.
const LONGEST_QUOTATION: usize = 300;

/// Why an image was not pushed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PushError {
    /// No connection.
    #[error("`{server}` cannot be reached: {why}")]
    Unreachable { server: String, why: String },
    /// No host of that name.
    #[error("there is no host `{server}`")]
    NoHost { server: String },
    /// No answer.
    #[error("`{server}` did not answer in time ({what})")]
    Timeout { server: String, what: &'static str },
    /// No trust.
    #[error("the certificate of `{server}` is not trusted: {why}")]
    Certificate { server: String, why: String },
    /// No TLS.
    #[error("`{server}` does not speak TLS")]
    NoTls { server: String },
    /// TLS, but not as it is spoken here.
    #[error("no TLS connection to `{server}` comes about: {why}")]
    Tls { server: String, why: String },
    /// An address that would be spoken to without TLS.
    #[error("the registry sends its client to `{url}`, which is not protected by TLS")]
    Plain { url: String },
    /// An answer without an end.
    #[error("`{server}` answers with more than a registry has to say")]
    Endless { server: String },
    /// An answer that is no HTTP, or another fault of the exchange.
    #[error("the exchange with `{server}` failed: {why}")]
    Exchange { server: String, why: String },
    /// Something else than a registry.
    #[error("there is no registry at `{registry}`")]
    NoRegistry { registry: String },
    /// A file with logins that cannot be read.
    #[error("`{}` cannot be read: {why}", .path.display())]
    Logins { path: PathBuf, why: String },
    /// A login that cannot be used.
    #[error("the login to `{registry}` that `{}` has cannot be used: {why}", .path.display())]
    Login { registry: String, path: PathBuf, why: String },
    /// A login is needed, or another one.
    #[error("{}", match file {
        Some(file) => format!("`{registry}` does not take the login that `{}` has for it", file.display()),
        None => format!("`{registry}` wants a login, and docker and podman have none for it"),
    })]
    Unauthorized { registry: String, file: Option<PathBuf> },
    /// A way of logging in that is not known here.
    #[error("`{registry}` wants a login in a way that is neither `Basic` nor `Bearer`")]
    Challenge { registry: String },
    /// An address of a token server that is none.
    #[error("`{registry}` names no usable address for tokens")]
    Realm { registry: String },
    /// A token server that gives no token.
    #[error("`{server}` answers without a token")]
    NoToken { server: String },
    /// The login may not push there.
    #[error("pushing to `{place}` is not allowed{}", quotation(.said.as_ref()))]
    Forbidden { place: String, said: Option<String> },
    /// The registry has no such repository, and does not make one.
    #[error("the registry does not know `{place}`{}", quotation(.said.as_ref()))]
    UnknownRepository { place: String, said: Option<String> },
    /// The registry takes no image of this size.
    #[error("the image is too large for `{registry}`")]
    TooLarge { registry: String },
    /// The registry has been asked too often.
    #[error("`{registry}` takes no more requests for now")]
    TooMany { registry: String },
    /// The registry does not say where to upload to.
    #[error("`{registry}` does not say where blobs are uploaded to")]
    NoLocation { registry: String },
    /// The registry stored something else.
    #[error("the registry stored `{stored}` where `{sent}` was sent")]
    Changed { sent: String, stored: String },
    /// Any other answer.
    #[error("`{url}` answered {status}{}", quotation(.said.as_ref()))]
    Unexpected { url: String, status: u16, said: Option<String> },
}

/// How registries say what is wrong.
#[derive(Deserialize)]
struct Said {
    errors: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    code: Option<String>,
    message: Option<String>,
}

impl PushError {
    /// What to do about it.
    pub(crate) fn help(&self) -> Option<String> {
        Some(match self {
            Self::Unreachable { .. } | Self::NoHost { .. } => {
                "look at the name and the port in `--push`; a proxy is taken from the variable HTTPS_PROXY".to_owned()
            }
            Self::Timeout { .. } | Self::Exchange { .. } => {
                "try again: what has arrived is not sent a second time".to_owned()
            }
            Self::Certificate { .. } => {
                "name a file with the authority's certificate (PEM) in the variable SSL_CERT_FILE".to_owned()
            }
            Self::NoTls { .. } => {
                "if it is meant to speak plain HTTP, add `--insecure`: what is sent can then be read and changed on the way"
                    .to_owned()
            }
            Self::Plain { .. } => {
                "the registry or a proxy before it is set up wrongly; `--insecure` would allow it".to_owned()
            }
            Self::NoRegistry { .. } => "write the registry as `docker push` takes it: REGISTRY/REPOSITORY:TAG".to_owned(),
            Self::Login { registry, .. } | Self::Unauthorized { registry, file: Some(_) } => {
                format!("log in again: {}", login(registry))
            }
            Self::Unauthorized { registry, file: None } => format!("log in: {}", login(registry)),
            Self::Forbidden { .. } => {
                "look at the repository's name, or have the login be given the right to push there".to_owned()
            }
            Self::UnknownRepository { .. } => {
                "look at the repository's name, or create it first: some registries do not by themselves".to_owned()
            }
            Self::TooMany { .. } => "wait a while and try again; a login often allows more".to_owned(),
            Self::Unexpected { status: 500.., .. } => "try again later: the fault is the registry's".to_owned(),
            Self::TooLarge { .. } => "look for a limit in the registry or in a proxy before it".to_owned(),
            _ => return None,
        })
    }

    pub(super) fn unauthorized(reference: &Reference, credentials: Option<&Credentials>) -> Self {
        let file = credentials.map(|it| it.file.clone());
        Self::Unauthorized { registry: reference.registry().to_owned(), file }
    }

    pub(super) fn unexpected(url: &Url, answer: &Answer) -> Self {
        Self::Unexpected {
            url: url.without_query().to_owned(),
            status: answer.status.as_u16(),
            said: Self::said(answer),
        }
    }

    /// What the answer says about the fault.
    pub(super) fn said(answer: &Answer) -> Option<String> {
        let said: Said = serde_json::from_slice(&answer.body).ok()?;
        let item = said.errors.into_iter().next()?;
        let text = item.message.filter(|it| !it.is_empty()).or(item.code)?;
        Some(printable(&text))
    }

    pub(super) fn from_ureq(error: ureq::Error, url: &Url) -> Self {
        let server = url.authority().to_owned();
        match error {
            ureq::Error::HostNotFound => Self::NoHost { server },
            ureq::Error::Timeout(timeout) => Self::Timeout { server, what: waited_for(timeout) },
            ureq::Error::Rustls(error) => Self::from_rustls(&error, server),
            ureq::Error::Io(error) => match tls_error(&error) {
                Some(error) => Self::from_rustls(error, server),
                None => Self::Unreachable { server, why: error.to_string() },
            },
            ureq::Error::ConnectionFailed => Self::Unreachable { server, why: "no connection".to_owned() },
            ureq::Error::BodyExceedsLimit(_) => Self::Endless { server },
            // They quote the address.
            ureq::Error::RequireHttpsOnly(_) => Self::Plain { url: url.without_query().to_owned() },
            ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
                Self::Exchange { server, why: "the address cannot be used".to_owned() }
            }
            other => Self::Exchange { server, why: printable(&other.to_string()) },
        }
    }

    fn from_rustls(error: &rustls::Error, server: String) -> Self {
        match error {
            rustls::Error::InvalidCertificate(why) => Self::Certificate { server, why: why.to_string() },
            rustls::Error::InvalidMessage(_) => Self::NoTls { server },
            other => Self::Tls { server, why: other.to_string() },
        }
    }
}

/// What TLS found, which arrives within an error of the connection.
fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

fn waited_for(timeout: ureq::Timeout) -> &'static str {
    match timeout {
        ureq::Timeout::Resolve => "its name",
        ureq::Timeout::Connect => "the connection",
        ureq::Timeout::PerWrite | ureq::Timeout::SendRequest | ureq::Timeout::SendBody => "the upload",
        _ => "the answer",
    }
}

fn login(registry: &str) -> String {
    let google = registry.ends_with(".pkg.dev") || registry == "gcr.io" || registry.ends_with(".gcr.io");
    if google {
        format!("gcloud auth configure-docker {registry}")
    } else {
        format!("docker login {registry} (or podman login {registry})")
    }
}

fn quotation(said: Option<&String>) -> String {
    said.map(|said| format!(": {said}")).unwrap_or_default()
}

/// What somebody else says, fit for a terminal.
pub(super) fn printable(text: &str) -> String {
    let clean = |it: char| if it.is_control() { ' ' } else { it };
    text.trim().chars().take(LONGEST_QUOTATION).map(clean).collect()
}
