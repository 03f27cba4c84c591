//! Who calls and where: what Lambda and AWS's own tools put into the environment.
//!
//! In Lambda credentials are in the environment and live as long as the process, so nothing else is looked for: no files, no
//! metadata service, whose clients would be most of the code.

use std::collections::BTreeMap;
use std::ffi::OsString;

use aws_credential_types::Credentials;
use http::Uri;

use super::endpoint::Service;
use crate::provider::client::environment::{EnvironmentError, Variables};
use crate::provider::client::tls::Authorities;

/// What the environment says.
pub(super) struct Environment {
    pub(super) region: String,
    pub(super) credentials: Credentials,
    /// Where services are, of those that are somewhere else than AWS has them.
    pub(super) endpoints: BTreeMap<Service, Uri>,
    /// The only authorities to trust, if not those that browsers trust.
    pub(super) authorities: Option<Authorities>,
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
            endpoints: endpoints(&variables)?,
            authorities: variables.authorities("AWS_CA_BUNDLE")?,
        })
    }
}

/// Whether it may stand in a host's name; what it is beyond that, AWS knows.
pub(super) fn is_region(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// `AWS_ENDPOINT_URL`, and for one service `AWS_ENDPOINT_URL_<SERVICE>`, as AWS's tools have them.
fn endpoints(variables: &Variables<'_>) -> Result<BTreeMap<Service, Uri>, EnvironmentError> {
    let ignored = variables.text("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?;
    if ignored.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Ok(BTreeMap::new());
    }
    let all = variables.endpoint("AWS_ENDPOINT_URL")?;
    let mut endpoints = BTreeMap::new();
    for service in Service::ALL {
        let own = variables.endpoint(&format!("AWS_ENDPOINT_URL_{}", service.variable()))?;
        if let Some(endpoint) = own.or_else(|| all.clone()) {
            endpoints.insert(service, endpoint);
        }
    }
    Ok(endpoints)
}
