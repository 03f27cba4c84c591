//! What the environment says.

use super::super::endpoint::{Place, Service};
use super::super::environment::Environment;
use super::{Client, SECRET, TOKEN, environment};
use crate::provider::client::environment::EnvironmentError;
use crate::provider::client::retry::Policy;

#[test]
fn services_are_where_aws_has_them() {
    let url = |region, service| environment(&[]).expect("an environment").url(service, region);
    assert_eq!(url("eu-west-1", Service::Sqs), "https://sqs.eu-west-1.amazonaws.com/");
    assert_eq!(url("eu-west-1", Service::EventBridge), "https://events.eu-west-1.amazonaws.com/");
    assert_eq!(url("us-gov-west-1", Service::DynamoDb), "https://dynamodb.us-gov-west-1.amazonaws.com/");
    assert_eq!(url("cn-north-1", Service::Sns), "https://sns.cn-north-1.amazonaws.com.cn/");
    assert_eq!(url("us-isob-east-1", Service::Sqs), "https://sqs.us-isob-east-1.sc2s.sgov.gov/");
    assert_eq!(url("eusc-de-east-1", Service::SecretsManager), "https://secretsmanager.eusc-de-east-1.amazonaws.eu/");
}

#[test]
fn what_names_a_resource_names_its_region() {
    let arn = "arn:aws:dynamodb:us-east-1:1:table/stock";
    for (name, region) in
        [(arn, Some("us-east-1")), ("stock", None), ("arn:aws:s3:::files", None), ("arn:a:b:x/y", None)]
    {
        assert_eq!((Place::of(name).name, Place::of(name).region), (name, region));
    }
    for (url, region) in [
        ("https://sqs.us-east-1.amazonaws.com/1/orders", Some("us-east-1")),
        ("https://sqs.cn-north-1.amazonaws.com.cn/1/orders", Some("cn-north-1")),
        ("http://sqs.eu-west-1.localhost.localstack.cloud:4566/1/orders", Some("eu-west-1")),
        ("http://sqs.localhost:4566/1/orders", None),
        ("http://127.0.0.1:5000/1/orders", None),
        ("https://sqs.a-b@evil/1/orders", None),
    ] {
        assert_eq!((Place::of_queue(url).name, Place::of_queue(url).region), ("orders", region), "{url}");
    }
}

#[test]
fn an_endpoint_of_one_service_goes_before_that_of_all() {
    let variables =
        [("AWS_ENDPOINT_URL", "http://localhost:4566"), ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "https://vpce.test/a")];
    let read = environment(&variables).expect("an environment");
    assert_eq!(read.url(Service::SecretsManager, "eu-west-1"), "https://vpce.test/a/");
    assert_eq!(read.url(Service::Sqs, "eu-west-1"), "http://localhost:4566/");
}

#[test]
fn endpoints_can_be_ignored() {
    let variables = [("AWS_ENDPOINT_URL", "http://localhost:4566"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")];
    let read = environment(&variables).expect("an environment");
    assert_eq!(read.url(Service::Sqs, "eu-west-1"), "https://sqs.eu-west-1.amazonaws.com/");
}

#[test]
fn what_is_no_url_is_refused_by_its_variable() {
    for unfit in ["localhost:4566", "ftp://localhost", "http://user:password@localhost", "/path", "http://a/?b"] {
        let error = environment(&[("AWS_ENDPOINT_URL_SQS", unfit)]).err().expect("an error").to_string();
        assert!(error.contains("`AWS_ENDPOINT_URL_SQS`"), "{error}");
        assert!(!error.contains("password"), "{error}");
    }
}

#[test]
fn a_region_cannot_lead_elsewhere() {
    for unfit in ["eu-west-1.example.com/", "a b", "a@b"] {
        assert!(matches!(environment(&[("AWS_REGION", unfit)]), Err(EnvironmentError::Unfit(..))), "{unfit}");
    }
}

#[test]
fn a_missing_variable_is_named() {
    let without = |absent: &'static str| {
        let read = Environment::read(&move |name| {
            let there = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
            (name != absent && there.contains(&name)).then(|| "value".into())
        });
        read.err().map(|error| error.to_string())
    };
    assert_eq!(without("AWS_SESSION_TOKEN"), None);
    let missing = without("AWS_SECRET_ACCESS_KEY");
    assert_eq!(missing.as_deref(), Some("the environment variable `AWS_SECRET_ACCESS_KEY` is missing"));
    assert_eq!(without("AWS_REGION").as_deref(), Some("the environment variable `AWS_REGION` is missing"));
}

#[test]
fn an_empty_file_of_authorities_is_refused() {
    let read = environment(&[("AWS_CA_BUNDLE", "/dev/null")]).expect("an environment");
    assert!(matches!(Client::new(read, Policy::default()), Err(EnvironmentError::Authorities { .. })));
    assert!(matches!(environment(&[("AWS_CA_BUNDLE", "/nowhere")]), Err(EnvironmentError::Authorities { .. })));
}

#[test]
fn a_client_shows_no_credential() {
    let client = Client::new(environment(&[]).expect("an environment"), Policy::default()).expect("a client");
    let shown = format!("{client:?}");
    assert!(!shown.contains(SECRET) && !shown.contains(TOKEN) && !shown.contains("AKIDEXAMPLE"), "{shown}");
}
