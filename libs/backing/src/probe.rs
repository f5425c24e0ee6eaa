//! Asks a server whether it answers, with the first bytes of its own protocol. No driver is needed for that.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// A server on this machine that takes longer is not up yet.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether Postgres is ready for logins: it asks for a password, where one that is still starting sends an error.
pub(crate) fn postgres_answers(host: &str, port: u16) -> bool {
    // Protocol 3.0, then the parameters, then an empty name.
    let mut body = 196_608_u32.to_be_bytes().to_vec();
    body.extend_from_slice(b"user\0postgres\0database\0postgres\0\0");
    let Ok(length) = u32::try_from(body.len().saturating_add(4)) else {
        return false;
    };
    let greeting = [length.to_be_bytes().as_slice(), &body].concat();
    exchange(host, port, &greeting, 1).is_ok_and(|reply| reply == b"R")
}

/// Whether Redis takes commands: while it loads its data it refuses them. The password proves that it is ours.
pub(crate) fn redis_answers(host: &str, port: u16, password: &str) -> bool {
    let expected = b"+OK\r\n+PONG\r\n";
    let commands = format!("AUTH {password}\r\nPING\r\n");
    exchange(host, port, commands.as_bytes(), expected.len()).is_ok_and(|reply| reply == expected)
}

fn exchange(host: &str, port: u16, request: &[u8], reply_bytes: usize) -> io::Result<Vec<u8>> {
    let address = (host, port)
        .to_socket_addrs()?
        .next()
        .ok_or(io::ErrorKind::AddrNotAvailable)?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(request)?;
    let mut reply = vec![0; reply_bytes];
    stream.read_exact(&mut reply)?;
    Ok(reply)
}
