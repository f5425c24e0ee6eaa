//! Makes an image from programs of this machine, for machines that have Docker and no registry.
//!
//! Such an image is a folder tree with the programs, the libraries that `ldd` names for them, and an entry point that
//! takes the same settings as the official image.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::account;
use crate::containers::docker;
use crate::installed::Program;
use crate::options::Engine;
use crate::subprocess::run_successfully;

const LDD_WITHIN: Duration = Duration::from_mins(1);
/// About 90 MB, through a temporary file.
const IMPORT_WITHIN: Duration = Duration::from_mins(2);

/// The second to ask for an image gets the one that the first has made.
static MAKING: Mutex<()> = Mutex::new(());

/// Procedural languages and the compiler at run time, which bring libraries of hundreds of megabytes; and files
/// that are for building only.
const LEFT_OUT: [&str; 6] = ["llvmjit*", "bitcode", "plpython*", "plperl*", "pltcl*", "*.a"];

/// As the official image: the data is set up once, by the password in the environment, and the arguments are
/// settings. Docker asks with SIGTERM, which Postgres takes as "once all have disconnected", so it is passed on as
/// the signal for a fast shutdown.
const POSTGRES_ENTRY_POINT: &str = r#"#!/bin/sh
set -e
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  rm -rf "$PGDATA.new"
  printf '%s' "$POSTGRES_PASSWORD" > "$PGDATA.password"
  BIN/initdb -D "$PGDATA.new" --pwfile="$PGDATA.password" --username=postgres --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C
  rm "$PGDATA.password"
  echo 'host all all all scram-sha-256' >> "$PGDATA.new/pg_hba.conf"
  mv "$PGDATA.new" "$PGDATA"
fi
trap 'kill -INT $server' TERM
BIN/postgres -D "$PGDATA" -c 'listen_addresses=*' -c unix_socket_directories=/tmp "$@" &
server=$!
wait $server || wait $server
"#;

/// The account inside: its number is the official image's.
const PASSWD: &str = "root:x:0:0::/:/bin/sh\nserver:x:999:999::/tmp:/bin/sh\n";
const GROUP: &str = "root:x:0:\nserver:x:999:\n";

/// An image of `program`, made now unless it is there already.
pub(super) fn make(engine: Engine, program: &Program) -> Result<String, String> {
    let _one_at_a_time = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let digest = hex::encode(Sha256::digest(program.path.as_os_str().as_encoded_bytes()));
    let digest = digest.get(..8).unwrap_or_default();
    let image = format!("portway-local/{}:{}-{digest}", engine.slug(), program.version);
    if docker::has_image(&image) {
        return Ok(image);
    }
    let work = std::env::temp_dir().join(format!("portway-image-{}-{}", engine.slug(), std::process::id()));
    let made = import(engine, program, &image, &work);
    // Left files would only take room.
    let _ = fs::remove_dir_all(&work);
    made.map(|()| image)
}

fn import(engine: Engine, program: &Program, image: &str, work: &Path) -> Result<(), String> {
    let bin = program.path.parent().unwrap_or(Path::new("/"));
    let own = work.join("root");
    write_own_files(engine, bin, &own)?;
    let paths = match engine {
        Engine::Postgres => postgres_paths(bin)?,
        Engine::Redis => with_libraries(vec![program.path.clone()])?,
    };
    let archive = work.join("image.tar");
    let mut tar = Command::new("tar");
    // Links become what they lead to, so that each path is there as it was named.
    tar.args([
        "--create",
        "--dereference",
        "--ignore-failed-read",
        "--owner=0",
        "--group=0",
    ]);
    tar.args(LEFT_OUT.map(|pattern| format!("--exclude={pattern}")));
    tar.arg("--file").arg(&archive).args(["--directory", "/"]);
    tar.args(paths.iter().map(|path| path.strip_prefix("/").unwrap_or(path)));
    tar.arg("--directory").arg(&own).arg(".");
    run_successfully(&mut tar, IMPORT_WITHIN).map_err(|reason| format!("tar: {reason}"))?;
    let entry_point = match engine {
        Engine::Postgres => "/entry-point".to_owned(),
        Engine::Redis => program.path.display().to_string(),
    };
    let mut docker = Command::new("docker");
    docker.args([
        "import",
        "--change",
        &format!("ENTRYPOINT [\"{entry_point}\"]"),
        "--change",
        "USER 999:999",
    ]);
    run_successfully(docker.arg(&archive).arg(image), IMPORT_WITHIN)
        .map(|_| ())
        .map_err(|reason| format!("the image {image} cannot be made ({reason})"))
}

