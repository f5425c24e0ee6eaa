//! The sink from the outside: a client that writes SMTP by hand.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as the test does"
)]

use std::path::Path;

use mail_sink::{MailSink, Trouble};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

struct Client(BufReader<TcpStream>);

impl Client {
    async fn connect(sink: &MailSink) -> Self {
        let mut client = Self(BufReader::new(TcpStream::connect(sink.address()).await.unwrap()));
        assert_eq!(client.answer().await, "220");
        client
    }

    async fn say(&mut self, text: &str) -> String {
        self.0.write_all(text.as_bytes()).await.unwrap();
        self.answer().await
    }

    /// The code of the next answer; empty when the server hung up.
    async fn answer(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).await.unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.chars().take(3).collect();
            }
        }
    }

    async fn send(&mut self, message: &str) -> String {
        assert_eq!(self.say("MAIL FROM:<us@portway.test>\r\n").await, "250");
        assert_eq!(self.say("RCPT TO:<you@portway.test>\r\n").await, "250");
        assert_eq!(self.say("DATA\r\n").await, "354");
        self.say(&format!("{message}\r\n.\r\n")).await
    }
}

async fn start() -> (MailSink, TempDir, CancellationToken) {
    let folder = tempfile::tempdir().unwrap();
    let shutdown = CancellationToken::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sink = MailSink::start(listener, folder.path().join("mail"), shutdown.clone()).unwrap();
    (sink, folder, shutdown)
}

fn kept(folder: &TempDir) -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir(folder.path().join("mail"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (name(&path), std::fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_message_is_on_disk_before_the_server_says_yes() {
    let (sink, folder, shutdown) = start().await;
    let mut client = Client::connect(&sink).await;
    assert_eq!(client.say("EHLO test\r\n").await, "250");
    let message = "Message-ID: <1@portway.test>\r\nSubject: s\r\n\r\nline\r\n..dots\r\n";
    assert_eq!(client.send(message).await, "250");
    let expected = "Message-ID: <1@portway.test>\r\nSubject: s\r\n\r\nline\r\n.dots\r\n\r\n";
    assert_eq!(
        kept(&folder),
        [("000001-1@portway.test.eml".to_owned(), expected.to_owned())]
    );
    assert_eq!(client.send("Message-ID: <2@x>\r\n\r\n").await, "250");
    assert_eq!(client.say("QUIT\r\n").await, "221");
    assert_eq!(kept(&folder).len(), 2);
    shutdown.cancel();
    sink.ended().await;
}

#[tokio::test]
async fn commands_out_of_order_are_refused_and_change_nothing() {
    let (sink, folder, _shutdown) = start().await;
    let mut client = Client::connect(&sink).await;
    for (command, code) in [
        ("NOOP\r\n", "250"),
        ("DATA\r\n", "503"),
        ("RCPT TO:<a@b>\r\n", "503"),
        ("MAIL FROM:<a@b>\r\n", "250"),
        ("MAIL FROM:<a@b>\r\n", "503"),
        ("DATA\r\n", "503"),
        ("RCPT TO:<a@b>\r\n", "250"),
        ("RSET\r\n", "250"),
        ("DATA\r\n", "503"),
        ("EXPN list\r\n", "502"),
    ] {
        assert_eq!(client.say(command).await, code, "{command:?}");
    }
    assert!(kept(&folder).is_empty());
}

#[tokio::test]
async fn a_message_above_ten_mebibytes_is_refused_and_not_kept() {
    let (sink, folder, _shutdown) = start().await;
    let mut client = Client::connect(&sink).await;
    let line = format!("{}\r\n", "x".repeat(1_022));
    let too_much = line.repeat(10 * 1_024 + 1);
    assert_eq!(client.say("MAIL FROM:<a@b>\r\n").await, "250");
    assert_eq!(client.say("RCPT TO:<a@b>\r\n").await, "250");
    assert_eq!(client.say("DATA\r\n").await, "354");
    // The server may hang up while the rest is still under way.
    let _ = client.0.write_all(too_much.as_bytes()).await;
    let mut rest = Vec::new();
    let _ = client.0.read_to_end(&mut rest).await;
    assert!(kept(&folder).is_empty());
    assert_eq!(Client::connect(&sink).await.send("s: x\r\n").await, "250");
}

#[tokio::test]
async fn troubles_come_as_often_as_asked_for() {
    let (sink, folder, _shutdown) = start().await;
    for (trouble, answer, files) in [
        (Trouble::Temporary, "451", 0),
        (Trouble::Permanent, "550", 0),
        (Trouble::KeptAndCutOff, "", 1),
    ] {
        sink.trouble_next(2, trouble);
        for time in 1..=2 {
            let before = kept(&folder).len();
            assert_eq!(Client::connect(&sink).await.send("s: x\r\n").await, answer);
            assert_eq!(kept(&folder).len() - before, files, "{trouble:?} {time}");
        }
        assert_eq!(Client::connect(&sink).await.send("s: x\r\n").await, "250");
    }
}
