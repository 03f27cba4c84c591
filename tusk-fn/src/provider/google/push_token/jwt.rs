//! A JSON Web Token (RFC 7519), signed with RS256, which is all that Google signs with.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::Refused;

/// More than any token of Google's has.
const LONGEST: usize = 8 * 1024;
/// What stands in the place of a signature that Cloud Run has verified.
const REMOVED: &str = "SIGNATURE_REMOVED_BY_GOOGLE";

/// A token whose signature is yet to be verified.
#[derive(Debug)]
pub(super) struct Token<'a> {
    /// What was signed.
    pub(super) signed: &'a str,
    pub(super) signature: Vec<u8>,
    /// The name of the key that it was signed with.
    pub(super) key: String,
    claims: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

/// What a token says.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) aud: String,
    #[serde(default)]
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) email_verified: bool,
    pub(super) exp: u64,
    pub(super) iat: u64,
}

impl<'a> Token<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, Refused> {
        if text.len() > LONGEST {
            return Err(Refused::Malformed("it is too long"));
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(Refused::Malformed("it has not three parts"))?;
        let (header, claims) = signed.split_once('.').ok_or(Refused::Malformed("it has not three parts"))?;
        if signature == REMOVED {
            return Err(Refused::SignatureRemoved);
        }
        let part = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Malformed("a part is no base64"));
        let header: Header =
            serde_json::from_slice(&part(header)?).map_err(|_| Refused::Malformed("its header cannot be read"))?;
        if header.alg != "RS256" {
            return Err(Refused::Malformed("it is not signed with RS256"));
        }
        Ok(Self { signed, signature: part(signature)?, key: header.kid, claims: part(claims)? })
    }

    /// What it says, once the signature was verified.
    pub(super) fn claims(&self) -> Result<Claims, Refused> {
        serde_json::from_slice(&self.claims).map_err(|_| Refused::Malformed("its claims cannot be read"))
    }
}
