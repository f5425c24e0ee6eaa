//! Reads a file of numbers: every line that is wrong is named by line, column and code.

use std::collections::{HashMap, HashSet};

use calendar::civil_date;
use csv::{ReaderBuilder, StringRecord};
use intake_domain::port_in::{KeptSecret, NumberConfig, OrderNumber, read_secret};
use jiff::Timestamp;
use jiff::civil::Date;
use numbering::NpacRegion;
use thiserror::Error;
use types::Tn;

/// Lines of a file at most, besides the header.
const LINES_MAX: usize = 20_000;
/// As long as carriers' forms have room for.
pub(crate) const PIN_CHARS_MAX: usize = 32;
const COLUMNS: [&str; 4] = ["Phone Number", "PIN", "Agent Name", "Agent Email"];

/// One fault of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineFault {
    /// 1 is the header.
    pub(crate) line: u64,
    pub(crate) column: &'static str,
    pub(crate) code: &'static str,
    /// Never quotes a PIN.
    pub(crate) message: String,
}

/// What a file holds.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pub(crate) numbers: Vec<OrderNumber>,
    pub(crate) faults: Vec<LineFault>,
}

/// Why a file was not read at all.
#[derive(Debug, Error)]
pub(crate) enum UnreadableFile {
    /// The header is not the one that is asked for.
    #[error(
        "the header lacks the column {0:?}; it reads `Phone Number,PIN,Agent Name,Agent Email`, in any order"
    )]
    Header(&'static str),
    /// It has too many lines.
    #[error("the file has more than 20,000 lines; divide it")]
    TooManyLines,
    /// It is not text.
    #[error("the file is not CSV in UTF-8")]
    NotCsv,
}

/// Where the columns are.
struct Header([usize; 4]);

/// Reads a file. A number that `known` has, or that stands on an earlier line, is at fault.
pub(crate) fn read(file: &[u8], known: &HashSet<Tn>, now: Timestamp) -> Result<Lines, UnreadableFile> {
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .from_reader(file);
    let mut records = reader.records();
    let header = records.next().ok_or(UnreadableFile::Header(COLUMNS[0]))?;
    let header = Header::read(&header.map_err(|_| UnreadableFile::NotCsv)?)?;
    // Whether an area code is in use yet is a matter of days; the NPAC's own are Eastern.
    let today = civil_date(NpacRegion::Northeast, now);
    let mut lines = Lines::default();
    let mut seen: HashMap<Tn, u64> = HashMap::new();
    for (index, record) in records.enumerate() {
        if index == LINES_MAX {
            return Err(UnreadableFile::TooManyLines);
        }
        let record = record.map_err(|_| UnreadableFile::NotCsv)?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut faults = Vec::new();
        let number = header.read_line(&record, today, |column, code, message| {
            faults.push(LineFault {
                line,
                column,
                code,
                message,
            });
        });
        if let Some(number) = &number {
            faults.extend(duplicate(number.tn, line, known, &mut seen));
        }
        match number {
            Some(number) if faults.is_empty() => lines.numbers.push(number),
            Some(_) | None => lines.faults.append(&mut faults),
        }
    }
    Ok(lines)
}

fn duplicate(tn: Tn, line: u64, known: &HashSet<Tn>, seen: &mut HashMap<Tn, u64>) -> Option<LineFault> {
    let message = if known.contains(&tn) {
        format!("{tn} is in the order already")
    } else if let Some(first) = seen.get(&tn) {
        format!("lines {first} and {line} both have {tn}")
    } else {
        seen.insert(tn, line);
        return None;
    };
    Some(LineFault {
        line,
        column: COLUMNS[0],
        code: "DUPLICATE_TN",
        message,
    })
}

impl Header {
    fn read(record: &StringRecord) -> Result<Self, UnreadableFile> {
        let mut places = [0; 4];
        for (place, column) in places.iter_mut().zip(COLUMNS) {
            let found = record
                .iter()
                .position(|name| name.trim().eq_ignore_ascii_case(column));
            *place = found.ok_or(UnreadableFile::Header(column))?;
        }
        Ok(Self(places))
    }

