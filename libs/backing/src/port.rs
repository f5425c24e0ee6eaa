//! Free ports on loopback.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// Below the ports that operating systems give to outgoing connections (Linux from 32768, macOS from 49152): a
/// client that retries a port of that range while its server is away can end up connected to itself, and then the
/// server cannot come back.
const CANDIDATES: std::ops::Range<u16> = 20_000..32_000;

/// Far more than are ever taken in a row.
const ATTEMPTS_MAX: usize = 200;

/// A port on 127.0.0.1 that nobody listens on now. Somebody may before it is used: whoever uses it retries.
pub fn free_port() -> io::Result<u16> {
    (0..ATTEMPTS_MAX)
        .map(|_| rand::random_range(CANDIDATES))
        .find(|port| is_free(*port))
        .ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::AddrInUse,
                "no port between 20000 and 32000 is free",
            )
        })
}

pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}
