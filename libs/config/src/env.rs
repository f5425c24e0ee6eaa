//! The reader: typed reads that note their faults instead of failing one by one.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use types::Secret;

use crate::fault::{ConfigErrors, Fault};
use crate::setting::{Need, Setting};
use crate::source::{Source, Unreadable};

/// The outcome of one read. Its fault is also noted in the [`Env`]: after a successful [`Env::finish`] it is
/// `Ok`, so `?` on it costs no thought.
pub type Read<T> = Result<T, Fault>;

/// Reads settings, and remembers what was read and what was wrong.
pub struct Env {
    source: Source,
    settings: Vec<Setting>,
    faults: Vec<Fault>,
}

/// How a text becomes a value; the error says what is wrong with it.
type Parse<'a, T> = &'a dyn Fn(&str) -> Result<T, String>;

impl Env {
    /// Reads the environment of this process.
    pub fn from_process() -> Self {
        Self::new(Source::Process)
    }

    /// Reads the given pairs and nothing else.
    pub fn from_pairs<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let pairs = pairs.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self::new(Source::Pairs(pairs.collect::<BTreeMap<_, _>>()))
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            settings: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// A value that has to be there.
    pub fn required<T>(&mut self, name: &str, doc: &str) -> Read<T>
    where
        T: FromStr<Err: Display>,
    {
        self.read_required(&Setting::plain(name, doc, Need::Required), &parse)
    }

    /// A value that the service can do without.
    pub fn optional<T>(&mut self, name: &str, doc: &str) -> Read<Option<T>>
    where
        T: FromStr<Err: Display>,
    {
        self.read(&Setting::plain(name, doc, Need::Optional), &parse)
    }

    /// A value with a default.
    pub fn or<T>(&mut self, name: &str, doc: &str, default: T) -> Read<T>
    where
        T: FromStr<Err: Display> + Display,
    {
        let setting = Setting::plain(name, doc, Need::Default(default.to_string()));
        Ok(self.read(&setting, &parse)?.unwrap_or(default))
    }

    /// A span of time such as `250ms`, `30s`, `5m` or `1h 30m`, with a default.
    pub fn duration_or(&mut self, name: &str, doc: &str, default: Duration) -> Read<Duration> {
        let setting = Setting::plain(name, doc, Need::Default(written(default)));
        Ok(self.read(&setting, &parse_duration)?.unwrap_or(default))
    }

    /// Values separated by commas; none when not set.
    pub fn list<T>(&mut self, name: &str, doc: &str) -> Read<Vec<T>>
    where
        T: FromStr<Err: Display>,
    {
        let setting = Setting::plain(name, doc, Need::Optional);
        Ok(self.read(&setting, &parse_list)?.unwrap_or_default())
    }

    /// A secret that has to be there, from `NAME` or from the file that `NAME_FILE` names.
    pub fn secret(&mut self, name: &str, doc: &str) -> Read<Secret> {
        self.secret_as(name, doc, |secret| Ok::<_, String>(Secret::new(secret)))
    }

    /// Like [`Env::secret`], for a service that can do without.
    pub fn optional_secret(&mut self, name: &str, doc: &str) -> Read<Option<Secret>> {
        self.read(&Setting::secret(name, doc, Need::Optional), &|secret| {
            Ok(Secret::new(secret))
        })
    }

    /// Like [`Env::secret`], parsed. What `parse` complains about is not reported, because it may quote the text.
    pub fn secret_as<T, E>(
        &mut self,
        name: &str,
        doc: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Read<T> {
        let parse = |secret: &str| parse(secret).map_err(|_| "not well formed; not shown".to_owned());
        self.read_required(&Setting::secret(name, doc, Need::Required), &parse)
    }

    /// Notes that a setting is refused for a reason that reading it could not see.
    pub fn refuse(&mut self, name: &str, reason: &str) {
        self.faults.push(Fault::Refused {
            name: name.to_owned(),
            reason: reason.to_owned(),
        });
    }

    /// Reports every fault noted so far.
    pub fn finish(&self) -> Result<(), ConfigErrors> {
        ConfigErrors::check(&self.faults)
    }

    /// Every setting that was read, in the order of the reads, each once.
    pub fn describe(&self) -> &[Setting] {
        &self.settings
    }

    fn read_required<T>(&mut self, setting: &Setting, parse: Parse<'_, T>) -> Read<T> {
        match self.read(setting, parse)? {
            Some(value) => Ok(value),
            None => Err(self.note(Fault::Missing {
                name: setting.name.clone(),
                doc: setting.doc.clone(),
            })),
        }
    }

    fn read<T>(&mut self, setting: &Setting, parse: Parse<'_, T>) -> Read<Option<T>> {
        if !self.settings.iter().any(|known| known.name == setting.name) {
            self.settings.push(setting.clone());
        }
        let found = if setting.secret {
            self.source.value_or_file(&setting.name)
        } else {
            self.source.value(&setting.name)
        };
        let parsed = match found {
            Ok(Some(text)) => parse(&text).map(Some),
            Ok(None) => Ok(None),
            Err(Unreadable(reason)) => Err(reason),
        };
        parsed.map_err(|reason| {
            let (name, doc) = (setting.name.clone(), setting.doc.clone());
            self.note(Fault::IllFormed { name, doc, reason })
        })
    }

    fn note(&mut self, fault: Fault) -> Fault {
        self.faults.push(fault.clone());
        fault
    }
}

/// Without the values, some of which are secrets.
impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Env")
            .field("settings", &self.settings)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

impl Setting {
    fn plain(name: &str, doc: &str, need: Need) -> Self {
        Self {
            name: name.to_owned(),
            doc: doc.to_owned(),
            need,
            secret: false,
        }
    }

    fn secret(name: &str, doc: &str, need: Need) -> Self {
        Self {
            secret: true,
            ..Self::plain(name, doc, need)
        }
    }
}

fn parse<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// All bad items are named, not only the first.
fn parse_list<T: FromStr<Err: Display>>(text: &str) -> Result<Vec<T>, String> {
    let (mut items, mut reasons) = (Vec::new(), Vec::new());
    for (index, item) in text.split(',').map(str::trim).enumerate() {
        match parse(item) {
            Ok(item) => items.push(item),
            Err(reason) => reasons.push(format!("item {}: {reason}", index + 1)),
        }
    }
    if reasons.is_empty() {
        Ok(items)
    } else {
        Err(reasons.join("; "))
    }
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    text.parse::<SignedDuration>()
        .ok()
        .and_then(|duration| Duration::try_from(duration).ok())
        .ok_or_else(|| "not a span of time such as 250ms, 30s, 5m or 1h 30m".to_owned())
}

/// A duration as an operator would write it.
fn written(duration: Duration) -> String {
    SignedDuration::try_from(duration).map_or_else(
        |_| format!("{}s", duration.as_secs()),
        |signed| format!("{signed:#}"),
    )
}
