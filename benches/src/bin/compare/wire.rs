//! HTTP/1.1 over a blocking socket, as far as the driver needs it: both ends of a keep-alive connection, bodies with a
//! length. Small on purpose, so that little of what is timed is the driver's own.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::Outcome;

/// One request or response.
#[derive(Debug)]
pub(crate) struct Message {
    /// The start line and the headers.
    pub(crate) head: String,
    /// What followed them.
    pub(crate) body: Vec<u8>,
}

/// One connection and what has been read of it beyond the last message.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Message {
    /// The start line: method and target, or the status.
    pub(crate) fn start_line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

impl Connection {
    /// Takes over a connected socket.
    pub(crate) fn new(stream: TcpStream) -> Outcome<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, unread: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a whole message in one write.
    pub(crate) fn write(&mut self, message: &[u8]) -> Outcome<()> {
        Ok(self.stream.write_all(message)?)
    }

    /// The next message, or `None` when the other end has closed.
    pub(crate) fn read(&mut self) -> Outcome<Option<Message>> {
        let Some(head_end) = self.fill_until(head_end)? else { return Ok(None) };
        let head = String::from_utf8(self.unread.drain(..head_end).collect())?;
        if header(&head, "transfer-encoding").is_some() {
            return Err(format!("a chunked body, which this driver does not read: {head}").into());
        }
        let length = header(&head, "content-length").map_or(Ok(0), str::parse)?;
        match self.fill_until(|unread| (unread.len() >= length).then_some(length))? {
            Some(_) => Ok(Some(Message { head, body: self.unread.drain(..length).collect() })),
            None => Err("the connection closed within a body".into()),
        }
    }

    fn fill_until(&mut self, complete: impl Fn(&[u8]) -> Option<usize>) -> Outcome<Option<usize>> {
        let mut chunk = [0; 16 * 1024];
        loop {
            if let Some(end) = complete(&self.unread) {
                return Ok(Some(end));
            }
            match self.stream.read(&mut chunk)? {
                0 => return Ok(None),
                read => self.unread.extend_from_slice(&chunk[..read]),
            }
        }
    }
}

fn head_end(unread: &[u8]) -> Option<usize> {
    unread.windows(4).position(|window| window == b"\r\n\r\n").map(|start| start + 4)
}

fn header<'head>(head: &'head str, name: &str) -> Option<&'head str> {
    let mut fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    fields.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_found_whatever_its_case() {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n";
        assert_eq!(header(head, "content-length"), Some("12"));
        assert_eq!(header(head, "date"), None);
    }

    #[test]
    fn a_head_ends_after_its_empty_line() {
        assert_eq!(head_end(b"GET / HTTP/1.1\r\n\r\nbody"), Some(18));
        assert_eq!(head_end(b"GET / HTTP/1.1\r\n"), None);
    }
}
