//! The folder of messages: `000001-<message id>.eml`, numbered as they come, on after a restart.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The part of the file name that comes from the message.
const MESSAGE_ID_CHARS_MAX: usize = 120;

#[derive(Debug)]
pub(crate) struct Mailbox {
    directory: PathBuf,
    next: AtomicU64,
}

impl Mailbox {
    /// Opens the folder, or makes it.
    pub(crate) fn open(directory: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&directory)?;
        let mut last = 0;
        for entry in fs::read_dir(&directory)? {
            last = last.max(number_of(&entry?.file_name()).unwrap_or(0));
        }
        Ok(Self {
            directory,
            next: AtomicU64::new(last + 1),
        })
    }

    /// Returns when the message is on disk under its name. A reader of the folder sees it whole or not at all.
    /// Blocks: call it where that is allowed.
    pub(crate) fn keep(&self, message: &[u8]) -> io::Result<PathBuf> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self
            .directory
            .join(format!("{number:06}-{}.eml", message_id(message)));
        let draft = self.directory.join(format!(".{number:06}.part"));
        let mut file = fs::File::create(&draft)?;
        file.write_all(message)?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        sync_directory(&self.directory)?;
        Ok(path)
    }
}

/// The rename itself is only durable once the folder is.
fn sync_directory(directory: &Path) -> io::Result<()> {
    fs::File::open(directory)?.sync_all()
}

fn number_of(name: &OsStr) -> Option<u64> {
    let (number, rest) = name.to_str()?.split_once('-')?;
    rest.strip_suffix(".eml")?;
    number.parse().ok()
}

/// What the header `Message-ID` says, as far as it may stand in a file name.
fn message_id(message: &[u8]) -> String {
    let text = String::from_utf8_lossy(message);
    let id = text
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("message-id"))
        .map_or("", |(_, value)| value.trim());
    let safe: String = id
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() || matches!(char, '@' | '.' | '-' | '_' | '+'))
        .take(MESSAGE_ID_CHARS_MAX)
        .collect();
    if safe.is_empty() {
        "without-id".to_owned()
    } else {
        safe
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_the_message_id_and_after_nothing_else() {
        let cases: [(&str, &str); 5] = [
            ("Message-ID: <a1@mail.test>\r\n\r\nx", "a1@mail.test"),
            ("Subject: s\r\nmessage-id:<b@c>\r\n\r\n", "b@c"),
            ("Message-ID: <../../etc/passwd>\r\n\r\n", "....etcpasswd"),
            ("Subject: s\r\n\r\nMessage-ID: <in@body>\r\n", "without-id"),
            ("", "without-id"),
        ];
        for (message, expected) in cases {
            assert_eq!(message_id(message.as_bytes()), expected, "{message:?}");
        }
    }

    #[test]
    fn numbers_go_on_where_the_folder_ends() {
        let folder = tempfile::tempdir().unwrap();
        let keep = |message: &[u8]| {
            let path = Mailbox::open(folder.path().to_owned())
                .unwrap()
                .keep(message)
                .unwrap();
            path.file_name().unwrap().to_str().unwrap().to_owned()
        };
        assert_eq!(keep(b"Message-ID: <a@b>\r\n\r\n"), "000001-a@b.eml");
        assert_eq!(keep(b"Message-ID: <a@b>\r\n\r\n"), "000002-a@b.eml");
        fs::write(folder.path().join("notes.txt"), "not a message").unwrap();
        assert_eq!(keep(b""), "000003-without-id.eml");
    }
}
