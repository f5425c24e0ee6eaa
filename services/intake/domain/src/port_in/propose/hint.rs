//! Where to look for what a carrier found wrong.

use reasons::Field;

/// Where to look for the right value.
pub(super) const fn hint(field: Field) -> &'static str {
    match field {
        Field::Pin => {
            "Ask the losing carrier for the number transfer PIN. At wireless carriers it is often the last four digits of \
             the account holder's SSN."
        }
        Field::AccountNumber => {
            "On the bill, in full, often without dashes; prepaid accounts have one of their own."
        }
        Field::TaxId => "The last four digits of the account holder's SSN, or the company's tax id.",
        Field::Btn => {
            "The account's main number: at the top of the bill, or on the customer service record (CSR)."
        }
        Field::NewBtn => "A number of the account that stays, is active and is not the old BTN.",
        Field::FirstName | Field::LastName | Field::CompanyName => {
            "Letter for letter as on the customer service record (CSR); the bill may differ from it."
        }
        Field::AuthorizedBy => "A person whom the losing carrier lists as authorized on the account.",
        Field::ServiceAddress | Field::PostalCode => {
            "The service address of the customer service record (CSR), which need not be the billing address."
        }
        Field::Partial => "Whether any line of the account stays with the losing carrier.",
        Field::WantedDate => "The earliest date that this carrier can be asked for.",
        Field::Loa => "Upload a new letter of authorization (LOA), then send the fix.",
        Field::PhoneNumber => "Check the number and who provides it.",
    }
}
