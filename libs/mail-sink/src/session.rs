//! One connection: RFC 5321 as far as a sending server needs it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

use crate::mailbox::Mailbox;
use crate::{Trouble, Troubles};

/// RFC 5321, 4.5.3.1.4, asks for 512; extensions make it longer.
const COMMAND_BYTES_MAX: u64 = 4_096;
const MESSAGE_BYTES_MAX: usize = 10 * 1024 * 1024;
const RECIPIENTS_MAX: usize = 100;
/// A client may be silent for this long.
const IDLE_MAX: Duration = Duration::from_mins(1);

/// What a client asks for.
#[derive(Debug, PartialEq, Eq)]
enum Command {
    Ehlo,
    Helo,
    Mail,
    Rcpt,
    Data,
    Rset,
    Noop,
    Quit,
    Unknown,
}

impl Command {
    fn parse(line: &[u8]) -> Self {
        let line = String::from_utf8_lossy(line).trim_end().to_ascii_uppercase();
        let is = |verb: &str| line == verb || line.starts_with(&format!("{verb} "));
        match line.as_str() {
            _ if is("EHLO") => Self::Ehlo,
            _ if is("HELO") => Self::Helo,
            _ if line.starts_with("MAIL FROM:") => Self::Mail,
            _ if line.starts_with("RCPT TO:") => Self::Rcpt,
            "DATA" => Self::Data,
            "RSET" => Self::Rset,
            _ if is("NOOP") => Self::Noop,
            "QUIT" => Self::Quit,
            _ => Self::Unknown,
        }
    }
}

/// How far the client is with one message.
#[derive(Debug, Default)]
struct Envelope {
    has_sender: bool,
    recipients: usize,
}

struct Session {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    envelope: Envelope,
}

/// Whether the connection goes on.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Go,
    Stop,
}

/// Serves one client until it quits, goes away or breaks the protocol for good.
pub(crate) async fn serve(stream: TcpStream, mailbox: &Arc<Mailbox>, troubles: &Troubles) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (reader, writer) = stream.into_split();
    let mut session = Session {
        reader: BufReader::new(reader),
        writer,
        envelope: Envelope::default(),
    };
    session
        .reply("220 mail-sink ESMTP; keeps mail and sends it nowhere")
        .await?;
    loop {
        let Some(line) = session.read_line(COMMAND_BYTES_MAX).await? else {
            return Ok(());
        };
        if session.act(&Command::parse(&line), mailbox, troubles).await? == Next::Stop {
            return Ok(());
        }
    }
}

impl Session {
    async fn act(
        &mut self,
        command: &Command,
        mailbox: &Arc<Mailbox>,
        troubles: &Troubles,
    ) -> io::Result<Next> {
        match command {
            Command::Ehlo => {
                self.envelope = Envelope::default();
                self.reply(&format!(
                    "250-mail-sink\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 SIZE {MESSAGE_BYTES_MAX}"
                ))
                .await?;
            }
            Command::Helo => {
                self.envelope = Envelope::default();
                self.reply("250 mail-sink").await?;
            }
            Command::Mail if self.envelope.has_sender => self.reply("503 one sender a message").await?,
            Command::Mail => {
                self.envelope.has_sender = true;
                self.reply("250 ok").await?;
            }
            Command::Rcpt if !self.envelope.has_sender => self.reply("503 MAIL first").await?,
            Command::Rcpt if self.envelope.recipients == RECIPIENTS_MAX => {
                self.reply("452 too many recipients").await?;
            }
            Command::Rcpt => {
                self.envelope.recipients += 1;
                self.reply("250 ok").await?;
            }
            Command::Data if self.envelope.recipients == 0 => self.reply("503 MAIL and RCPT first").await?,
            Command::Data => {
                self.envelope = Envelope::default();
                self.reply("354 end with a dot on a line of its own").await?;
                return self.take_message(mailbox, troubles).await;
            }
            Command::Rset => {
                self.envelope = Envelope::default();
                self.reply("250 ok").await?;
            }
            Command::Noop => self.reply("250 ok").await?,
            Command::Quit => {
                self.reply("221 bye").await?;
                return Ok(Next::Stop);
            }
            Command::Unknown => self.reply("502 not known here").await?,
        }
        Ok(Next::Go)
    }

