//! A double of the services that functions on Azure call, in one server: tokens, and a module for each service. It answers as the
//! services' references say, and hands on what they hand on to each other: events become messages of queues.

pub(crate) mod access;
pub(crate) mod bus;
pub(crate) mod cosmos;
mod filter;
pub(crate) mod grid;
pub(crate) mod hubs;
pub(crate) mod storage;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use self::access::Access;
use self::bus::Bus;
use self::cosmos::Cosmos;
use self::grid::Grid;
use self::hubs::Hubs;
use self::storage::Storage;
use crate::server::{Answer, Request, serve};

/// What shows that a process is the app.
const PROOF: &str = "the-proof";

/// What the services hold.
#[derive(Default)]
pub(crate) struct Held {
    pub(crate) bus: Bus,
    pub(crate) cosmos: Cosmos,
    pub(crate) storage: Storage,
    pub(crate) grid: Grid,
    pub(crate) hubs: Hubs,
    /// The secrets of the vault.
    pub(crate) secrets: BTreeMap<String, String>,
    /// Who may do what, if not everybody may do everything.
    pub(crate) access: Option<Access>,
    /// What was called without a token for the service, or without a role.
    pub(crate) strangers: Vec<String>,
}

/// The services.
pub(crate) struct Services {
    address: SocketAddr,
    held: Arc<Mutex<Held>>,
}

impl Services {
    pub(crate) fn start(held: Held) -> Self {
        let held = Arc::new(Mutex::new(held));
        let serving = Arc::clone(&held);
        let address = serve(move |request| serving.lock().unwrap_or_else(PoisonError::into_inner).answer(request));
        Self { address, held }
    }

    pub(crate) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the platform puts into the environment of an app with an identity.
    pub(crate) fn identity(&self) -> [(&'static str, String); 2] {
        let endpoint = format!("http://{}/msi/token", self.address);
        [("IDENTITY_ENDPOINT", endpoint), ("IDENTITY_HEADER", PROOF.to_owned())]
    }

    /// Where what a URL of Azure's names is here. An account of blobs is in the path, as Azurite has it.
    pub(crate) fn here(&self, url: &str) -> String {
        let (host, path) = url.strip_prefix("https://").and_then(|rest| rest.split_once('/')).expect(url);
        let (name, domain) = host.split_once('.').expect(url);
        let here = format!("http://{}", self.address);
        match domain {
            "blob.core.windows.net" => format!("{here}/{name}/{path}"),
            "servicebus.windows.net" | "documents.azure.com" | "vault.azure.net" => format!("{here}/{path}"),
            _ if domain.ends_with(".eventgrid.azure.net") => format!("{here}/{path}"),
            _ => panic!("no service is at {url}"),
        }
    }
}

impl Held {
    fn answer(&mut self, request: &Request) -> Answer {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let segments: Vec<String> = path
            .trim_start_matches('/')
            .split('/')
            .map(|segment| percent_decode_str(segment).decode_utf8().unwrap().into_owned())
            .collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        if let ["msi", "token"] = segments[..] {
            return self.token(request, query);
        }
        // As in the tokens' own reference, by service.
        let service = match segments[..] {
            ["dbs", ..] => "https://cosmos.azure.com",
            ["secrets", ..] => "https://vault.azure.net",
            ["api", "events"] => "https://eventgrid.azure.net",
            [_, "messages"] => "https://servicebus.azure.net",
            _ => "https://storage.azure.com",
        };
        let expected = match segments[..] {
            ["dbs", ..] => format!("type%3Daad%26ver%3D1.0%26sig%3D{}", token(service)),
            _ => format!("Bearer {}", token(service)),
        };
        if request.headers.get("authorization") != Some(&expected) {
            self.strangers.push(request.target.clone());
            return status(401);
        }
        if self.access.as_ref().is_some_and(|access| !access.admits(&request.method, &segments)) {
            self.strangers.push(format!("{} {}", request.method, request.target));
            return status(403);
        }
        match (&*request.method, &segments[..]) {
            ("POST", [entity, "messages"]) => self.bus.answer(entity, request),
            ("POST", ["api", "events"]) => {
                let Value::Array(events) = request.json() else { return status(400) };
                let said = request.headers.get("content-type").is_some_and(|it| it.contains("cloudevents-batch+json"));
                assert!(said, "a topic with this schema takes nothing else: {:?}", request.headers);
                for event in &events {
                    self.grid.publish(event, &mut self.bus);
                }
                status(200)
            }
            ("GET", ["secrets", name]) => match self.secrets.get(*name) {
                Some(value) => Answer::json(200, &json!({ "value": value })),
                None => status(404),
            },
            (_, ["dbs", _, "colls", _, "docs", ..]) => self.cosmos.answer(&segments, request),
            (method, [account, container, key @ ..]) if !key.is_empty() => {
                let place = format!("{account}/{container}");
                let answer = self.storage.answer(&place, &key.join("/"), request);
                if method == "PUT" && answer.status == 201 {
                    self.grid.blob_created(account, container, &key.join("/"), request.body.len(), &mut self.bus);
                }
                answer
            }
            _ => status(404),
        }
    }

    fn token(&self, request: &Request, query: &str) -> Answer {
        let parameter = |name: &str| {
            let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            value.map(|value| percent_decode_str(value).decode_utf8().unwrap().into_owned())
        };
        let is_app =
            self.access.as_ref().is_none_or(|access| parameter("client_id").as_ref() == Some(&access.client_id));
        if request.headers.get("x-identity-header").map(String::as_str) != Some(PROOF) || !is_app {
            return status(401);
        }
        let token = token(&parameter("resource").unwrap());
        Answer::json(200, &json!({ "access_token": token, "expires_on": "4000000000", "token_type": "Bearer" }))
    }
}

/// The token for a service.
fn token(service: &str) -> String {
    service.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}

/// An answer without a body.
fn status(status: u16) -> Answer {
    Answer { status, headers: Vec::new(), body: Vec::new() }
}
