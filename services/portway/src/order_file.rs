//! The order file: what a customer knows about an order, as TOML or JSON.
//!
//! Its fields are those of `OrderDetails`, and a list of numbers may stand beside them:
//!
//! ```toml
//! losing_carrier = "sim-wireless"
//! account_number = "4417-889"
//! subscriber_kind = "business"        # or "residential"
//! company_name = "Harbor Freight Insurance LLC"
//! wanted_date = 2026-12-01            # or "2026-12-01"
//!
//! [service_address]
//! street = "1 Main St"
//! city = "Hoboken"
//! state = "NJ"
//! postal_code = "07030"
//!
//! [[numbers]]
//! phone_number = "+1 201 867 5309"
//! pin = "0812"
//! ```
//!
//! **Invariant:** a field that is not known is an error, because a misspelt one would be left out in silence. What
//! the values mean is checked by the service, which names all faults at once.
//! Start at [`read`].

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::civil;
use portway_proto::intake::v1::{NumberDraft, OrderDetails, SubscriberKind};
use portway_proto::types::v1::Address;
use serde::{Deserialize, Deserializer};

/// The largest file read: 20,000 numbers with their owners have about 4 MiB.
const BYTES_MAX: u64 = 8 * 1024 * 1024;

/// What the file says.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderFile {
    /// The order.
    pub details: OrderDetails,
    /// Its numbers; there may be none.
    pub numbers: Vec<NumberDraft>,
}

/// Why a file is no order.
#[derive(Debug, thiserror::Error)]
pub enum OrderFileError {
    /// It cannot be read.
    #[error("cannot read {path}", path = .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It is larger than any order.
    #[error("{path} has more than {BYTES_MAX} bytes", path = .0.display())]
    TooLarge(PathBuf),
    /// It is not TOML of an order.
    #[error("{path} is not an order: {problem}", path = .path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        problem: Box<toml::de::Error>,
    },
    /// It is not JSON of an order.
    #[error("{path} is not an order: {problem}", path = .path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        problem: serde_json::Error,
    },
}

/// Reads an order file: JSON when its name ends in `.json`, else TOML.
pub fn read(path: &Path) -> Result<OrderFile, OrderFileError> {
    let unreadable = |source| OrderFileError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    if u64::try_from(text.len()).is_ok_and(|bytes| bytes > BYTES_MAX) {
        return Err(OrderFileError::TooLarge(path.to_owned()));
    }
    let is_json = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let parsed = if is_json {
        parse_json(&text, path)
    } else {
        parse_toml(&text, path)
    };
    Ok(parsed?.into())
}

fn parse_json(text: &str, path: &Path) -> Result<Written, OrderFileError> {
    serde_json::from_str(text).map_err(|problem| OrderFileError::Json {
        path: path.to_owned(),
        problem,
    })
}