fn write_own_files(engine: Engine, bin: &Path, root: &Path) -> Result<(), String> {
    let write = |name: &str, text: &str, mode: u32| {
        let path = root.join(name);
        fs::write(&path, text).map_err(|error| error.to_string())?;
        account::set_mode(&path, mode).map_err(|error| error.to_string())
    };
    // Anyone may write into the data folders, so that the account inside can, whose number means nothing here.
    for (dir, mode) in [
        ("etc", 0o755),
        ("tmp", 0o1777),
        ("data", 0o1777),
        ("var/lib/postgresql", 0o1777),
    ] {
        let dir = root.join(dir);
        fs::create_dir_all(&dir).map_err(|error| error.to_string())?;
        account::set_mode(&dir, mode).map_err(|error| error.to_string())?;
    }
    for dir in ["", "var", "var/lib"] {
        account::set_mode(&root.join(dir), 0o755).map_err(|error| error.to_string())?;
    }
    write("etc/passwd", PASSWD, 0o644)?;
    write("etc/group", GROUP, 0o644)?;
    write("etc/nsswitch.conf", "passwd: files\ngroup: files\n", 0o644)?;
    match engine {
        Engine::Postgres => {
            let script = POSTGRES_ENTRY_POINT.replace("BIN", &bin.display().to_string());
            write("entry-point", &script, 0o755)
        }
        Engine::Redis => Ok(()),
    }
}

/// The server, the shell that `initdb` and the entry point need, and what Postgres loads at run time.
fn postgres_paths(bin: &Path) -> Result<Vec<PathBuf>, String> {
    let config = |what: &str| {
        run_successfully(Command::new(bin.join("pg_config")).arg(what), LDD_WITHIN)
            .map(|path| PathBuf::from(path.trim()))
            .map_err(|reason| format!("pg_config {what}: {reason}"))
    };
    let (share, loadable) = (config("--sharedir")?, config("--pkglibdir")?);
    let mut files: Vec<PathBuf> = ["postgres", "initdb"].iter().map(|name| bin.join(name)).collect();
    files.extend(["/bin/sh", "/bin/rm", "/bin/mv"].map(PathBuf::from));
    let entries = fs::read_dir(&loadable)
        .map_err(|error| error.to_string())?
        .flatten();
    files.extend(
        entries
            .map(|entry| entry.path())
            .filter(|path| is_wanted_library(path)),
    );
    let mut paths = with_libraries(files)?;
    // A file that is named twice becomes a link to itself.
    paths.retain(|path| !path.starts_with(&loadable));
    paths.extend([share, loadable]);
    // Some builds use the machine's time zones instead of their own.
    paths.extend(
        [PathBuf::from("/usr/share/zoneinfo")]
            .into_iter()
            .filter(|path| path.exists()),
    );
    Ok(paths)
}

fn is_wanted_library(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_left_out = LEFT_OUT.iter().any(|pattern| {
        pattern
            .strip_suffix('*')
            .is_some_and(|prefix| name.starts_with(prefix))
    });
    path.extension().is_some_and(|extension| extension == "so") && !is_left_out
}

/// These files and all libraries that they need, with the loader.
fn with_libraries(files: Vec<PathBuf>) -> Result<Vec<PathBuf>, String> {
    let said = run_successfully(Command::new("ldd").args(&files), LDD_WITHIN)
        .map_err(|reason| format!("ldd: {reason}"))?;
    let libraries: BTreeSet<PathBuf> = said.lines().filter_map(library_of).collect();
    // Older C libraries load the module that reads /etc/passwd, which `ldd` cannot know.
    let name_service = libraries.iter().filter(|path| path.ends_with("libc.so.6"));
    let name_service = name_service.map(|path| path.with_file_name("libnss_files.so.2"));
    let name_service: Vec<PathBuf> = name_service.filter(|path| path.exists()).collect();
    Ok(files.into_iter().chain(libraries).chain(name_service).collect())
}

/// The path in `libz.so.1 => /lib/libz.so.1 (0x7f)` or `/lib64/ld-linux-x86-64.so.2 (0x7f)`.
fn library_of(line: &str) -> Option<PathBuf> {
    let target = line.split_once(" => ").map_or(line, |(_, target)| target).trim();
    let path = target.rsplit_once(" (0x")?.0;
    path.starts_with('/').then(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_read_as_ldd_prints_them() {
        let cases = [
            (
                "\tlibz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x00007f1)",
                Some("/lib/x86_64-linux-gnu/libz.so.1"),
            ),
            (
                "\t/lib64/ld-linux-x86-64.so.2 (0x00007f1)",
                Some("/lib64/ld-linux-x86-64.so.2"),
            ),
            ("\tlinux-vdso.so.1 (0x00007f17)", None),
            ("\tlibgone.so => not found", None),
            ("/usr/bin/postgres:", None),
        ];
        for (line, expected) in cases {
            assert_eq!(library_of(line), expected.map(PathBuf::from), "{line}");
        }
    }
}
