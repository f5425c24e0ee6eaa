//! The table of area codes, and the rules that turn its rows into verdicts.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, OnceLock};

use jiff::civil::Date;
use serde::Deserialize;
use types::{Country, Tn};

use crate::number_info::{NumberInfo, NumberKind, StateCode};
use crate::reading::{Letters, read_ten_digits};
use crate::refusal::NumberRefusal;
use crate::region::NpacRegion;

/// Derived from libphonenumber; see `data/NOTICE`.
const AREA_CODES: &str = include_str!("../data/npa.csv");
/// Area codes that libphonenumber leaves out because nobody can be called there.
const SERVICE_CODES: &str = include_str!("../data/service_codes.csv");

/// Exchange codes of carriers' own services: 950 access, 958 and 959 test lines, 976 premium.
const CARRIER_EXCHANGES: [u16; 4] = [950, 958, 959, 976];

static BUILT_IN: LazyLock<NumberingTable> = LazyLock::new(|| {
    let empty = NumberingTable {
        assignments: BTreeMap::new(),
    };
    let table = empty
        .with_overrides(AREA_CODES)
        .and_then(|table| table.with_overrides(SERVICE_CODES));
    #[expect(
        clippy::expect_used,
        reason = "the files are compiled in, and each test of this crate reads them"
    )]
    table.expect("the built-in tables are well formed")
});

/// The table that the process was told to use.
static IN_FORCE: OnceLock<NumberingTable> = OnceLock::new();

/// What each area code is, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberingTable {
    assignments: BTreeMap<u16, Assignment>,
}

/// What an area code is, and from which day on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Assignment {
    /// None: since before anybody asks.
    effective_from: Option<Date>,
    class: NpaClass,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum NpaClass {
    Geographic { country: Country, state: StateCode },
    Abroad { country: String },
    TollFree,
    TollFreeReserved,
    Premium,
    Personal,
    NonGeographic,
}

/// A row as it stands in a file.
#[derive(Debug, Deserialize)]
struct Row {
    npa: u16,
    kind: String,
    country: String,
    state: String,
    effective_from: Option<Date>,
}

/// Why a file of area codes was refused.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A line does not have the columns, or a column not the type.
    #[error("the table of area codes is not readable")]
    Unreadable(#[from] csv::Error),
    /// The columns contradict each other or name something unknown.
    #[error("line {line} of the table of area codes: {problem}")]
    Row {
        /// The line of the file, counted from 1.
        line: u64,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// The process runs by another table already: two services in it were given different files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("another table of area codes is in force in this process")]
pub struct OtherTableInForce;

impl NumberingTable {
    /// The table that this process runs by: the one put in force, else the one that comes with the program.
    pub fn in_force() -> &'static Self {
        IN_FORCE.get().unwrap_or(&BUILT_IN)
    }

    /// Makes this the table of the whole process, which is done once, at its start and before anything is judged:
    /// a number must not have two verdicts in one process.
    pub fn put_in_force(self) -> Result<(), OtherTableInForce> {
        let in_force = IN_FORCE.get_or_init(|| self.clone());
        if *in_force == self {
            Ok(())
        } else {
            Err(OtherTableInForce)
        }
    }

    /// The table that comes with the program.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// This table with rows added or replaced from a CSV text of the same columns as `data/npa.csv` (`npa`, `kind`,
    /// `country`, `state` and `effective_from` are read). A row with a date makes its area code wait for that day,
    /// which is how one that libphonenumber lists too early is put right.
    pub fn with_overrides(&self, csv_text: &str) -> Result<Self, TableError> {
        let mut table = self.clone();
        let mut reader = csv::Reader::from_reader(csv_text.as_bytes());
        let headers = reader.headers()?.clone();
        for record in reader.records() {
            let record = record?;
            let line = record.position().map_or(0, csv::Position::line);
            let row: Row = record.deserialize(Some(&headers))?;
            let class = row.class().map_err(|problem| TableError::Row { line, problem })?;
            table.assignments.insert(
                row.npa,
                Assignment {
                    effective_from: row.effective_from,
                    class,
                },
            );
        }
        Ok(table)
    }

    /// Reads a number as people write it: ten digits with the usual punctuation and perhaps a leading 1 or +1.
    pub fn parse(&self, raw: &str) -> Result<Tn, NumberRefusal> {
        self.parse_digits(&read_ten_digits(raw, Letters::Refused)?)
    }

    /// Reads a number that may be spelled with the letters of a keypad, such as `1-800-FLOWERS`.
    pub fn parse_vanity(&self, raw: &str) -> Result<Tn, NumberRefusal> {
        self.parse_digits(&read_ten_digits(raw, Letters::Keypad)?)
    }

    /// Reads each number of a list, in order, and refuses those that were named before.
    pub fn parse_list<'a>(
        &self,
        inputs: impl IntoIterator<Item = &'a str>,
    ) -> Vec<Result<Tn, NumberRefusal>> {
        let mut seen: HashMap<Tn, (usize, &str)> = HashMap::new();
        let mut read = |(index, input)| {
            let tn = self.parse(input)?;
            match seen.insert(tn, (index, input)) {
                None => Ok(tn),
                Some((first_index, first)) => {
                    seen.insert(tn, (first_index, first));
                    Err(NumberRefusal::DuplicateTn {
                        first: first.to_owned(),
                        first_index,
                        again: input.to_owned(),
                    })
                }
            }
        };
        inputs.into_iter().enumerate().map(&mut read).collect()
    }

    /// Reads a number and says what it is on the given day.
    pub fn inspect(&self, raw: &str, on: Date) -> Result<NumberInfo, NumberRefusal> {
        self.describe(self.parse(raw)?, on)
    }

    /// Says what a number is on the given day, or why it cannot be ported then.
    pub fn describe(&self, tn: Tn, on: Date) -> Result<NumberInfo, NumberRefusal> {
        let npa = tn.npa();
        let assignment = self.assignment(npa)?;
        let place = assignment.class.portable(npa)?;
        check_exchange(tn, place)?;
        if let Some(effective_from) = assignment.effective_from.filter(|from| on < *from) {
            return Err(NumberRefusal::NpaNotYetActive { npa, effective_from });
        }
        Ok(match place {
            None => NumberInfo {
                tn,
                kind: NumberKind::TollFree,
                country: None,
                state: None,
                region: None,
            },
            Some((country, state)) => NumberInfo {
                tn,
                kind: NumberKind::Geographic,
                country: Some(country),
                state: Some(state.clone()),
                region: NpacRegion::of(country, state),
            },
        })
    }

    /// Judges ten digits from left to right: an area code that cannot be ported is named before anything after it.
    fn parse_digits(&self, digits: &str) -> Result<Tn, NumberRefusal> {
        let number = |part: Option<&str>| part.and_then(|part| part.parse::<u16>().ok());
        let malformed = NumberRefusal::TnLength { digits: digits.len() };
        let (Some(npa), Some(nxx)) = (number(digits.get(0..3)), number(digits.get(3..6))) else {
            return Err(malformed);
        };
        match (npa / 100, npa / 10 % 10, npa % 10) {
            (0 | 1, _, _) => return Err(NumberRefusal::NpaFormat { npa }),
            (_, 1, 1) => return Err(NumberRefusal::NpaN11 { npa }),
            (_, 9, _) => return Err(NumberRefusal::NpaReserved { npa }),
            _ => {}
        }
        let place = self.assignment(npa)?.class.portable(npa)?;
        if nxx < 200 {
            return Err(NumberRefusal::NxxFormat { nxx });
        }
        let tn = format!("+1{digits}").parse().map_err(|_| malformed)?;
        check_exchange(tn, place)?;
        Ok(tn)
    }

    /// What the table says about an area code.
    fn assignment(&self, npa: u16) -> Result<&Assignment, NumberRefusal> {
        self.assignments
            .get(&npa)
            .ok_or(NumberRefusal::NpaUnknown { npa })
    }
}

