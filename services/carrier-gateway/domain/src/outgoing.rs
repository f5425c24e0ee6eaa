//! What goes to the losing carrier, and how it is written there.

use jiff::civil;
use types::{InvalidValue, Pon, RequestKind, RequestNumber, Secret, Tn};

/// Carriers take this much of the name on an account.
pub const NAME_CHARS_MAX: usize = 25;
/// Carriers take this much of a signer's name.
pub const SIGNER_CHARS_MAX: usize = 15;

/// What a version of a request changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supplement {
    /// It is the first.
    None,
    /// Only the wanted date (SUP 2).
    DueDate,
    /// Anything (SUP 3).
    Other,
}

/// A number with what its losing carrier asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageNumber {
    /// The number.
    pub tn: Tn,
    /// Its PIN at the losing carrier.
    pub pin: Option<Secret>,
}

/// A physical address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAddress {
    /// Street line with house number.
    pub street: String,
    /// Unit, floor or suite; may be empty.
    pub unit: String,
    /// City or town.
    pub city: String,
    /// Two-letter state or province.
    pub state: String,
    /// ZIP or postal code.
    pub postal_code: String,
}

/// Everything that goes to the carrier for one version of an order. It lives for one call and is stored nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortPackage {
    /// The numbers.
    pub numbers: Vec<PackageNumber>,
    /// Account number at the losing carrier.
    pub account_number: Option<Secret>,
    /// Billing telephone number.
    pub btn: Option<Tn>,
    /// Name on the account, whole.
    pub end_user_name: String,
    /// Address on the losing carrier's record.
    pub service_address: Option<ServiceAddress>,
    /// Last four of the SSN, or the tax id.
    pub tax_id: Option<Secret>,
    /// Who signed the letter of authorization, whole.
    pub authorized_by: String,
    /// The date wanted; none: the earliest.
    pub wanted_date: Option<civil::Date>,
    /// Whether lines stay behind.
    pub partial: bool,
    /// The number that bills the lines that stay.
    pub new_btn: Option<Tn>,
    /// Whether the lines that stay are to be disconnected.
    pub disconnect_remaining: bool,
}

impl PortPackage {
    /// Every secret in it.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let pins = self.numbers.iter().filter_map(|number| number.pin.as_ref());
        pins.chain(&self.account_number).chain(&self.tax_id)
    }
}

/// What both carriers call the order of this request number: its number, in the letters a PON may have.
pub fn pon_of(request_number: &str) -> Result<Pon, InvalidValue> {
    let number: RequestNumber = request_number.parse()?;
    match number.kind() {
        RequestKind::PortIn => format!("PI-{}", number.number()).parse(),
        RequestKind::PortOut | RequestKind::Dispute => Err(InvalidValue {
            what: "request number of an order",
            expected: "PI_ and a number",
        }),
    }
}

/// A name as a carrier takes it. `None`: it fits and goes out whole.
pub fn cut_name(name: &str, chars_max: usize) -> Option<&str> {
    let (end, _) = name.char_indices().nth(chars_max)?;
    Some(name[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pon_is_the_request_number_in_letters_that_a_pon_may_have() {
        let cases = [
            ("PI_100001", Some("PI-100001")),
            ("PI_18446744073709551615", Some("PI-18446744073709551615")),
            ("PO_100001", None),
            ("PI_0100001", None),
            ("100001", None),
            ("", None),
        ];
        for (request_number, expected) in cases {
            let pon = pon_of(request_number).ok();
            assert_eq!(pon.as_ref().map(Pon::as_str), expected, "{request_number}");
        }
    }

    #[test]
    fn names_are_cut_to_what_carriers_take_and_never_within_a_character() {
        let cases = [
            ("Acme", NAME_CHARS_MAX, None),
            ("Acme Telephone and Ice Co", NAME_CHARS_MAX, None),
            (
                "Acme Telephone and Ice Company",
                NAME_CHARS_MAX,
                Some("Acme Telephone and Ice Co"),
            ),
            ("Maximiliane Böhm", SIGNER_CHARS_MAX, Some("Maximiliane Böh")),
            ("Maximilian Ott Brown", SIGNER_CHARS_MAX, Some("Maximilian Ott")),
            ("", SIGNER_CHARS_MAX, None),
        ];
        for (name, chars_max, expected) in cases {
            assert_eq!(cut_name(name, chars_max), expected, "{name}");
        }
    }

    #[test]
    fn a_package_names_all_its_secrets() {
        let number = |pin: Option<&str>| PackageNumber {
            tn: "+12015550123".parse().unwrap(),
            pin: pin.map(Secret::from),
        };
        let package = PortPackage {
            numbers: vec![number(Some("8264")), number(None)],
            account_number: Some(Secret::from("A-77")),
            btn: None,
            end_user_name: String::new(),
            service_address: None,
            tax_id: Some(Secret::from("9999")),
            authorized_by: String::new(),
            wanted_date: None,
            partial: false,
            new_btn: None,
            disconnect_remaining: false,
        };
        let secrets: Vec<&str> = package.secrets().map(Secret::expose).collect();
        assert_eq!(secrets, ["8264", "A-77", "9999"]);
    }
}
