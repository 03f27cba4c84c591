//! Who calls: what Azure puts into the environment of a function app that has a managed identity ("How to use managed
//! identities for App Service and Azure Functions").

use std::ffi::OsString;

use http::{HeaderValue, Uri};

use crate::provider::client::environment::{EnvironmentError, Variables};
use crate::provider::client::tls::Authorities;

/// The file of the only authorities to trust, as OpenSSL and what is built on it know it.
const AUTHORITIES: &str = "SSL_CERT_FILE";

/// What the environment says.
pub(super) struct Environment {
    /// Where tokens are given.
    pub(super) identity: Uri,
    /// What shows there that this process is the app.
    pub(super) proof: HeaderValue,
    /// Which of the app's identities; without it the one that belongs to the app alone.
    pub(super) client_id: Option<String>,
    /// The only authorities to trust, if not those that browsers trust.
    pub(super) authorities: Option<Authorities>,
}

impl Environment {
    /// Reads the variables, through `look_up`.
    pub(super) fn read(look_up: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, EnvironmentError> {
        let variables = Variables { look_up };
        let identity = variables.endpoint("IDENTITY_ENDPOINT")?.ok_or(unidentified("IDENTITY_ENDPOINT"))?;
        let proof = variables.text("IDENTITY_HEADER")?.ok_or(unidentified("IDENTITY_HEADER"))?;
        let mut proof = HeaderValue::from_str(&proof)
            .map_err(|_| EnvironmentError::Unfit("IDENTITY_HEADER".to_owned(), "what a header can have"))?;
        proof.set_sensitive(true);
        Ok(Self {
            identity,
            proof,
            client_id: variables.text("AZURE_CLIENT_ID")?,
            authorities: variables.authorities(AUTHORITIES)?,
        })
    }
}

fn unidentified(variable: &'static str) -> EnvironmentError {
    EnvironmentError::Unidentified(
        variable,
        "Azure sets it where a function app has a managed identity; assign one to the app, and set `AZURE_CLIENT_ID` to \
         that identity's client id",
    )
}
