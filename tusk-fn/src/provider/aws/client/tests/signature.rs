//! Signatures, computed a second time by the steps of AWS's documentation.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use sha2::{Digest, Sha256};

use super::super::Call;
use super::super::endpoint::{Place, Service};
use super::super::signature::signed_at;
use super::{SECRET, TOKEN, environment};
use crate::provider::client::error::Cause;

/// 2015-08-30T12:36:00Z, the time of AWS's own examples.
const TIME: u64 = 1_440_938_160;

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn signed(service: Service, headers: &[(&'static str, &str)], body: &'static [u8]) -> Request<Bytes> {
    let call = Call {
        service,
        operation: "Operation",
        place: Place::of("resource"),
        headers,
        body: Bytes::from_static(body),
        refusal: |_, _, _| Cause::Unreadable.into(),
        foreseen: None,
    };
    let environment = environment(&[]).expect("an environment");
    signed_at(&environment, &call, SystemTime::UNIX_EPOCH + Duration::from_secs(TIME)).expect("a request")
}

#[test]
fn the_key_is_derived_as_in_the_documentation() {
    // The example of "Deriving the signing key" in AWS's reference of Signature Version 4.
    let key = ["20120215", "us-east-1", "iam", "aws4_request"]
        .iter()
        .fold(format!("AWS4{SECRET}").into_bytes(), |key, part| hmac(&key, part));
    assert_eq!(hex(key), "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d");
}

#[test]
fn a_request_is_signed_as_in_the_documentation() {
    let headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AmazonSQS.SendMessage")];
    let request = signed(Service::Sqs, &headers, b"{}");
    let canonical = [
        "POST",
        "/",
        "",
        "content-type:application/x-amz-json-1.0",
        "host:sqs.eu-west-1.amazonaws.com",
        "x-amz-date:20150830T123600Z",
        &format!("x-amz-security-token:{TOKEN}"),
        "x-amz-target:AmazonSQS.SendMessage",
        "",
        "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
        &hex(Sha256::digest(b"{}")),
    ];
    let scope = "20150830/eu-west-1/sqs/aws4_request";
    let digest = hex(Sha256::digest(canonical.join("\n")));
    let text = format!("AWS4-HMAC-SHA256\n20150830T123600Z\n{scope}\n{digest}");
    let key = scope.split('/').fold(format!("AWS4{SECRET}").into_bytes(), |key, part| hmac(&key, part));
    let expected = format!(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{scope}, SignedHeaders={}, Signature={}",
        canonical[9],
        hex(hmac(&key, &text))
    );
    assert_eq!(request.headers()["authorization"], expected);
    assert_eq!(request.headers()["x-amz-security-token"], TOKEN);
    assert_eq!(request.uri(), "https://sqs.eu-west-1.amazonaws.com/");
}

#[test]
fn credentials_are_not_shown_with_a_request() {
    let shown = format!("{:?}", signed(Service::Sqs, &[], b"{}"));
    assert!(!shown.contains(TOKEN) && !shown.contains(SECRET), "{shown}");
}
