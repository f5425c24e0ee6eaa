//! What a line of an import says, column by column, whether it came in a file or as a message.

use intake_domain::port_in::{Capabilities, NumberChange, OrderNumber, Override, Setting, read_secret};
use jiff::civil::Date;
use types::{InvalidValue, Secret, Tn};

/// As long as carriers' forms have room for.
pub(crate) const PIN_CHARS_MAX: usize = 32;
const ACCOUNT_NUMBER_CHARS_MAX: usize = 32;

/// A column of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    PhoneNumber,
    Pin,
    AgentName,
    AgentEmail,
    Capabilities,
    Alias,
    Subaccount,
    CallerName,
    Application,
    EmergencyAddress,
    LosingCarrier,
    AccountNumber,
    Btn,
    AuthorizedBy,
    RespOrg,
    Part,
}

impl Column {
    /// Every column.
    pub(crate) const ALL: [Self; 16] = [
        Self::PhoneNumber,
        Self::Pin,
        Self::AgentName,
        Self::AgentEmail,
        Self::Capabilities,
        Self::Alias,
        Self::Subaccount,
        Self::CallerName,
        Self::Application,
        Self::EmergencyAddress,
        Self::LosingCarrier,
        Self::AccountNumber,
        Self::Btn,
        Self::AuthorizedBy,
        Self::RespOrg,
        Self::Part,
    ];

    /// Its name in the header of a file.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::PhoneNumber => "Phone Number",
            Self::Pin => "PIN",
            Self::AgentName => "Agent Name",
            Self::AgentEmail => "Agent Email",
            Self::Capabilities => "Capabilities",
            Self::Alias => "Alias",
            Self::Subaccount => "Subaccount",
            Self::CallerName => "Caller Name",
            Self::Application => "Application",
            Self::EmergencyAddress => "Emergency Address",
            Self::LosingCarrier => "Losing Carrier",
            Self::AccountNumber => "Account Number",
            Self::Btn => "BTN",
            Self::AuthorizedBy => "Authorized By",
            Self::RespOrg => "RespOrg",
            Self::Part => "Part",
        }
    }

    /// The column of this name, however it is capitalised.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        Self::ALL
            .into_iter()
            .find(|column| column.name().eq_ignore_ascii_case(name))
    }
}

/// What a line says: the columns that are not empty.
pub(crate) type Cells = Vec<(Column, String)>;

/// Something wrong in one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CellFault {
    pub(crate) column: Column,
    pub(crate) code: &'static str,
    /// Never quotes a secret.
    pub(crate) message: String,
}

/// A line that was read.
#[derive(Debug)]
pub(crate) struct ReadLine {
    /// The number that it is about, if it names one.
    pub(crate) tn: Option<Tn>,
    /// The number with all that is said of it; none when something is wrong.
    pub(crate) number: Option<OrderNumber>,
    pub(crate) faults: Vec<CellFault>,
}

/// Reads a line, and names every fault.
pub(crate) fn read(cells: &[(Column, String)], today: Date) -> ReadLine {
    let mut faults = Vec::new();
    let text_of = |wanted: Column| {
        let found = cells.iter().find(|(column, _)| *column == wanted);
        found.map(|(_, text)| text.trim()).unwrap_or_default()
    };
    let phone_number = text_of(Column::PhoneNumber);
    let info = numbering::inspect(phone_number, today);
    if let Err(refusal) = &info {
        let code = if phone_number.is_empty() {
            "MISSING"
        } else {
            refusal.code()
        };
        faults.push(CellFault {
            column: Column::PhoneNumber,
            code,
            message: refusal.to_string(),
        });
    }
    let mut changes = Vec::new();
    for column in Column::ALL {
        let text = text_of(column);
        if text.is_empty() {
            continue;
        }
        match change(column, text) {
            Ok(change) => changes.extend(change),
            Err((code, message)) => faults.push(CellFault {
                column,
                code,
                message,
            }),
        }
    }
    let tn = info.as_ref().ok().map(|info| info.tn);
    let number = info.ok().filter(|_| faults.is_empty());
    ReadLine {
        tn,
        number: number.map(|info| OrderNumber::draft(info).with(changes)),
        faults,
    }
}

