//! What the environment says.

use super::super::environment::{Admission, Service};
use super::environment;
use crate::provider::client::environment::EnvironmentError;

#[test]
fn services_are_where_google_has_them() {
    let read = environment(&[]).expect("an environment");
    for (service, url) in [
        (Service::PubSub, "https://pubsub.googleapis.com/"),
        (Service::Firestore, "https://firestore.googleapis.com/"),
        (Service::SecretManager, "https://secretmanager.googleapis.com/"),
        (Service::Eventarc, "https://eventarcpublishing.googleapis.com/"),
    ] {
        assert_eq!(read.place(service).url, url);
        assert_eq!(read.place(service).admission, Admission::Token);
    }
    assert_eq!(read.metadata, "http://metadata.google.internal/");
}

/// As Google's own clients take them: with a scheme or without.
#[test]
fn an_emulator_is_sent_no_token() {
    let variables = [
        ("PUBSUB_EMULATOR_HOST", "localhost:8085"),
        ("FIRESTORE_EMULATOR_HOST", "http://[::1]:8080"),
        ("CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER", "http://localhost:9090/"),
        ("GCE_METADATA_HOST", "169.254.169.254"),
    ];
    let read = environment(&variables).expect("an environment");
    for (service, url, admission) in [
        (Service::PubSub, "http://localhost:8085/", Admission::None),
        (Service::Firestore, "http://[::1]:8080/", Admission::Owner),
        (Service::SecretManager, "http://localhost:9090/", Admission::None),
        (Service::Eventarc, "https://eventarcpublishing.googleapis.com/", Admission::Token),
    ] {
        assert_eq!(read.place(service).url, url);
        assert_eq!(read.place(service).admission, admission, "{service:?}");
    }
    assert_eq!(read.metadata, "http://169.254.169.254/");
}

/// Such as that of a region, which gcloud's variables name too.
#[test]
fn another_place_of_google_is_sent_a_token() {
    let url = "https://secretmanager.europe-west3.rep.googleapis.com/";
    let read = environment(&[("CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER", url)]).expect("an environment");
    assert_eq!(read.place(Service::SecretManager).url, url);
    assert_eq!(read.place(Service::SecretManager).admission, Admission::Token);
}

#[test]
fn what_is_no_server_is_refused() {
    for value in ["user:word@localhost:1", "http://localhost?a=b", "ftp://localhost", "a b"] {
        let error = environment(&[("PUBSUB_EMULATOR_HOST", value)]).err().expect(value);
        assert!(matches!(&error, EnvironmentError::Unfit(name, _) if name == "PUBSUB_EMULATOR_HOST"), "{error}");
        assert!(!error.to_string().contains("word"), "{error}");
    }
    assert!(environment(&[("PUBSUB_EMULATOR_HOST", "")]).is_ok(), "an empty one is none");
}