    /// Reads a line; tells every fault.
    fn read_line(
        &self,
        record: &StringRecord,
        today: Date,
        mut fault: impl FnMut(&'static str, &'static str, String),
    ) -> Option<OrderNumber> {
        let [phone_number, pin, agent_name, agent_email] = self
            .0
            .map(|place| record.get(place).map(str::trim).unwrap_or_default());
        let info = numbering::inspect(phone_number, today);
        if let Err(refusal) = &info {
            let code = if phone_number.is_empty() {
                "MISSING"
            } else {
                refusal.code()
            };
            fault(COLUMNS[0], code, refusal.to_string());
        }
        let secret = read_secret(pin, PIN_CHARS_MAX).ok();
        if secret.is_none() && !pin.is_empty() {
            fault(
                COLUMNS[1],
                "INVALID",
                "a PIN has at most 32 characters".to_owned(),
            );
        }
        let name = agent_name.parse().ok();
        if name.is_none() && !agent_name.is_empty() {
            fault(
                COLUMNS[2],
                "INVALID",
                "a name has at most 100 characters".to_owned(),
            );
        }
        let email = agent_email.parse().ok();
        if email.is_none() && !agent_email.is_empty() {
            fault(
                COLUMNS[3],
                "EMAIL",
                "an email address has the form name@domain.tld".to_owned(),
            );
        }
        Some(OrderNumber {
            pin: secret.map(KeptSecret::Given),
            config: NumberConfig {
                agent_name: name,
                agent_email: email,
                ..NumberConfig::default()
            },
            ..OrderNumber::draft(info.ok()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Lines, UnreadableFile> {
        read(
            text.as_bytes(),
            &HashSet::new(),
            "2026-11-23T15:00:00Z".parse().unwrap(),
        )
    }

    #[test]
    fn columns_may_stand_in_any_order_and_after_a_byte_order_mark() {
        let text = "\u{feff}agent email, PIN ,Phone Number,Note,Agent Name\r\nann@x.co,0042,(201) 867-0123,hi,Ann Lee\r\n";
        let lines = read_text(text).unwrap();
        assert_eq!(lines.faults, []);
        let number = &lines.numbers[0];
        assert_eq!(number.tn.to_string(), "+12018670123");
        assert_eq!(number.config.agent_name.as_ref().unwrap().as_str(), "Ann Lee");
        assert_eq!(number.config.agent_email.as_ref().unwrap().as_str(), "ann@x.co");
        assert!(matches!(&number.pin, Some(KeptSecret::Given(pin)) if pin.expose() == "0042"));
    }

    #[test]
    fn every_fault_is_named_by_line_column_and_code() {
        let long_pin = "9".repeat(33);
        let text = format!(
            "Phone Number,PIN,Agent Name,Agent Email\n2018670123,1,A,a@b.co\n201867012,{long_pin},A,nobody\n\
             ,1,A,a@b.co\n+1 (201) 867-0123,1,A,a@b.co\n\"2018670124\",,,\n444-444-4444\n"
        );
        let lines = read_text(&text).unwrap();
        let faults: Vec<_> = lines
            .faults
            .iter()
            .map(|fault| (fault.line, fault.column, fault.code))
            .collect();
        assert_eq!(
            faults,
            [
                (3, "Phone Number", "TN_LENGTH"),
                (3, "PIN", "INVALID"),
                (3, "Agent Email", "EMAIL"),
                (4, "Phone Number", "MISSING"),
                (5, "Phone Number", "DUPLICATE_TN"),
                (7, "Phone Number", "NPA_UNKNOWN"),
            ]
        );
        assert_eq!(lines.faults[4].message, "lines 2 and 5 both have +12018670123");
        assert!(
            lines
                .faults
                .iter()
                .all(|fault| !fault.message.contains(&long_pin))
        );
        assert_eq!(lines.numbers.len(), 2);
    }

    #[test]
    fn a_file_without_its_header_or_too_long_is_refused_whole() {
        assert!(matches!(
            read_text(""),
            Err(UnreadableFile::Header("Phone Number"))
        ));
        assert!(matches!(
            read_text("Phone Number,PIN,Agent Name\n"),
            Err(UnreadableFile::Header("Agent Email"))
        ));
        let many = format!(
            "Phone Number,PIN,Agent Name,Agent Email\n{}",
            "2018670123,,,\n".repeat(LINES_MAX + 1)
        );
        assert!(matches!(read_text(&many), Err(UnreadableFile::TooManyLines)));
    }
}
