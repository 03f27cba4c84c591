//! What variables say of who calls, and where.

use std::ffi::OsString;
use std::sync::Arc;

use http::Uri;
use http::uri::Scheme;

use super::tls::Authorities;

/// Why the environment does not say enough.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum EnvironmentError {
    /// A variable is missing.
    #[error("the environment variable `{0}` is missing")]
    Missing(&'static str),
    /// A variable is missing that the platform sets for who has an identity.
    #[error("the environment variable `{0}` is missing: {1}")]
    Unidentified(&'static str, &'static str),
    /// A variable cannot be what it is to be.
    #[error("the environment variable `{0}` is not {1}")]
    Unfit(String, &'static str),
    /// The file of authorities that a variable names cannot be used.
    #[error("the authorities of `{variable}` cannot be used")]
    Authorities {
        /// The variable.
        variable: &'static str,
        /// Why not.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// TLS cannot be set up.
    #[error("tls cannot be set up")]
    Tls(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

/// The variables, as `look_up` gives them.
pub(crate) struct Variables<'a> {
    pub(crate) look_up: &'a dyn Fn(&str) -> Option<OsString>,
}

impl Variables<'_> {
    /// A variable's value; an empty one is none.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, EnvironmentError> {
        let Some(value) = (self.look_up)(name).filter(|value| !value.is_empty()) else { return Ok(None) };
        value.into_string().map(Some).map_err(|_| EnvironmentError::Unfit(name.to_owned(), "text"))
    }

    pub(crate) fn needed(&self, name: &'static str) -> Result<String, EnvironmentError> {
        self.text(name)?.ok_or(EnvironmentError::Missing(name))
    }

    /// Where a service is, of one that is somewhere else than its cloud has it.
    pub(crate) fn endpoint(&self, name: &str) -> Result<Option<Uri>, EnvironmentError> {
        self.text(name)?.map(|value| Self::server(name, &value)).transpose()
    }

    /// Likewise of a service whose variable need not say that it is called over plain HTTP.
    pub(crate) fn host(&self, name: &str) -> Result<Option<Uri>, EnvironmentError> {
        let Some(value) = self.text(name)? else { return Ok(None) };
        let url = if value.contains("://") { value } else { format!("http://{value}") };
        Self::server(name, &url).map(Some)
    }

    fn server(name: &str, value: &str) -> Result<Uri, EnvironmentError> {
        let unfit = || EnvironmentError::Unfit(name.to_owned(), "the url of a server, `http` or `https`");
        let uri: Uri = value.parse().map_err(|_| unfit())?;
        let is_web = uri.scheme() == Some(&Scheme::HTTP) || uri.scheme() == Some(&Scheme::HTTPS);
        // What stands before an `@` would be a credential, in a place where none belongs and which messages may show.
        let is_bare = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        if is_web && is_bare && uri.query().is_none() { Ok(uri) } else { Err(unfit()) }
    }

    /// The only authorities to trust, in the file that a variable names.
    pub(crate) fn authorities(&self, variable: &'static str) -> Result<Option<Authorities>, EnvironmentError> {
        let Some(path) = (self.look_up)(variable).filter(|path| !path.is_empty()) else { return Ok(None) };
        let read = std::fs::read(path).map(|pem| Some(Authorities { variable, pem }));
        read.map_err(|error| EnvironmentError::Authorities { variable, source: Arc::new(error) })
    }
}

/// An endpoint as text, with its path ended: a call's path follows it.
pub(crate) fn path_ended(endpoint: &Uri) -> String {
    let url = endpoint.to_string();
    if url.ends_with('/') { url } else { url + "/" }
}
