//! Secret Manager: secrets by their name (`googleapis`, "google/cloud/secretmanager/v1/service.proto").

use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::Deserialize;

use super::environment::Service;
use super::{Call, Client, path};
use crate::provider::client::error::{Cause, ClientError, Fault};
use crate::provider::client::json;

impl Client {
    /// The newest value of a secret, by its name, as in `projects/p/secrets/s`.
    ///
    /// # Errors
    /// It is not there, or was not given.
    pub(crate) async fn access_secret(&self, secret: &str, deadline: Option<Instant>) -> Result<Bytes, ClientError> {
        let call = Call {
            service: Service::SecretManager,
            operation: "AccessSecretVersion",
            resource: secret,
            path: format!("v1/{}/versions/latest:access", path(secret)),
            body: None,
        };
        let (answer, _) = self.call(&call, deadline).await;
        answer.and_then(|body| value(&body)).map_err(|fault| call.error(fault))
    }
}

#[derive(Deserialize)]
struct Answer {
    payload: Payload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    /// An empty one is left out.
    #[serde(default)]
    data: String,
    data_crc32c: Option<String>,
}

fn value(body: &[u8]) -> Result<Bytes, Fault> {
    let Answer { payload } = json::read(body)?;
    let data = BASE64_STANDARD.decode(payload.data).map_err(|_| Cause::Unreadable)?;
    let is_whole = payload.data_crc32c.is_none_or(|sum| sum.parse() == Ok(crc32c(&data)));
    if is_whole { Ok(data.into()) } else { Err(Cause::Unreadable.into()) }
}

/// The checksum of RFC 3720, appendix B.4. A secret has 64 KiB at most: a table would save nothing.
fn crc32c(data: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0x82f6_3b78;
    let step = |sum: u32, _| if sum & 1 == 1 { sum >> 1 ^ POLYNOMIAL } else { sum >> 1 };
    !data.iter().fold(!0, |sum, &byte| (0..8).fold(sum ^ u32::from(byte), step))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checksum_is_that_of_rfc_3720() {
        for (data, sum) in
            [(&[0; 32][..], 0x8a91_36aa), (&[0xff; 32], 0x62a8_ab43), (b"123456789", 0xe306_9283), (b"", 0)]
        {
            assert_eq!(super::crc32c(data), sum);
        }
    }
}
