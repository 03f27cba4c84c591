//! Bodies that are read whole before anything is done with them.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{StatusCode, header};
use http_body::Body;
use http_body_util::BodyExt as _;

use crate::error::BoxError;

/// For how long nothing of a body may come: a sender that is gone without a word would otherwise be waited for forever.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a body was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    /// It is larger than is taken.
    #[error("the body has more than {most} bytes")]
    TooLarge {
        /// How many are taken.
        most: usize,
    },
    /// Nothing of it came for too long.
    #[error("nothing of the body came for {} s", PATIENCE.as_secs())]
    Stalled,
    /// It ended before its end.
    #[error("the body broke off: {0}")]
    BrokeOff(String),
}

impl BodyError {
    /// What is answered.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Stalled => StatusCode::REQUEST_TIMEOUT,
            Self::BrokeOff(_) => StatusCode::BAD_REQUEST,
        }
    }
}

/// Reads a body of at most that many bytes. One that is announced to be larger is not waited for.
pub(crate) async fn whole<B>(parts: &Parts, mut body: B, most: usize) -> Result<Bytes, BodyError>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    let announced =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > most as u64) {
        return Err(BodyError::TooLarge { most });
    }
    let mut all = BytesMut::new();
    loop {
        let frame = tokio::time::timeout(PATIENCE, body.frame()).await.map_err(|_| BodyError::Stalled)?;
        let Some(frame) = frame else { return Ok(all.freeze()) };
        let frame = frame.map_err(|error| BodyError::BrokeOff(error.into().to_string()))?;
        let Ok(data) = frame.into_data() else { continue };
        if all.len() + data.len() > most {
            return Err(BodyError::TooLarge { most });
        }
        all.extend_from_slice(&data);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;
    use futures_util::StreamExt as _;
    use http_body::Frame;
    use http_body_util::{Full, StreamBody};

    fn parts(announced: Option<&str>) -> Parts {
        let mut request = http::Request::builder();
        if let Some(length) = announced {
            request = request.header(header::CONTENT_LENGTH, length);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_is_read_whole_or_refused_in_time() {
        let full = |text: &'static str| Full::new(Bytes::from_static(text.as_bytes()));
        assert_eq!(whole(&parts(None), full("hello"), 5).await.unwrap(), "hello");
        assert_eq!(whole(&parts(None), full("hello"), 4).await, Err(BodyError::TooLarge { most: 4 }));
        // Announced: nothing is waited for.
        let never = || StreamBody::new(futures_util::stream::pending::<Result<Frame<Bytes>, BoxError>>());
        assert_eq!(whole(&parts(Some("99999999999")), never(), 4).await, Err(BodyError::TooLarge { most: 4 }));
        assert_eq!(whole(&parts(Some("4")), never(), 4).await, Err(BodyError::Stalled));
        let begun = futures_util::stream::iter([Ok(Frame::data(Bytes::from_static(b"h")))])
            .chain(futures_util::stream::pending::<Result<Frame<Bytes>, BoxError>>());
        assert_eq!(whole(&parts(None), StreamBody::new(begun), 4).await, Err(BodyError::Stalled));
    }
}
