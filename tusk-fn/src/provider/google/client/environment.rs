//! The services that are called, and where they are: where Google has them, or where a variable says.
//!
//! The variables are those of Google's own clients for emulators, and of gcloud for services that have no emulator. An
//! emulator is sent no token, and neither is any server over plain HTTP.

use std::collections::BTreeMap;
use std::ffi::OsString;

use http::Uri;
use http::uri::Scheme;

use crate::provider::client::environment::{EnvironmentError, Variables, path_ended};

/// A service that is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Service {
    Eventarc,
    Firestore,
    PubSub,
    SecretManager,
    #[cfg(feature = "blob-store")]
    Storage,
}

impl Service {
    pub(super) const ALL: &[Self] = &[
        Self::Eventarc,
        Self::Firestore,
        Self::PubSub,
        Self::SecretManager,
        #[cfg(feature = "blob-store")]
        Self::Storage,
    ];

    const fn host(self) -> &'static str {
        match self {
            Self::Eventarc => "eventarcpublishing.googleapis.com",
            Self::Firestore => "firestore.googleapis.com",
            Self::PubSub => "pubsub.googleapis.com",
            Self::SecretManager => "secretmanager.googleapis.com",
            #[cfg(feature = "blob-store")]
            Self::Storage => "storage.googleapis.com",
        }
    }

    /// The variable that says where it is instead.
    pub(super) const fn emulator(self) -> &'static str {
        match self {
            Self::Eventarc => "CLOUDSDK_API_ENDPOINT_OVERRIDES_EVENTARCPUBLISHING",
            Self::Firestore => "FIRESTORE_EMULATOR_HOST",
            Self::PubSub => "PUBSUB_EMULATOR_HOST",
            Self::SecretManager => "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER",
            #[cfg(feature = "blob-store")]
            Self::Storage => "STORAGE_EMULATOR_HOST",
        }
    }

    /// What a server asks for that is called there.
    fn admission(self, server: &Uri) -> Admission {
        match self {
            Self::Eventarc | Self::SecretManager if server.scheme() == Some(&Scheme::HTTPS) => Admission::Token,
            // Whom it would otherwise ask its rules about, as the clients for browsers are.
            Self::Firestore => Admission::Owner,
            _ => Admission::None,
        }
    }
}

/// Where a service is.
pub(super) struct Place {
    /// It ends in `/`.
    pub(super) url: String,
    pub(super) admission: Admission,
}

/// What a server asks a caller for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// A token of the metadata server.
    Token,
    /// The word by which the emulator of Firestore knows an administrator.
    Owner,
    /// Nothing.
    None,
}

/// What the environment says.
pub(super) struct Environment {
    pub(super) places: BTreeMap<Service, Place>,
    /// The URL of the metadata server. It ends in `/`.
    pub(super) metadata: String,
}

impl Environment {
    /// Reads the variables, through `look_up`.
    pub(super) fn read(look_up: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, EnvironmentError> {
        let variables = Variables { look_up };
        let mut places = BTreeMap::new();
        for &service in Service::ALL {
            let place = match variables.host(service.emulator())? {
                Some(server) => Place { url: path_ended(&server), admission: service.admission(&server) },
                None => Place { url: format!("https://{}/", service.host()), admission: Admission::Token },
            };
            places.insert(service, place);
        }
        let metadata = variables.host("GCE_METADATA_HOST")?;
        let metadata = metadata.as_ref().map_or_else(|| "http://metadata.google.internal/".to_owned(), path_ended);
        Ok(Self { places, metadata })
    }

    pub(super) fn place(&self, service: Service) -> &Place {
        &self.places[&service]
    }
}