    async fn take_message(&mut self, mailbox: &Arc<Mailbox>, troubles: &Troubles) -> io::Result<Next> {
        let Some(message) = self.read_message().await? else {
            self.reply(&format!("552 a message has at most {MESSAGE_BYTES_MAX} bytes"))
                .await?;
            return Ok(Next::Stop);
        };
        let trouble = troubles.next();
        match trouble {
            Some(Trouble::Temporary) => {
                self.reply("451 try again later").await?;
                return Ok(Next::Go);
            }
            Some(Trouble::Permanent) => {
                self.reply("550 no such mailbox").await?;
                return Ok(Next::Go);
            }
            Some(Trouble::KeptAndCutOff | Trouble::KeptAndSilent) | None => {}
        }
        let mailbox = Arc::clone(mailbox);
        let kept = tokio::task::spawn_blocking(move || mailbox.keep(&message))
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)));
        match (kept, trouble) {
            (Err(error), _) => {
                tracing::error!(%error, "a message could not be kept");
                self.reply("452 cannot be kept now").await?;
            }
            (Ok(_), Some(Trouble::KeptAndCutOff)) => return Ok(Next::Stop),
            (Ok(_), Some(Trouble::KeptAndSilent)) => {
                // Until the client gives up.
                self.read_line(COMMAND_BYTES_MAX).await?;
                return Ok(Next::Stop);
            }
            (Ok(_), Some(Trouble::Temporary | Trouble::Permanent) | None) => self.reply("250 kept").await?,
        }
        Ok(Next::Go)
    }

    /// Reads up to the dot on a line of its own; `None` when there is too much.
    async fn read_message(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut message = Vec::new();
        loop {
            let left = MESSAGE_BYTES_MAX.saturating_sub(message.len());
            // The dot and its line end still have a place after the last byte that is allowed.
            let limit = u64::try_from(left).unwrap_or(u64::MAX).saturating_add(3);
            let Some(line) = self.read_line(limit).await? else {
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            if line == b".\r\n" {
                return Ok(Some(message));
            }
            // A dot in front was put there by the sender so that the line is not taken for the end.
            message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            if message.len() > MESSAGE_BYTES_MAX || !line.ends_with(b"\n") {
                return Ok(None);
            }
        }
    }

    /// A line with its end, cut off after `bytes_max`; `None` when the client went away.
    async fn read_line(&mut self, bytes_max: u64) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.reader).take(bytes_max);
        let reading = limited.read_until(b'\n', &mut line);
        let length = timeout(IDLE_MAX, reading)
            .await
            .map_err(|_elapsed| io::Error::from(io::ErrorKind::TimedOut))??;
        Ok((length > 0).then_some(line))
    }

    async fn reply(&mut self, line: &str) -> io::Result<()> {
        self.writer.write_all(format!("{line}\r\n").as_bytes()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_apart_in_any_case() {
        let cases = [
            ("EHLO there\r\n", Command::Ehlo),
            ("helo there\r\n", Command::Helo),
            ("mail from:<a@b> SIZE=10\r\n", Command::Mail),
            ("RCPT TO:<a@b>\r\n", Command::Rcpt),
            ("Data\r\n", Command::Data),
            ("RSET\r\n", Command::Rset),
            ("NOOP\r\n", Command::Noop),
            ("QUIT\r\n", Command::Quit),
            ("EHLOX\r\n", Command::Unknown),
            ("VRFY a\r\n", Command::Unknown),
            ("\r\n", Command::Unknown),
        ];
        for (line, command) in cases {
            assert_eq!(Command::parse(line.as_bytes()), command, "{line:?}");
        }
    }
}