impl Row {
    fn class(&self) -> Result<NpaClass, &'static str> {
        if !(200..=999).contains(&self.npa) {
            return Err("an area code is a number from 200 to 999");
        }
        match (self.kind.as_str(), self.country.as_str()) {
            ("geographic", country @ ("US" | "CA")) => {
                let country = country.parse().map_err(|_| "the country is unknown")?;
                let state = self
                    .state
                    .parse()
                    .map_err(|_| "a state is two-letter postal codes, joined by /")?;
                if NpacRegion::of(country, &state).is_none() {
                    return Err("the state is in no region of the NPAC");
                }
                Ok(NpaClass::Geographic { country, state })
            }
            ("geographic", country) if country.len() == 2 => Ok(NpaClass::Abroad {
                country: country.to_owned(),
            }),
            ("geographic", _) => Err("the country is an ISO 3166 code of two letters"),
            ("toll_free", _) => Ok(NpaClass::TollFree),
            ("toll_free_reserved", _) => Ok(NpaClass::TollFreeReserved),
            ("premium", _) => Ok(NpaClass::Premium),
            ("personal_5xx", _) => Ok(NpaClass::Personal),
            ("ca_non_geographic" | "non_geographic", _) => Ok(NpaClass::NonGeographic),
            _ => Err("the kind is unknown"),
        }
    }
}

impl NpaClass {
    /// The place of numbers that can be ported; none for toll-free ones.
    fn portable(&self, npa: u16) -> Result<Option<(Country, &StateCode)>, NumberRefusal> {
        match self {
            Self::Geographic { country, state } => Ok(Some((*country, state))),
            Self::TollFree => Ok(None),
            Self::Abroad { country } => Err(NumberRefusal::NotUsCa {
                npa,
                country: country.clone(),
            }),
            Self::TollFreeReserved => Err(NumberRefusal::SacNotInService { npa }),
            Self::Premium => Err(NumberRefusal::Premium { npa }),
            Self::Personal => Err(NumberRefusal::Personal { npa }),
            Self::NonGeographic => Err(NumberRefusal::NonGeographic { npa }),
        }
    }
}

/// Refuses exchanges and lines that belong to nobody. The service codes and carriers' own exchanges are such only
/// where the number has a place: 1-800-959 and 1-800-411 are customers' numbers like any others.
fn check_exchange(tn: Tn, place: Option<(Country, &StateCode)>) -> Result<(), NumberRefusal> {
    let (nxx, line) = (tn.nxx(), tn.line());
    if nxx == 555 && (line == 1212 || (100..=199).contains(&line)) {
        return Err(NumberRefusal::Reserved555 { line });
    }
    match place {
        Some(_) if nxx % 100 == 11 => Err(NumberRefusal::NxxN11 { nxx }),
        Some(_) if CARRIER_EXCHANGES.contains(&nxx) => Err(NumberRefusal::NxxNotPortable { nxx }),
        Some(_) | None => Ok(()),
    }
}
