//! Who calls and where: what Lambda and AWS's own tools put into the environment.
//!
//! In Lambda credentials are in the environment and live as long as the process, so nothing else is looked for: no files, no
//! metadata service, whose clients would be most of the code.

use std::collections::BTreeMap;
use std::ffi::OsString;

use aws_credential_types::Credentials;
use http::Uri;
use http::uri::Scheme;

use super::endpoint::Service;

/// What the environment says.
pub(super) struct Environment {
    pub(super) region: String,
    pub(super) credentials: Credentials,
    /// Where services are, of those that are somewhere else than AWS has them.
    pub(super) endpoints: BTreeMap<Service, Uri>,
    /// The only authorities to trust, in PEM.
    pub(super) authorities: Option<Vec<u8>>,
}

/// Why the environment does not say enough.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum EnvironmentError {
    /// A variable is missing.
    #[error("the environment variable `{0}` is missing")]
    Missing(&'static str),
    /// A variable cannot be what it is to be.
    #[error("the environment variable `{0}` is not {1}")]
    Unfit(String, &'static str),
    /// The file that `AWS_CA_BUNDLE` names cannot be used.
    #[error("the authorities of `AWS_CA_BUNDLE` cannot be used")]
    Authorities(#[source] std::sync::Arc<dyn std::error::Error + Send + Sync>),
    /// TLS cannot be set up.
    #[error("tls cannot be set up")]
    Tls(#[source] std::sync::Arc<dyn std::error::Error + Send + Sync>),
}

impl Environment {
    /// Reads the variables, through `look_up`.
    pub(super) fn read(look_up: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, EnvironmentError> {
        let variables = Variables { look_up };
        let region = variables.needed("AWS_REGION").or_else(|_| variables.needed("AWS_DEFAULT_REGION"));
        let region = region.map_err(|_| EnvironmentError::Missing("AWS_REGION"))?;
        if !is_region(&region) {
            return Err(EnvironmentError::Unfit("AWS_REGION".to_owned(), "the name of a region"));
        }
        Ok(Self {
            region,
            credentials: Credentials::new(
                variables.needed("AWS_ACCESS_KEY_ID")?,
                variables.needed("AWS_SECRET_ACCESS_KEY")?,
                variables.text("AWS_SESSION_TOKEN")?,
                None,
                "environment",
            ),
            endpoints: variables.endpoints()?,
            authorities: variables.authorities()?,
        })
    }
}

/// Whether it may stand in a host's name; what it is beyond that, AWS knows.
pub(super) fn is_region(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

struct Variables<'a> {
    look_up: &'a dyn Fn(&str) -> Option<OsString>,
}

impl Variables<'_> {
    /// A variable's value; an empty one is none.
    fn text(&self, name: &str) -> Result<Option<String>, EnvironmentError> {
        let Some(value) = (self.look_up)(name).filter(|value| !value.is_empty()) else { return Ok(None) };
        value.into_string().map(Some).map_err(|_| EnvironmentError::Unfit(name.to_owned(), "text"))
    }

    fn needed(&self, name: &'static str) -> Result<String, EnvironmentError> {
        self.text(name)?.ok_or(EnvironmentError::Missing(name))
    }

    /// `AWS_ENDPOINT_URL`, and for one service `AWS_ENDPOINT_URL_<SERVICE>`, as AWS's tools have them.
    fn endpoints(&self) -> Result<BTreeMap<Service, Uri>, EnvironmentError> {
        let ignored = self.text("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?;
        if ignored.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Ok(BTreeMap::new());
        }
        let all = self.endpoint("AWS_ENDPOINT_URL")?;
        let mut endpoints = BTreeMap::new();
        for service in Service::ALL {
            let own = self.endpoint(&format!("AWS_ENDPOINT_URL_{}", service.variable()))?;
            if let Some(endpoint) = own.or_else(|| all.clone()) {
                endpoints.insert(service, endpoint);
            }
        }
        Ok(endpoints)
    }

    fn endpoint(&self, name: &str) -> Result<Option<Uri>, EnvironmentError> {
        let Some(value) = self.text(name)? else { return Ok(None) };
        let unfit = || EnvironmentError::Unfit(name.to_owned(), "the url of a server, `http` or `https`");
        let uri: Uri = value.parse().map_err(|_| unfit())?;
        let is_web = uri.scheme() == Some(&Scheme::HTTP) || uri.scheme() == Some(&Scheme::HTTPS);
        // What stands before an `@` would be a credential, in a place where none belongs and which messages may show.
        let is_bare = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        if is_web && is_bare && uri.query().is_none() { Ok(Some(uri)) } else { Err(unfit()) }
    }

    /// `AWS_CA_BUNDLE`: the file of the only authorities to trust.
    fn authorities(&self) -> Result<Option<Vec<u8>>, EnvironmentError> {
        let Some(path) = (self.look_up)("AWS_CA_BUNDLE").filter(|path| !path.is_empty()) else { return Ok(None) };
        std::fs::read(path).map(Some).map_err(|error| EnvironmentError::Authorities(std::sync::Arc::new(error)))
    }
}
