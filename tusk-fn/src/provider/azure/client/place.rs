//! The URLs by which manifests name resources: which service each is of, and whether a token may be sent there.

use std::net::IpAddr;

use http::Uri;
use http::uri::Scheme;

use crate::provider::RESOURCES_VARIABLE;

/// What stands behind a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A queue or a topic of Service Bus.
    Messages,
    /// A queue of a storage account.
    StorageQueue,
    /// A custom topic of Event Grid.
    Events,
    /// A container of Cosmos DB.
    Documents,
    /// A container of a storage account.
    Blobs,
    /// A secret of a key vault.
    Secret,
}

/// A resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    uri: Uri,
    is_local: bool,
}

impl Place {
    /// The resource of that URL, if a token may be sent there.
    ///
    /// # Errors
    /// It is no such URL. It is not repeated: what stands in the place of a URL may be a secret.
    pub(crate) fn of(url: &str, kind: Kind) -> Result<Self, String> {
        let unfit = || format!("what `{RESOURCES_VARIABLE}` says of it is not {}", kind.example());
        let place = Self::parse(url).ok_or_else(unfit)?;
        if !place.is_guarded() {
            return Err(format!(
                "what `{RESOURCES_VARIABLE}` says of it is an `http` url of another machine, and on the way there anyone could read \
                 the token that is sent; write `https`"
            ));
        }
        if place.fits(kind) { Ok(place) } else { Err(unfit()) }
    }

    /// The queue of that URL: of Service Bus, or of a storage account.
    pub(crate) fn of_queue(url: &str) -> Result<(Self, Kind), String> {
        let is_storage = |place: Self| {
            // As in the endpoints of each of Azure's clouds; the emulator has the account in the path.
            place.host().contains(".queue.core.") || (place.is_local && place.segments().count() == 2)
        };
        let kind = if Self::parse(url).is_some_and(is_storage) { Kind::StorageQueue } else { Kind::Messages };
        Self::of(url, kind).map(|place| (place, kind))
    }

    /// Whether a token may be sent there: not over a network where anyone reads it.
    pub(crate) fn may_be_told(url: &str) -> bool {
        Self::parse(url).is_none_or(|place| place.is_guarded())
    }

    fn parse(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let is_web = uri.scheme() == Some(&Scheme::HTTP) || uri.scheme() == Some(&Scheme::HTTPS);
        // What stands before an `@`, and in a query, would be a credential.
        let is_bare = !uri.authority()?.as_str().contains('@') && uri.query().is_none();
        let place = Self { is_local: uri.host().is_some_and(is_loopback), uri };
        (is_web && is_bare).then_some(place)
    }

    fn is_guarded(&self) -> bool {
        self.is_local || self.uri.scheme() == Some(&Scheme::HTTPS)
    }

    fn fits(&self, kind: Kind) -> bool {
        let segments: Vec<&str> = self.segments().collect();
        match (kind, &segments[..]) {
            (Kind::StorageQueue | Kind::Blobs, [_]) => !self.is_local,
            (Kind::StorageQueue | Kind::Blobs, [_, _]) => self.is_local,
            (Kind::Messages, [_, ..])
            | (Kind::Events, _)
            | (Kind::Documents, ["dbs", _, "colls", _])
            | (Kind::Secret, ["secrets", _] | ["secrets", _, _]) => true,
            _ => false,
        }
    }

    fn segments(&self) -> impl Iterator<Item = &str> {
        self.uri.path().split('/').filter(|segment| !segment.is_empty())
    }

    fn host(&self) -> &str {
        self.uri.host().unwrap_or_default()
    }

    /// Where it is, without a `/` at the end.
    pub(crate) fn url(&self) -> String {
        self.uri.to_string().trim_end_matches('/').to_owned()
    }

    /// What it is called, for messages.
    pub(crate) fn name(&self) -> &str {
        let path = self.uri.path().trim_matches('/');
        path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or_else(|| self.host())
    }

    /// Of a blob container: the account, its endpoint, and the container.
    #[cfg(feature = "blob-store")]
    pub(super) fn container(&self) -> Option<(&str, String, &str)> {
        let url = format!("{}://{}", self.uri.scheme_str()?, self.uri.authority()?);
        match self.segments().collect::<Vec<_>>()[..] {
            [container] => Some((self.host().split('.').next()?, url, container)),
            [account, container] => Some((account, format!("{url}/{account}"), container)),
            _ => None,
        }
    }
}

impl Kind {
    const fn example(self) -> &'static str {
        match self {
            Self::Messages => {
                "the url of a queue or a topic, such as `https://NAMESPACE.servicebus.windows.net/NAME`, without a query"
            }
            Self::StorageQueue => "the url of a queue, such as `https://ACCOUNT.queue.core.windows.net/QUEUE`",
            Self::Events => "the url of a topic, such as `https://TOPIC.REGION-1.eventgrid.azure.net/api/events`",
            Self::Documents => {
                "the url of a container, such as `https://ACCOUNT.documents.azure.com/dbs/DATABASE/colls/CONTAINER`"
            }
            Self::Blobs => "the url of a container, such as `https://ACCOUNT.blob.core.windows.net/CONTAINER`",
            Self::Secret => "the url of a secret, such as `https://VAULT.vault.azure.net/secrets/NAME`",
        }
    }
}

/// Whether what is sent there stays on this machine.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