fn parse_toml(text: &str, path: &Path) -> Result<Written, OrderFileError> {
    toml::from_str(text).map_err(|problem| OrderFileError::Toml {
        path: path.to_owned(),
        problem: Box::new(problem),
    })
}

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Written {
    losing_carrier: String,
    account_number: String,
    btn: String,
    subscriber_kind: Option<WrittenKind>,
    first_name: String,
    last_name: String,
    company_name: String,
    authorized_by: String,
    service_address: Option<WrittenAddress>,
    tax_id: String,
    #[serde(deserialize_with = "date")]
    wanted_date: Option<civil::Date>,
    partial: bool,
    new_btn: String,
    customer_reference: String,
    numbers: Vec<WrittenNumber>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenKind {
    Residential,
    Business,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct WrittenAddress {
    street: String,
    unit: String,
    city: String,
    state: String,
    postal_code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenNumber {
    phone_number: String,
    #[serde(default)]
    pin: String,
    #[serde(default)]
    agent_name: String,
    #[serde(default)]
    agent_email: String,
}

/// A date in quotes, or TOML's own.
fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<civil::Date>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a date such as 2026-12-01")]
    enum WrittenDate {
        Quoted(String),
        Bare(toml::value::Datetime),
    }
    let text = match WrittenDate::deserialize(deserializer)? {
        WrittenDate::Quoted(text) => text,
        WrittenDate::Bare(date) => date.to_string(),
    };
    // A time beside the date would be dropped in silence by a date's own parser.
    civil::Date::strptime("%Y-%m-%d", &text)
        .map(Some)
        .map_err(|_| serde::de::Error::custom(format!("{text:?} is not a date such as 2026-12-01")))
}

impl From<Written> for OrderFile {
    fn from(written: Written) -> Self {
        let kind = match written.subscriber_kind {
            None => SubscriberKind::Unspecified,
            Some(WrittenKind::Residential) => SubscriberKind::Residential,
            Some(WrittenKind::Business) => SubscriberKind::Business,
        };
        let details = OrderDetails {
            losing_carrier: written.losing_carrier,
            account_number: written.account_number,
            btn: written.btn,
            subscriber_kind: kind.into(),
            first_name: written.first_name,
            last_name: written.last_name,
            company_name: written.company_name,
            authorized_by: written.authorized_by,
            service_address: written.service_address.map(Into::into),
            tax_id: written.tax_id,
            wanted_date: written.wanted_date.map(service::stamp::date_to_proto),
            partial: written.partial,
            new_btn: written.new_btn,
            customer_reference: written.customer_reference,
            ..OrderDetails::default()
        };
        Self {
            details,
            numbers: written.numbers.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<WrittenAddress> for Address {
    fn from(
        WrittenAddress {
            street,
            unit,
            city,
            state,
            postal_code,
        }: WrittenAddress,
    ) -> Self {
        Self {
            street,
            unit,
            city,
            state,
            postal_code,
        }
    }
}

impl From<WrittenNumber> for NumberDraft {
    fn from(number: WrittenNumber) -> Self {
        let WrittenNumber {
            phone_number,
            pin,
            agent_name,
            agent_email,
        } = number;
        Self {
            phone_number,
            pin,
            agent_name,
            agent_email,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use portway_proto::types::v1::Date;

    use super::*;

    const TOML: &str = r#"
        losing_carrier = "sim-wireless"
        account_number = "4417-889"
        subscriber_kind = "business"
        company_name = "Harbor Freight Insurance LLC"
        wanted_date = 2026-12-01
        partial = true
        new_btn = "201-867-5310"
        [service_address]
        street = "1 Main St"
        postal_code = "07030"
        [[numbers]]
        phone_number = "+1 201 867 5309"
        pin = "0812"
        [[numbers]]
        phone_number = "2018675310"
    "#;

    const JSON: &str = r#"{
        "losing_carrier": "sim-wireless", "account_number": "4417-889", "subscriber_kind": "business",
        "company_name": "Harbor Freight Insurance LLC", "wanted_date": "2026-12-01", "partial": true,
        "new_btn": "201-867-5310", "service_address": {"street": "1 Main St", "postal_code": "07030"},
        "numbers": [{"phone_number": "+1 201 867 5309", "pin": "0812"}, {"phone_number": "2018675310"}]
    }"#;

    fn read_text(name: &str, text: &str) -> Result<OrderFile, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        read(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn toml_and_json_say_the_same() {
        let order = read_text("order.toml", TOML).unwrap();
        assert_eq!(Ok(&order), read_text("order.json", JSON).as_ref());
        assert_eq!(order.details.subscriber_kind(), SubscriberKind::Business);
        assert_eq!(
            order.details.wanted_date,
            Some(Date {
                year: 2026,
                month: 12,
                day: 1
            })
        );
        let address = order.details.service_address.as_ref().unwrap();
        assert_eq!(
            (address.street.as_str(), address.unit.as_str()),
            ("1 Main St", "")
        );
        let pins: Vec<_> = order.numbers.iter().map(|number| number.pin.as_str()).collect();
        assert_eq!(pins, ["0812", ""]);
    }

    #[test]
    fn an_empty_file_is_an_empty_draft() {
        let order = read_text("order.toml", "").unwrap();
        assert_eq!(
            order,
            OrderFile {
                details: OrderDetails::default(),
                numbers: Vec::new()
            }
        );
    }

    #[test]
    fn what_would_be_left_out_or_misread_is_an_error() {
        let cases = [
            ("a.toml", "acount_number = \"1\"", "unknown field `acount_number`"),
            ("a.toml", "[service_address]\nzip = \"1\"", "unknown field `zip`"),
            (
                "a.toml",
                "[[numbers]]\nphone_number = \"1\"\nPIN = \"1\"",
                "unknown field `PIN`",
            ),
            (
                "a.toml",
                "[[numbers]]\npin = \"1\"",
                "missing field `phone_number`",
            ),
            // A number would lose its leading zeros.
            ("a.toml", "account_number = 0812", "0812"),
            ("a.toml", "account_number = 812", "expected a string"),
            (
                "a.toml",
                "subscriber_kind = \"Business\"",
                "unknown variant `Business`",
            ),
            ("a.toml", "wanted_date = 2026-12-01T10:00:00", "is not a date"),
            ("a.toml", "wanted_date = \"1 December\"", "is not a date"),
            ("a.toml", "wanted_date = 20261201", "a date such as 2026-12-01"),
            (
                "a.json",
                "{\"numbers\": [{\"phone\": \"1\"}]}",
                "unknown field `phone`",
            ),
            ("a.json", "losing_carrier = \"a\"", "expected value at line 1"),
        ];
        for (name, text, problem) in cases {
            let error = read_text(name, text).unwrap_err();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }

    #[test]
    fn a_file_without_end_is_not_read_to_its_end() {
        let error = read(Path::new("/dev/zero")).unwrap_err();
        assert!(matches!(error, OrderFileError::TooLarge(_)), "{error}");
    }
}
