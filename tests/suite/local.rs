//! The local provider over real sockets.
