//! Pushes to a registry in this process: what is sent, what is shown to whom, and what is said when it goes wrong.

#![allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]

mod faults;
mod logins;
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use self::server::{Request, Response, Server};
use super::credentials::{Credentials, Login};
use super::error::PushError;
use super::http::{Http, Patience, Secret};
use super::push::push_to;
use super::reference::Reference;
use super::session::Session;
use crate::image::{Digest, tests::image};

/// A registry that takes everything from everybody.
fn registry() -> impl Fn(&Request) -> Response + Send + Sync + 'static {
    let blobs = Mutex::new(BTreeSet::new());
    move |request: &Request| {
        let path = request.path();
        match request.method.as_str() {
            "GET" if path == "/v2/" => Response::json(200, "{}"),
            "HEAD" if blobs.lock().unwrap().contains(path.rsplit('/').next().unwrap()) => Response::empty(200),
            "HEAD" => Response::empty(404),
            "POST" => Response::empty(202).with("location", format!("{path}7?_state=a%2Fb%3D")),
            "PUT" if path.ends_with("/blobs/uploads/7") => {
                let digest = Digest::of(&request.body).to_string();
                let query = format!("?_state=a%2Fb%3D&digest=sha256%3A{}", digest.trim_start_matches("sha256:"));
                assert_eq!(request.target.strip_prefix(path), Some(&*query), "the location is used as it is");
                blobs.lock().unwrap().insert(digest.clone());
                Response::empty(201).with("docker-content-digest", digest)
            }
            "PUT" if path.contains("/manifests/") => {
                assert_eq!(request.header("content-type"), Some("application/vnd.oci.image.manifest.v1+json"));
                Response::empty(201).with("docker-content-digest", Digest::of(&request.body).to_string())
            }
            _ => Response::empty(405),
        }
    }
}

/// A login to show.
fn ada() -> Credentials {
    let login = Login::Password { user: "ada".to_owned(), password: Secret("s3cret".to_owned()) };
    Credentials { login, file: PathBuf::from("config.json") }
}

/// Short enough for a test of what never comes, and long enough for everything else.
const PATIENCE: Patience = Patience { network: Duration::from_secs(20), answer: Duration::from_secs(20) };

fn push(host: &str, credentials: Option<Credentials>) -> Result<(), PushError> {
    push_with(host, credentials, PATIENCE)
}

fn push_with(host: &str, credentials: Option<Credentials>, patience: Patience) -> Result<(), PushError> {
    let reference: Reference = format!("{host}/team/shop:1.2").parse().unwrap();
    let http = Http::new(reference.host(), false, patience);
    push_to(&mut Session::new(&reference, http, false, credentials)?, &image())
}

#[test]
fn blobs_come_before_the_manifest_and_the_digest_before_the_tag() {
    let server = Server::start(registry());
    push(&server.address, None).unwrap();
    let blob =
        ["HEAD /v2/team/shop/blobs/DIGEST", "POST /v2/team/shop/blobs/uploads/", "PUT /v2/team/shop/blobs/uploads/7"];
    let manifests = ["PUT /v2/team/shop/manifests/DIGEST", "PUT /v2/team/shop/manifests/1.2"];
    assert_eq!(server.lines(), [&["GET /v2/"][..], &blob, &blob, &manifests].concat());
    let seen = server.seen();
    assert_eq!(seen.last().unwrap().body, image().manifest().bytes);
    assert!(seen.iter().all(|request| request.header("authorization").is_none()));
}

#[test]
fn what_the_registry_has_is_not_sent_again() {
    let server = Server::start(registry());
    push(&server.address, None).unwrap();
    let before = server.seen().len();
    push(&server.address, None).unwrap();
    let again = server.lines().split_off(before);
    let blob = "HEAD /v2/team/shop/blobs/DIGEST";
    let manifests = ["PUT /v2/team/shop/manifests/DIGEST", "PUT /v2/team/shop/manifests/1.2"];
    assert_eq!(again, [&["GET /v2/", blob, blob][..], &manifests].concat());
}

#[test]
fn an_upload_may_go_to_another_server_without_the_login() {
    let storage = Server::start(|_| Response::empty(201));
    let place = format!("http://{}/upload?signature=x", storage.address);
    let plain = registry();
    let server = Server::start(move |request| {
        if request.header("authorization").is_none() {
            return Response::empty(401).with("www-authenticate", "Basic realm=\"x\"");
        }
        if request.method == "POST" { Response::empty(202).with("location", &place) } else { plain(request) }
    });
    push(&server.address, Some(ada())).unwrap();
    let uploads = storage.seen();
    assert_eq!(uploads.len(), 2);
    for upload in uploads {
        assert!(upload.target.starts_with("/upload?signature=x&digest=sha256%3A"), "{}", upload.target);
        assert_eq!(upload.header("authorization"), None);
    }
}
