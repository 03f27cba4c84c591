//! A call as a signed request: Signature Version 4, through `aws-sigv4`.

use std::time::SystemTime;

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use bytes::Bytes;
use http::Request;

use super::Call;
use super::environment::Environment;
use crate::error::BoxError;
use crate::provider::client::error::{Cause, Fault};

/// The request of a call, signed now.
pub(super) fn signed(environment: &Environment, call: &Call<'_>) -> Result<Request<Bytes>, Fault> {
    signed_at(environment, call, SystemTime::now()).map_err(|error| Fault::caused(Cause::Unwritable, error))
}

pub(super) fn signed_at(
    environment: &Environment,
    call: &Call<'_>,
    time: SystemTime,
) -> Result<Request<Bytes>, BoxError> {
    let region = call.place.region.unwrap_or(&environment.region);
    let url = environment.url(call.service, region);
    let identity = environment.credentials.clone().into();
    let parameters = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(call.service.name())
        .time(time)
        .settings(SigningSettings::default())
        .build()?
        .into();
    let headers = call.headers.iter().copied();
    let signable = SignableRequest::new("POST", &url, headers, SignableBody::Bytes(&call.body))?;
    let (signature, _) = sign(signable, &parameters)?.into_parts();
    let mut request = Request::post(&url);
    for (name, value) in call.headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(call.body.clone())?;
    signature.apply_to_request_http1x(&mut request);
    Ok(request)
}