/// A code and a sentence.
type Wrong = (&'static str, String);

fn change(column: Column, text: &str) -> Result<Option<NumberChange>, Wrong> {
    let setting = |setting| Ok(Some(NumberChange::Setting(setting)));
    let differs = |value| Ok(Some(NumberChange::Override(value)));
    match column {
        Column::PhoneNumber => Ok(None),
        Column::Pin => Ok(Some(NumberChange::Pin(Some(secret(text, PIN_CHARS_MAX)?)))),
        Column::AgentName => setting(Setting::AgentName(Some(parse(text)?))),
        Column::AgentEmail => {
            let email = parse(text).map_err(|(_, message)| ("EMAIL", message))?;
            setting(Setting::AgentEmail(Some(email)))
        }
        Column::Capabilities => setting(Setting::Capabilities(capabilities(text)?)),
        Column::Alias => setting(Setting::Alias(Some(parse(text)?))),
        Column::Subaccount => setting(Setting::Subaccount(Some(parse(text)?))),
        Column::CallerName => setting(Setting::CallerName(Some(parse(text)?))),
        Column::Application => setting(Setting::Application(Some(parse(text)?))),
        Column::EmergencyAddress => setting(Setting::EmergencyAddress(Some(parse(text)?))),
        Column::LosingCarrier => differs(Override::LosingCarrier(Some(parse(text)?))),
        Column::AccountNumber => {
            let number = secret(text, ACCOUNT_NUMBER_CHARS_MAX)?;
            differs(Override::AccountNumber(Some(number)))
        }
        Column::Btn => {
            let btn = numbering::parse(text);
            let btn = btn.map_err(|refusal| (refusal.code(), refusal.to_string()))?;
            differs(Override::Btn(Some(btn)))
        }
        Column::AuthorizedBy => differs(Override::AuthorizedBy(Some(parse(text)?))),
        Column::RespOrg => differs(Override::RespOrg(Some(parse(text)?))),
        Column::Part => differs(Override::Part(Some(parse(text)?))),
    }
}

fn parse<T: std::str::FromStr<Err = InvalidValue>>(text: &str) -> Result<T, Wrong> {
    text.parse()
        .map_err(|error: InvalidValue| ("INVALID", error.to_string()))
}

fn secret(text: &str, chars_max: usize) -> Result<Secret, Wrong> {
    let secret = read_secret(text, chars_max);
    secret.map_err(|_| {
        (
            "INVALID",
            format!("has at most {chars_max} characters on one line"),
        )
    })
}

fn capabilities(text: &str) -> Result<Capabilities, Wrong> {
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    match letters.to_ascii_lowercase().as_str() {
        "voice" => Ok(Capabilities::Voice),
        "voicesms" | "voiceandsms" => Ok(Capabilities::VoiceAndSms),
        _other => Err(("INVALID", "is voice, or voice+sms".to_owned())),
    }
}

/// How a line of messages is written, so that it is read like a line of a file.
pub(crate) const fn capabilities_text(with_sms: bool) -> &'static str {
    if with_sms { "voice+sms" } else { "voice" }
}

#[cfg(test)]
mod tests {
    use intake_domain::port_in::NumberConfig;
    use jiff::civil::date;

    use super::*;

    fn read_one(cells: &[(&str, &str)]) -> ReadLine {
        let cells: Cells = cells
            .iter()
            .map(|(name, text)| (Column::named(name).unwrap(), (*text).to_owned()))
            .collect();
        read(&cells, date(2026, 11, 23))
    }

    #[test]
    fn every_column_finds_its_place() {
        let line = read_one(&[
            ("phone number", "(201) 867-0123"),
            ("PIN", "0042"),
            ("Agent Name", "Ann Lee"),
            ("Agent Email", "ann@x.co"),
            ("Capabilities", "Voice + SMS"),
            ("Alias", "front desk"),
            ("Subaccount", "east"),
            ("Caller Name", "HARBOR & CO"),
            ("Application", "trunk-7"),
            ("Emergency Address", "e911-4"),
            ("Losing Carrier", "sim-wireline"),
            ("Account Number", "ACC-1"),
            ("BTN", "201-867-0100"),
            ("Authorized By", "Bo Kay"),
            ("RespOrg", "atx01"),
            ("Part", "annex"),
        ]);
        assert_eq!(line.faults, []);
        let number = line.number.unwrap();
        let expected = NumberConfig {
            capabilities: Capabilities::VoiceAndSms,
            alias: Some("front desk".parse().unwrap()),
            subaccount: Some("east".parse().unwrap()),
            caller_name: Some("HARBOR & CO".parse().unwrap()),
            application: Some("trunk-7".parse().unwrap()),
            emergency_address: Some("e911-4".parse().unwrap()),
            agent_name: Some("Ann Lee".parse().unwrap()),
            agent_email: Some("ann@x.co".parse().unwrap()),
        };
        assert_eq!(number.config, expected);
        let own = &number.overrides;
        assert_eq!(own.losing_carrier.as_ref().unwrap().to_string(), "sim-wireline");
        assert_eq!(own.btn.unwrap().to_string(), "+12018670100");
        assert_eq!(own.resp_org.as_ref().unwrap().as_str(), "ATX01");
        assert_eq!(own.part.as_ref().unwrap().as_str(), "annex");
        assert!(number.pin.is_some() && own.account_number.is_some() && own.authorized_by.is_some());
    }

    #[test]
    fn every_fault_of_a_line_is_named() {
        let long = "9".repeat(33);
        let line = read_one(&[
            ("Phone Number", "444-444-4444"),
            ("PIN", &long),
            ("Agent Email", "nobody"),
            ("Caller Name", "sixteen letters!"),
            ("Capabilities", "fax"),
            ("BTN", "911"),
            ("RespOrg", "X"),
        ]);
        let codes: Vec<_> = line
            .faults
            .iter()
            .map(|fault| (fault.column, fault.code))
            .collect();
        assert_eq!(
            codes,
            [
                (Column::PhoneNumber, "NPA_UNKNOWN"),
                (Column::Pin, "INVALID"),
                (Column::AgentEmail, "EMAIL"),
                (Column::Capabilities, "INVALID"),
                (Column::CallerName, "INVALID"),
                (Column::Btn, "TN_LENGTH"),
                (Column::RespOrg, "INVALID"),
            ]
        );
        assert!(line.number.is_none() && line.faults.iter().all(|fault| !fault.message.contains(&long)));
        assert_eq!(read_one(&[("Alias", "x")]).faults[0].code, "MISSING");
    }
}
