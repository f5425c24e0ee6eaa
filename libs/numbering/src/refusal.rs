//! Why a number cannot be ported: one stable code and one helpful sentence for each cause.

use jiff::civil::Date;

/// Why a text is not a number that we can port.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberRefusal {
    /// Too few or too many digits.
    #[error("a number has ten digits, with or without a leading 1 or +1; this has {digits} digits")]
    TnLength {
        /// How many digits there are.
        digits: usize,
    },
    /// The area code starts with 0 or 1.
    #[error("an area code starts with 2 to 9; {npa:03} does not")]
    NpaFormat {
        /// The area code as given.
        npa: u16,
    },
    /// The area code is a service code such as 911.
    #[error("{npa} is a service code, not an area code")]
    NpaN11 {
        /// The area code as given.
        npa: u16,
    },
    /// The area code has a 9 in the middle, which is kept for longer numbers to come.
    #[error("area codes with 9 in the middle, such as {npa}, are reserved and not in use")]
    NpaReserved {
        /// The area code as given.
        npa: u16,
    },
    /// The table does not know the area code. It may be newer than the table.
    #[error("area code {npa} is not in our table; if it is new, the table needs an update")]
    NpaUnknown {
        /// The area code as given.
        npa: u16,
    },
    /// The area code comes into use later.
    #[error("area code {npa} is not in use before {effective_from}")]
    NpaNotYetActive {
        /// The area code as given.
        npa: u16,
        /// The first day on which it is in use.
        effective_from: Date,
    },
    /// The exchange code starts with 0 or 1.
    #[error("the three digits after the area code start with 2 to 9; {nxx:03} does not")]
    NxxFormat {
        /// The exchange code as given.
        nxx: u16,
    },
    /// The exchange code is a service code such as 911.
    #[error("{nxx} is a service code and cannot follow the area code")]
    NxxN11 {
        /// The exchange code as given.
        nxx: u16,
    },
    /// The exchange code is one that carriers use themselves or charge for.
    #[error("numbers with {nxx} after the area code belong to carriers' own services and cannot be ported")]
    NxxNotPortable {
        /// The exchange code as given.
        nxx: u16,
    },
    /// The number is one of 555 that belong to nobody.
    #[error("555-{line:04} is reserved: it is directory assistance or a number for films")]
    Reserved555 {
        /// The last four digits.
        line: u16,
    },
    /// Callers pay extra for the number.
    #[error("numbers of {npa} are premium-rate and cannot be ported")]
    Premium {
        /// The area code as given.
        npa: u16,
    },
    /// The number is a personal one that follows its owner.
    #[error("numbers of {npa} are personal communications numbers and cannot be ported")]
    Personal {
        /// The area code as given.
        npa: u16,
    },
    /// The number belongs to no place, and is not toll-free either.
    #[error("numbers of {npa} belong to no place and cannot be ported")]
    NonGeographic {
        /// The area code as given.
        npa: u16,
    },
    /// The area code is kept for toll-free numbers to come.
    #[error("{npa} is kept for toll-free numbers but not in service")]
    SacNotInService {
        /// The area code as given.
        npa: u16,
    },
    /// The number has +1, but is of another country.
    #[error("area code {npa} is in {country}; only numbers of the US and Canada can be ported")]
    NotUsCa {
        /// The area code as given.
        npa: u16,
        /// The country's ISO 3166 code.
        country: String,
    },
    /// There are letters in the number.
    #[error("a number is written in digits; ask for vanity mode to use letters")]
    Letters,
    /// An extension follows the number.
    #[error("leave the extension out: a number is ported with all its extensions")]
    Extension,
    /// There are digits of another script, or digits such as ².
    #[error("write the number with the digits 0 to 9")]
    NonAsciiDigits,
    /// The number has another country's code.
    #[error("the number starts with another country's code; only numbers with +1 can be ported")]
    Foreign,
    /// There is a character that has no place in a number.
    #[error("{character:?} does not belong in a number; use digits, spaces and - . / ( )")]
    Character {
        /// The first such character.
        character: char,
    },
    /// The same number is in the list twice.
    #[error("{again:?} is the same number as {first:?} before it")]
    DuplicateTn {
        /// The number as it was written first.
        first: String,
        /// Where that was, counted from 0.
        first_index: usize,
        /// The number as it was written again.
        again: String,
    },
}

impl NumberRefusal {
    /// The stable code, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TnLength { .. } => "TN_LENGTH",
            Self::NpaFormat { .. } => "NPA_FORMAT",
            Self::NpaN11 { .. } => "NPA_N11",
            Self::NpaReserved { .. } => "NPA_RESERVED",
            Self::NpaUnknown { .. } => "NPA_UNKNOWN",
            Self::NpaNotYetActive { .. } => "NPA_NOT_YET_ACTIVE",
            Self::NxxFormat { .. } => "NXX_FORMAT",
            Self::NxxN11 { .. } => "NXX_N11",
            Self::NxxNotPortable { .. } => "NXX_NOT_PORTABLE",
            Self::Reserved555 { .. } => "RESERVED_555",
            Self::Premium { .. } => "PREMIUM",
            Self::Personal { .. } => "PERSONAL",
            Self::NonGeographic { .. } => "NON_GEOGRAPHIC",
            Self::SacNotInService { .. } => "SAC_NOT_IN_SERVICE",
            Self::NotUsCa { .. } => "NOT_US_CA",
            Self::Letters => "LETTERS",
            Self::Extension => "EXTENSION",
            Self::NonAsciiDigits => "NON_ASCII_DIGITS",
            Self::Foreign => "FOREIGN",
            Self::Character { .. } => "TN_CHARACTER",
            Self::DuplicateTn { .. } => "DUPLICATE_TN",
        }
    }

    /// The country the number belongs to, when that is what is wrong with it.
    pub fn country(&self) -> Option<&str> {
        if let Self::NotUsCa { country, .. } = self {
            Some(country)
        } else {
            None
        }
    }
}
